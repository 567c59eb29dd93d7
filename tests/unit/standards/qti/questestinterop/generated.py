"""Items of QTI 1.2 and responses to them, made by hypothesis."""

from dataclasses import dataclass

from hypothesis import strategies as st

_CHOICES = ("1", "2", "B", "C d")
_TEXTS = ("York", "york", "Winter", "x")
_SHOWN = st.lists(st.sampled_from(["1_fb", "b"]), max_size=1)
_NUMBERS = ("-1.5", "0", "2", "2.5", "10")


@dataclass(frozen=True)
class Asked:
    """A response of an item: its ident, what it is, and the values that it may have."""

    ident: str
    tag: str
    cardinality: str
    values: tuple[str, ...]

    def xml(self) -> str:
        """Return how the item presents it."""
        labels = "".join(
            f'<response_label ident="{each}"><material><mattext>{each}</mattext></material></response_label>'
            for each in self.values
        )
        render = {
            "response_lid": f"<render_choice>{labels}</render_choice>",
            "response_str": '<render_fib fibtype="String"/>',
            "response_num": '<render_fib fibtype="Decimal"/>',
        }[self.tag]
        return f'<{self.tag} ident="{self.ident}" rcardinality="{self.cardinality}">{render}</{self.tag}>'


def _asked(at: int, shared: bool) -> st.SearchStrategy[Asked]:
    prefix = "" if shared else f"r{at}-"
    choices = tuple(prefix + choice for choice in _CHOICES)
    kinds = [
        Asked(f"R {at}", "response_lid", cardinality, choices)
        for cardinality in ("Single", "Multiple", "Ordered")
    ]
    written = [
        Asked(f"R {at}", "response_str", "Single", _TEXTS),
        Asked(f"R {at}", "response_num", "Single", _NUMBERS),
    ]
    return st.sampled_from(kinds + written)


@st.composite
def _tests(draw: st.DrawFn, asked: tuple[Asked, ...], depth: int = 2) -> str:
    each = draw(st.sampled_from(asked))
    value = draw(st.sampled_from(each.values))
    if depth and draw(st.booleans()):
        operator = draw(st.sampled_from(["and", "or", "not"]))
        inner = draw(st.lists(_tests(asked, depth - 1), min_size=1, max_size=1 if operator == "not" else 3))
        return f"<{operator}>{''.join(inner)}</{operator}>"
    simple = ["varequal", "varequal", "varequal", "unanswered", "other"]
    if each.tag == "response_num":
        simple += ["varlt", "varlte", "vargt", "vargte"]
    if each.cardinality == "Multiple":
        simple.append("varsubset")
    name = draw(st.sampled_from(simple))
    if name in {"unanswered", "other"}:
        return f'<{name} respident="{each.ident}"/>' if name == "unanswered" else "<other/>"
    case = draw(st.sampled_from(["", ' case="Yes"', ' case="No"'])) if each.tag == "response_str" else ""
    return f'<{name} respident="{each.ident}"{case}> {value} </{name}>'


@st.composite
def _conditions(draw: st.DrawFn, asked: tuple[Asked, ...]) -> str:
    goes_on = draw(st.sampled_from(["", ' continue="Yes"', ' continue="No"']))
    tests = "".join(draw(st.lists(_tests(asked), min_size=1, max_size=3)))
    actions = st.sampled_from(["Set", "Add", "Subtract", "Multiply"])
    amounts = st.sampled_from(["0", "1", "2.5", "-3", "5"])
    changes = draw(st.lists(st.tuples(actions, amounts), max_size=2))
    setvars = "".join(f'<setvar varname="SCORE" action="{how}">{amount}</setvar>' for how, amount in changes)
    shown = "".join(f'<displayfeedback linkrefid="{each}"/>' for each in draw(_SHOWN))
    return f"<respcondition{goes_on}><conditionvar>{tests}</conditionvar>{setvars}{shown}</respcondition>"


@st.composite
def items(draw: st.DrawFn) -> tuple[str, tuple[Asked, ...]]:
    """Make an item, and what it asks."""
    shared = draw(st.booleans())
    count = draw(st.integers(1, 3))
    asked = tuple(draw(_asked(at, shared)) for at in range(count))
    conditions = "".join(draw(st.lists(_conditions(asked), min_size=1, max_size=5)))
    low, high, default = (draw(st.sampled_from(["", *values])) for values in (["0", "-2"], ["4", "8"], ["1"]))
    worth = draw(st.sampled_from(["", "2", "8"]))
    bounds = f'minvalue="{low}" maxvalue="{high}" defaultval="{default}"'
    fields = f"<fieldlabel>points_possible</fieldlabel><fieldentry>{worth}</fieldentry>"
    metadata = f"<qtimetadata><qtimetadatafield>{fields}</qtimetadatafield></qtimetadata>"
    outcomes = f'<outcomes><decvar varname="SCORE" vartype="Decimal" {bounds}/></outcomes>'
    return (
        f'<questestinterop><item ident="i"><itemmetadata>{metadata if worth else ""}</itemmetadata>'
        f"<presentation>{''.join(each.xml() for each in asked)}</presentation>"
        f"<resprocessing>{outcomes}{conditions}</resprocessing>"
        '<itemfeedback ident="1_fb"/><itemfeedback ident="b"/></item></questestinterop>'
    ), asked


def answers(asked: Asked) -> st.SearchStrategy[list[str]]:
    """Make a response to what is asked."""
    most = 1 if asked.cardinality == "Single" else len(asked.values)
    return st.lists(st.sampled_from(asked.values), max_size=most, unique=True)
