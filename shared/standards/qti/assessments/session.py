"""The session of one candidate with one test (QTI 3.0 information model).

The caller tells each move and the time at which it came; there is no clock and no other state than what
`state` returns and `pick_up` goes on from, in whatever process.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Self

from shared.standards.qti.assessments.clock import WHOLE_TEST, Clock
from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.permissions import Move, NotAllowed, Permissions, Refusal
from shared.standards.qti.assessments.plan import Feedback, RubricBlock, View
from shared.standards.qti.assessments.progress import Progress
from shared.standards.qti.assessments.routes import Chosen, Step, route_of
from shared.standards.qti.assessments.shown import (
    ItemView,
    feedback_of,
    rubric_blocks_of,
    time_left_of,
    view_of,
)
from shared.standards.qti.assessments.standing import Phase, Standing, TakenItem
from shared.standards.qti.assessments.standing_json import read_standing, write_standing
from shared.standards.qti.items.compiled_item import Values
from shared.standards.qti.values.json_form import Json

_NOTHING_CHOSEN: Final[Chosen] = {}
_NO_CONTEXT: Final[Values] = {}


class TestSession:
    """A candidate's session with a test.

    A move that is not allowed raises NotAllowed; nothing but time has passed then. After any other error,
    such as processing that breaks a limit, a session has to be picked up anew from the state before.

    >>> from shared.standards.qti import compile_item, compile_test, parse, read_plan
    >>> item = compile_item(parse(b'''<assessmentItem identifier="i">
    ...   <responseDeclaration identifier="RESPONSE" cardinality="single" baseType="integer"/>
    ...   <outcomeDeclaration identifier="SCORE" cardinality="single" baseType="float"/>
    ...   <responseProcessing><setOutcomeValue identifier="SCORE"><variable identifier="RESPONSE"/>
    ...   </setOutcomeValue></responseProcessing></assessmentItem>'''))
    >>> test = compile_test(read_plan(parse(b'''<assessmentTest identifier="t">
    ...   <outcomeDeclaration identifier="TOTAL" cardinality="single" baseType="float"/>
    ...   <testPart identifier="p" navigationMode="linear" submissionMode="individual">
    ...   <assessmentSection identifier="s"><assessmentItemRef identifier="a" href="i.xml"/>
    ...   <assessmentItemRef identifier="b" href="i.xml"/></assessmentSection></testPart>
    ...   <outcomeProcessing><setOutcomeValue identifier="TOTAL"><sum><testVariables
    ...   variableIdentifier="SCORE"/></sum></setOutcomeValue></outcomeProcessing>
    ... </assessmentTest>''')), {"i.xml": item})
    >>> session = TestSession.start(test, seed=7, now=0)
    >>> session.respond({"RESPONSE": 3}, now=20)
    >>> session.submit(now=21)
    >>> session.next(now=25)
    >>> session = TestSession.pick_up(test, session.state())
    >>> session.current.key, session.outcomes, sorted(session.allowed(now=26))
    ('b', {'TOTAL': 3.0}, ['end', 'next', 'respond', 'skip', 'submit', 'suspend'])
    """

    def __init__(self, standing: Standing) -> None:
        """Hold a session; `start` and `pick_up` make one."""
        self._standing: Final = standing
        self._progress: Final = Progress(standing)

    @classmethod
    def start(
        cls,
        test: CompiledTest,
        *,
        seed: int,
        now: float,
        chosen: Chosen = _NOTHING_CHOSEN,
        context: Values = _NO_CONTEXT,
    ) -> Self:
        """Begin a session at the first item whose preconditions hold.

        The seed decides all chance. `chosen` are the first items of each adaptive section, `context` the
        values of context variables. Raises Invalid for an adaptive section without items.
        """
        steps = route_of(test.plan, seed, chosen=chosen, limits=test.limits)
        listed = {section: list(items) for section, items in chosen.items()}
        standing = Standing(test, seed, listed, steps, Clock(now), context=dict(context))
        standing.process_outcomes()
        session = cls(standing)
        session._progress.enter(0)
        return session

    @classmethod
    def pick_up(cls, test: CompiledTest, state: Mapping[str, Json]) -> Self:
        """Go on with a stored session. Raises Malformed for what is no state of a session with this test."""
        return cls(read_standing(test, state))

    def state(self) -> dict[str, Json]:
        """Return the session as a small JSON document, from which `pick_up` goes on."""
        return write_standing(self._standing)

    @property
    def phase(self) -> Phase:
        """Whether the session is running, suspended or has ended."""
        return self._standing.phase

    @property
    def current(self) -> Step | None:
        """The item at which the candidate is; none once the test has ended."""
        return self._standing.step

    @property
    def route(self) -> Sequence[Step]:
        """The items selected for the candidate, in their order."""
        return self._standing.steps

    @property
    def outcomes(self) -> Values:
        """The outcomes of the test as last processed."""
        return self._standing.outcomes

    @property
    def standing(self) -> Standing:
        """All that the session holds, to be read only."""
        return self._standing

    def allowed(self, *, now: float) -> frozenset[Move]:
        """Return the moves that are allowed; `go` when there is an item to go to."""
        self._tick(now)
        may = Permissions(self._standing)
        refusals: dict[Move, Refusal | None] = {
            "respond": may.respond(),
            "submit": may.submit(),
            "skip": may.submit(skipping=True),
            "next": may.advance(),
            "comment": may.comment(),
            "end_part": may.leave_part(),
            "end": may.end(),
            "suspend": may.suspend(),
            "resume": may.resume(),
        }
        moves = {move for move, refusal in refusals.items() if refusal is None}
        return frozenset(moves | {"go"} if self._reachable(may) else moves)

    def reachable(self, *, now: float) -> tuple[str, ...]:
        """Return the keys of the items that the candidate may go to, the current one included."""
        self._tick(now)
        return self._reachable(Permissions(self._standing))

    def view(self, key: str) -> ItemView:
        """Return what may be shown of an item of the route. Raises NotAllowed for any other key."""
        return view_of(self._standing, self._named(key))

    def feedback(self) -> list[Feedback]:
        """Return the test feedback to be shown now."""
        return feedback_of(self._standing)

    def rubric_blocks(self, view: View = "candidate") -> list[RubricBlock]:
        """Return the rubric blocks of test, part and sections around the current item, for a view."""
        return rubric_blocks_of(self._standing, view)

    def time_left(self, *, now: float) -> float | None:
        """Return the seconds left to respond to the current item; None where no limit binds."""
        self._tick(now)
        return time_left_of(self._standing)

    def pending(self) -> list[tuple[str, str]]:
        """Return the outcomes of submitted items, by key and name, that wait to be scored outside."""
        return [
            (step.key, outcome)
            for step in self._standing.steps
            if (taken := self._standing.taken.get(step.key)) is not None and taken.session.attempts
            for outcome in taken.session.pending
        ]

    def respond(self, responses: Values, *, now: float) -> None:
        """Keep responses to the current item, not submitted yet; those not given stay as they are.

        Raises NotAllowed for a variable that is no response of the item.
        """
        self._tick(now)
        self._check(Permissions(self._standing).respond())
        taken, step = self._here()
        known = {one.identifier for one in self._standing.test.responses[step.ref.identifier].declared}
        strange = sorted(responses.keys() - known)
        if strange:
            raise NotAllowed(
                f"{strange[0]} is no response of {step.key}", rule="QTI 3.0, ResponseDeclaration"
            )
        taken.draft.update(responses)

    def submit(self, *, now: float) -> None:
        """End the attempt at the current item: its responses are processed, and the outcomes of the test."""
        self._tick(now)
        self._check(Permissions(self._standing).submit())
        self._progress.submit(self._here()[0])
        self._standing.process_outcomes()

    def skip(self, *, now: float) -> None:
        """End the attempt at the current item without a response: all take their defaults."""
        self._tick(now)
        self._check(Permissions(self._standing).submit(skipping=True))
        taken, step = self._here()
        responses = self._standing.test.responses[step.ref.identifier]
        taken.draft = {
            one.identifier: taken.session.defaults.get(one.identifier, responses.initial[one.identifier])
            for one in responses.declared
        }
        self._progress.submit(taken)
        self._standing.process_outcomes()

    def next(self, *, now: float) -> None:
        """Go on: in a linear part by its rules, in a nonlinear one to the next item.

        After the last item the part ends. When the time of the part or test is up, that ends.
        """
        self._tick(now)
        self._check(Permissions(self._standing).advance())
        self._progress.advance(self._here()[1])

    def go(self, key: str, *, now: float) -> None:
        """Go to another item of a nonlinear part, also to review it."""
        self._tick(now)
        self._check(Permissions(self._standing).go(key))
        self._progress.arrive(self._named(key))

    def comment(self, text: str, *, now: float) -> None:
        """Keep the candidate's comment on the current item."""
        self._tick(now)
        self._check(Permissions(self._standing).comment())
        self._here()[0].comment = text

    def end_part(self, *, now: float) -> None:
        """End the part: responses that are submitted together are processed, and the next part begins."""
        self._tick(now)
        may = Permissions(self._standing)
        self._check(may.leave_part())
        self._progress.end_part(exit_test=may.is_test_over())

    def end(self, *, now: float) -> None:
        """End the test where it is."""
        if self._standing.phase == "running":
            self._tick(now)
        self._check(Permissions(self._standing).end())
        self._progress.end_part(exit_test=True)

    def suspend(self, *, now: float) -> None:
        """Suspend the session: time passes for nothing until it is resumed."""
        self._tick(now)
        self._check(Permissions(self._standing).suspend())
        self._standing.phase = "suspended"

    def resume(self, *, now: float) -> None:
        """Resume the session."""
        self._check(Permissions(self._standing).resume())
        self._tick(now)
        self._standing.phase = "running"

    def score(self, key: str, outcomes: Values) -> None:
        """Set outcomes of a submitted item that a human scored; no rule changes them any more.

        Raises NotAllowed for an item that was not submitted, Invalid for what is no outcome of it.
        """
        taken = self._standing.taken.get(self._named(key).key)
        if taken is None or not taken.session.attempts:
            raise NotAllowed(f"{key} was not submitted", rule="human scores")
        taken.session.score_by_hand(outcomes)
        self._standing.process_outcomes()

    def choose(self, section: str, items: Sequence[str]) -> None:
        """Add what the engine of an adaptive section chose next. Raises Invalid for what it may not."""
        standing = self._standing
        chosen = {**standing.chosen, section: [*standing.chosen.get(section, ()), *items]}
        standing.steps = route_of(
            standing.test.plan, standing.seed, chosen=chosen, limits=standing.test.limits
        )
        standing.chosen = chosen

    def _tick(self, now: float) -> None:
        standing, step = self._standing, self._standing.step
        running: Iterable[str] = ()
        if standing.phase == "running" and step is not None:
            sections = (enclosing.section.identifier for enclosing in step.path)
            running = (WHOLE_TEST, step.part.identifier, *sections)
        passed = standing.clock.tick(now, running)
        if running and step is not None:
            standing.take(step).session.spend(passed)

    def _check(self, refusal: Refusal | None) -> None:
        if refusal is not None:
            raise NotAllowed(refusal.message, rule=refusal.rule)

    def _here(self) -> tuple[TakenItem, Step]:
        step = self._standing.step
        if step is None:
            raise NotAllowed("the test has ended", rule="test sessions")
        return self._standing.take(step), step

    def _named(self, key: str) -> Step:
        step = self._standing.named(key)
        if step is None:
            raise NotAllowed(f"{key} is no item of this session", rule="test sessions")
        return step

    def _reachable(self, may: Permissions) -> tuple[str, ...]:
        steps = self._standing.steps_of(self._standing.current_part)
        return tuple(step.key for step in steps if may.go(step.key) is None)
