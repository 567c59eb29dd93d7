"""The state of a session as JSON, small enough to be carried anywhere.

Kept is what can't be had from test and seed: no route, no item that the candidate did not meet.
"""

from collections.abc import Iterator, Mapping
from typing import Final, cast

from shared.standards.qti.assessments.clock import Clock
from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.routes import route_of
from shared.standards.qti.assessments.standing import Phase, Standing, TakenItem
from shared.standards.qti.declarations.declaration import Declaration
from shared.standards.qti.faults import Malformed
from shared.standards.qti.items.compiled_item import CompiledItem, Values
from shared.standards.qti.items.session import ItemSession
from shared.standards.qti.values.json_form import Json, read_json, write_json
from shared.standards.qti.values.types import Value

_VERSION: Final = 1
_RULE: Final = "state of test sessions"
_PHASES: Final = frozenset(("running", "suspended", "ended"))


def write_standing(standing: Standing) -> dict[str, Json]:
    """Return a standing as JSON."""
    return {
        "version": _VERSION,
        "test": standing.test.plan.identifier,
        "seed": standing.seed,
        "chosen": cast("Json", standing.chosen),
        "phase": standing.phase,
        "part": standing.part,
        "at": standing.at,
        "now": standing.clock.now,
        "seconds": cast("Json", standing.clock.seconds.copy()),
        "context": _written(standing.context),
        "outcomes": _written(standing.outcomes),
        "submissions": standing.submissions,
        "items": {key: _taken(taken) for key, taken in standing.taken.items()},
    }


def read_standing(test: CompiledTest, state: Mapping[str, Json]) -> Standing:
    """Return the standing that JSON states. Raises Malformed for what is none of this test."""
    try:
        return _standing(test, cast("Mapping[str, object]", state))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
        raise Malformed(f"not the state of a test session: {error!r}", rule=_RULE) from error


def _standing(test: CompiledTest, state: Mapping[str, object]) -> Standing:
    if state["version"] != _VERSION or state["test"] != test.plan.identifier:
        message = f"version {state['version']} of a session with {state['test']}"
        raise Malformed(message, rule=_RULE)
    seed = _whole(state["seed"])
    chosen = {key: list(items) for key, items in cast("dict[str, list[str]]", state["chosen"]).items()}
    standing = Standing(
        test,
        seed,
        chosen,
        route_of(test.plan, seed, chosen=chosen, limits=test.limits),
        Clock(_seconds(state["now"]), _each_seconds(state["seconds"])),
        _phase(state["phase"]),
        _whole(state["part"]),
        cast("str | None", state["at"]),
        context=_read(state["context"], dict(_context(test))),
        outcomes=_read(state["outcomes"], test.declarations),
        submissions=_whole(state["submissions"]),
    )
    for key, form in cast("Mapping[str, Mapping[str, object]]", state["items"]).items():
        standing.taken[key] = _read_taken(standing, key, form)
    _check(standing)
    return standing


def _check(standing: Standing) -> None:
    is_somewhere = standing.at is not None and standing.at in standing.taken
    if is_somewhere is (standing.phase == "ended") or not 0 <= standing.part < len(standing.test.plan.parts):
        raise Malformed(f"at {standing.at}, {standing.phase}", rule=_RULE)


def _whole(form: object) -> int:
    if isinstance(form, bool) or not isinstance(form, int):
        raise TypeError(f"{form!r} is no whole number")
    return form


def _seconds(form: object) -> float:
    if isinstance(form, bool) or not isinstance(form, int | float):
        raise TypeError(f"{form!r} is no time")
    return form


def _each_seconds(forms: object) -> dict[str, float]:
    return {scope: _seconds(form) for scope, form in cast("Mapping[str, object]", forms).items()}


def _phase(phase: object) -> Phase:
    if phase not in _PHASES:
        raise Malformed(f"phase {phase!r}", rule=_RULE)
    return cast("Phase", phase)


def _taken(taken: TakenItem) -> Json:
    form: dict[str, Json] = {"session": taken.session.state(), "submitted": taken.submitted}
    if taken.draft:
        form["draft"] = _written(taken.draft)
    if taken.comment is not None:
        form["comment"] = taken.comment
    return form


def _read_taken(standing: Standing, key: str, form: Mapping[str, object]) -> TakenItem:
    step = standing.named(key)
    if step is None:
        raise Malformed(f"{key} is no item of this session", rule=_RULE)
    item: CompiledItem = standing.item(step)
    return TakenItem(
        ItemSession.restore(item, cast("Mapping[str, Json]", form["session"])),
        _read(form.get("draft", {}), item.declarations),
        cast("str | None", form.get("comment")),
        _whole(form["submitted"]),
    )


def _context(test: CompiledTest) -> Iterator[tuple[str, Declaration]]:
    """Yield the context variables that items and test declare; those of the test count."""
    every = [*(item.declarations for item in test.items.values()), test.declarations]
    for declarations in every:
        for name, declared in declarations.items():
            if declared.kind == "context":
                yield name, declared


def _written(values: Values) -> dict[str, Json]:
    return {name: write_json(value) for name, value in values.items()}


def _read(forms: object, declarations: Mapping[str, Declaration]) -> dict[str, Value]:
    return {
        name: read_json(form, declarations[name].base_type, declarations[name].cardinality)
        for name, form in cast("Mapping[str, object]", forms).items()
    }
