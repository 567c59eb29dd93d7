"""Tests of any shape, for the properties that all sessions have."""

from hypothesis import strategies as st

from shared.standards.qti.assessments.compiled_test import CompiledTest
from tests.unit.standards.qti.assessment_items import summing
from tests.unit.standards.qti.assessment_xml import item_ref, part, section
from tests.unit.standards.qti.session_moves import control, time_limits

_KINDS = ("choice", "choice", "choice", "essay", "information", "adaptive", "templated")
_FLAGS = st.sampled_from(("true", "false"))


def _compared(operator: str, left: str, base_type: str, right: str) -> str:
    value = f'<qti-base-value base-type="{base_type}">{right}</qti-base-value>'
    return f"<qti-{operator}>{left}{value}</qti-{operator}>"


_CONDITIONS = st.sampled_from(
    (
        '<qti-base-value base-type="boolean">true</qti-base-value>',
        "<qti-null/>",
        _compared("gt", '<qti-variable identifier="TOTAL"/>', "float", "0"),
        _compared("lt", "<qti-number-presented/>", "integer", "2"),
        _compared("lt", '<qti-random-integer max="9"/>', "integer", "5"),
        _compared("gt", '<qti-variable identifier="S0.duration"/>', "float", "20"),
    )
)
_TARGETS = st.sampled_from(("EXIT_SECTION", "EXIT_TESTPART", "EXIT_TEST", "S1", "P1", "P2", "choice_1_0"))


@st.composite
def any_tests(draw: st.DrawFn) -> CompiledTest:
    """Draw a test of up to three parts."""
    parts = "".join(draw(_parts(number)) for number in range(draw(st.integers(1, 3))))
    return summing(parts, before=draw(_limits()))


@st.composite
def _parts(draw: st.DrawFn, number: int) -> str:
    inside = draw(_rules()) + draw(_controls()) + draw(_limits())
    for position in range(draw(st.integers(1, 2))):
        inside += draw(_sections(f"S{number}{position}" if number else f"S{position}"))
    navigation = draw(st.sampled_from(("linear", "nonlinear")))
    submission = draw(st.sampled_from(("individual", "individual", "simultaneous")))
    return part(f"P{number}", inside, navigation, submission)


@st.composite
def _sections(draw: st.DrawFn, name: str, depth: int = 0) -> str:
    count = draw(st.integers(1, 3))
    inside = draw(_rules()) + draw(_controls()) + draw(_limits())
    if draw(st.booleans()):
        inside += '<qti-ordering shuffle="true"/>'
    if draw(st.booleans()):
        inside += f'<qti-selection select="{draw(st.integers(1, 3))}" with-replacement="{draw(_FLAGS)}"/>'
    for position in range(count):
        if depth == 0 and draw(st.integers(0, 3)) == 0:
            inside += draw(_sections(f"{name}I{position}", depth + 1))
        else:
            kind = draw(st.sampled_from(_KINDS))
            rules = draw(_rules()) + draw(_controls()) + draw(_limits())
            inside += item_ref(f"{kind}_{name[1:]}_{position}", rules, fixed=draw(_FLAGS))
    return section(name, inside, visible=draw(_FLAGS), keep_together=draw(_FLAGS))


@st.composite
def _rules(draw: st.DrawFn) -> str:
    what = draw(st.sampled_from(("", "", "", "", "", "", "", "before", "after")))
    if what == "before":
        return f"<qti-pre-condition>{draw(_CONDITIONS)}</qti-pre-condition>"
    if what == "after":
        return f'<qti-branch-rule target="{draw(_TARGETS)}">{draw(_CONDITIONS)}</qti-branch-rule>'
    return ""


@st.composite
def _controls(draw: st.DrawFn) -> str:
    if draw(st.booleans()):
        return ""
    return control(
        max_attempts=str(draw(st.integers(0, 2))),
        allow_skipping=draw(_FLAGS),
        allow_review=draw(_FLAGS),
        allow_comment=draw(_FLAGS),
    )


@st.composite
def _limits(draw: st.DrawFn) -> str:
    which = draw(st.sampled_from(("", "", "", "", "", "", "", "", "", "max", "late", "min")))
    seconds = str(draw(st.integers(5, 90)))
    if which == "min":
        return time_limits(min_time=seconds)
    return time_limits(max_time=seconds, allow_late_submission=str(which == "late").lower()) if which else ""
