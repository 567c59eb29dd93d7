"""The session of one candidate with one item: attempts, what a human scored, and a state that can be stored.

QTI 3.0 information model, Items Session Lifecycle.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Self, cast

from shared.standards.qti.faults import Invalid, Malformed, Notice
from shared.standards.qti.items.built_in import ATTEMPTS, BUILT_IN, COMPLETION, DURATION
from shared.standards.qti.items.compiled_item import CompiledItem, Scored, Values
from shared.standards.qti.values.json_form import Json, write_json
from shared.standards.qti.values.types import Value

_OVER: Final = "QTI 3.0, ItemSessionControl"


class ItemSession:
    """The session of one candidate with one item.

    >>> from shared.standards.qti import compile_item, parse
    >>> item = compile_item(parse(b'''<assessmentItem identifier="i">
    ...   <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="identifier">
    ...     <correctResponse><value>A</value></correctResponse>
    ...   </responseDeclaration>
    ...   <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
    ...   <responseProcessing
    ...     template="http://www.imsglobal.org/question/qti_v2p1/rptemplates/match_correct"/>
    ... </assessmentItem>'''))
    >>> session = ItemSession.start(item, seed=7, max_attempts=2)
    >>> session.respond({"RESPONSE": "B"})
    []
    >>> session.end_attempt().outcomes["SCORE"]
    0.0
    >>> session = ItemSession.restore(item, session.state())
    >>> session.respond({"RESPONSE": "A"})
    []
    >>> session.end_attempt().outcomes["SCORE"], session.is_over
    (1.0, True)
    """

    def __init__(self, item: CompiledItem, seed: int, max_attempts: int) -> None:
        """Hold a session that `start` or `restore` fills."""
        self.item: Final = item
        self.seed: Final = seed
        self.max_attempts: Final = max_attempts
        self._frame = item.frame(seed)
        self._history: list[dict[str, Value]] = []

    @classmethod
    def start(
        cls,
        item: CompiledItem,
        *,
        seed: int = 0,
        template_values: Values | None = None,
        context: Values | None = None,
        max_attempts: int = 1,
    ) -> Self:
        """Begin a session: template processing runs, by chance that the seed decides.

        A non-adaptive item takes `max_attempts` attempts, any number when it is 0; an adaptive one as many as
        it takes until its rules say that it is completed.
        """
        session = cls(item, seed, max_attempts)
        session._frame = item.begin(seed, template_values or {}, context or {})
        return session

    @property
    def values(self) -> Values:
        """All variables as they are now, built-in ones included."""
        return self._frame.values

    @property
    def attempts(self) -> int:
        """How many attempts have ended."""
        return len(self._history)

    @property
    def is_over(self) -> bool:
        """Whether no further attempt may begin."""
        if self.item.adaptive:
            return self._frame.values[COMPLETION] == "completed"
        return 0 < self.max_attempts <= self.attempts

    @property
    def corrects(self) -> Values:
        """The correct responses that template processing set."""
        return self._frame.corrects

    @property
    def defaults(self) -> Values:
        """The defaults that template processing set."""
        return self._frame.defaults

    @property
    def pending(self) -> tuple[str, ...]:
        """The outcomes that wait to be scored outside."""
        return tuple(name for name in self.item.external if name not in self._frame.fixed)

    def correct(self, identifier: str) -> Value:
        """Return what counts as the correct response in this session."""
        declared = self.item.declarations[identifier]
        return self._frame.corrects.get(identifier, declared.correct)

    def respond(self, responses: Values) -> list[Notice]:
        """Keep responses of the running attempt; those not given stay. Raises Invalid once it is over."""
        self._check_open()
        return self.item.take(self._frame, responses)

    def spend(self, seconds: float) -> None:
        """Add time that the candidate spent on the item."""
        self._frame.values[DURATION] = cast("float", self._frame.values[DURATION]) + seconds

    def end_attempt(self) -> Scored:
        """End the running attempt and process its responses. Raises Invalid when the session is over."""
        self._check_open()
        self._history.append(self._of_kind("response"))
        return self._process()

    def score_by_hand(self, outcomes: Values) -> Scored:
        """Set outcomes that a human scored; rules see them and change them no more."""
        self.item.fix(self._frame, outcomes)
        return self.rescore()

    def rescore(self) -> Scored:
        """Process all attempts again, such as after a change of the rules; human scores stay."""
        history, self._history = self._history, []
        running, human = self._of_kind("response"), {name: self.values[name] for name in self._frame.fixed}
        self._frame.values[ATTEMPTS] = 0
        self._reset(name for name in self.item.outcomes if name not in human)
        for responses in history:
            self._frame.values.update(responses)
            self._history.append(responses)
            self._process()
        self._frame.values.update(running)
        return self.item.scored(self._frame)

    def state(self) -> dict[str, Json]:
        """Return the session as JSON, from which `restore` goes on, in whatever process."""
        frame = self._frame
        return {
            "item": self.item.identifier,
            "seed": self.seed,
            "maxAttempts": self.max_attempts,
            "values": _written({name: self.values[name] for name in self._stored()}),
            "corrects": _written(frame.corrects),
            "defaults": _written(frame.defaults),
            "human": cast("Json", sorted(frame.fixed)),
            "attempts": [_written(responses) for responses in self._history],
        }

    @classmethod
    def restore(cls, item: CompiledItem, state: Mapping[str, Json]) -> Self:
        """Go on with a stored session. Raises Malformed for what is no state of a session of the item."""
        try:
            return cls._restored(item, cast("Mapping[str, object]", state))
        except (KeyError, TypeError, AttributeError) as error:
            message = f"not the state of a session: {error}"
            raise Malformed(message, rule="state of item sessions") from error

    @classmethod
    def _restored(cls, item: CompiledItem, state: Mapping[str, object]) -> Self:
        if state["item"] != item.identifier:
            raise Malformed(f"the state of a session of {state['item']}", rule="state of item sessions")
        session = cls(item, cast("int", state["seed"]), cast("int", state["maxAttempts"]))
        frame = session._frame
        frame.values.update(_read(item, state["values"]))
        frame.corrects.update(_read(item, state["corrects"]))
        frame.defaults.update(_read(item, state["defaults"]))
        frame.fixed = frozenset(cast("list[str]", state["human"]))
        session._history = [_read(item, responses) for responses in cast("list[object]", state["attempts"])]
        return session

    def _process(self) -> Scored:
        frame = self._frame
        if not self.item.adaptive:  # each attempt is scored for itself; an adaptive item builds on the last
            self._reset(name for name in self.item.outcomes if name != COMPLETION)
        self.item.attempt(frame, self.seed)
        frame.values.update(self.item.released)
        return self.item.scored(frame)

    def _reset(self, names: Iterable[str]) -> None:
        frame = self._frame
        frame.values.update(
            {name: self.item.initial_value(name, frame) for name in names if name not in frame.fixed}
        )

    def _of_kind(self, kind: str) -> dict[str, Value]:
        return {name: self.values[name] for name, each in self.item.declarations.items() if each.kind == kind}

    def _stored(self) -> list[str]:
        return [*dict.fromkeys((*BUILT_IN, *self.item.declarations))]

    def _check_open(self) -> None:
        if self.is_over:
            raise Invalid(f"the session with {self.item.identifier} is over", rule=_OVER)


def _written(values: Values) -> dict[str, Json]:
    return {name: write_json(value) for name, value in values.items()}


def _read(item: CompiledItem, forms: object) -> dict[str, Value]:
    return item.read_values(cast("Mapping[str, object]", forms))
