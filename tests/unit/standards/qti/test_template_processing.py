"""Template processing: seeded, repeatable, its constraints bounded (QTI 3.0, TemplateProcessing)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.documents.document import parse
from shared.standards.qti.faults import Invalid, Refused
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.limits import Limits
from tests.unit.standards.qti.items import SCORE, constant, declared, item, set_score, source, variable

_DIE = '<setTemplateValue identifier="T"><randomInteger min="1" max="6"/></setTemplateValue>'
_T = declared("template", "T", "integer", "<defaultValue><value>0</value></defaultValue>")
_SHOWN = f"<responseProcessing>{set_score(variable('T'))}</responseProcessing>"


def _templated(rules: str, *declarations: str) -> bytes:
    return source(SCORE, _T, *declarations, f"<templateProcessing>{rules}</templateProcessing>", _SHOWN)


def _score(rules: str, seed: int = 0, limits: Limits | None = None) -> object:
    compiled = compile_item(parse(_templated(rules)), limits=limits or Limits())
    return compiled.score({}, seed=seed).outcomes["SCORE"]


@given(st.integers())
def test_the_same_seed_draws_the_same(seed: int) -> None:
    assert _score(_DIE, seed) == _score(_DIE, seed)


def test_seeds_draw_every_value() -> None:
    assert {_score(_DIE, seed) for seed in range(100)} == {1.0, 2.0, 3.0, 4.0, 5.0, 6.0}


def _constraint(bound: int) -> str:
    return f"<templateConstraint><gt>{variable('T')}{constant(bound, 'integer')}</gt></templateConstraint>"


@given(st.integers())
def test_template_constraint_processing_starts_over_until_the_constraint_holds(seed: int) -> None:
    assert _score(_DIE + _constraint(4), seed) in {5.0, 6.0}


def test_template_constraint_what_never_holds_ends_after_its_restarts_with_the_defaults() -> None:
    assert _score(_DIE + _constraint(6)) == 0.0


def test_template_constraint_a_constraint_of_null_does_not_hold() -> None:
    assert _score(_DIE + "<templateConstraint><null/></templateConstraint>") == 0.0


def test_template_constraint_at_least_a_hundred_draws_are_made() -> None:
    rare = '<setTemplateValue identifier="T"><randomInteger min="1" max="10"/></setTemplateValue>'
    assert {_score(rare + _constraint(9), seed) for seed in range(50)} == {10.0}
    assert _score(_DIE + _constraint(6), limits=Limits(restarts=0)) == 0.0


def test_nothing_runs_after_exit_template() -> None:
    assert _score(f"{_DIE}<exitTemplate/>{_constraint(6)}") != 0.0


def test_template_conditions_choose() -> None:
    rules = f"""<setTemplateValue identifier="T">{constant(3, "integer")}</setTemplateValue>
      <templateCondition>
        <templateIf><gt>{variable("T")}{constant(2, "integer")}</gt>
          <setTemplateValue identifier="T">{constant(9, "integer")}</setTemplateValue></templateIf>
        <templateElse>
          <setTemplateValue identifier="T">{constant(8, "integer")}</setTemplateValue></templateElse>
      </templateCondition>"""
    assert _score(rules) == 9.0


def test_template_default_values_of_a_test_replace_the_defaults() -> None:
    doubled = f"""<setTemplateValue identifier="T"><product>{variable("T")}{constant(2, "integer")}</product>
      </setTemplateValue>"""
    compiled = compile_item(parse(_templated(doubled)))
    assert compiled.score({}, template_values={"T": 21}).outcomes["SCORE"] == 42.0


def test_template_values_count_without_template_processing() -> None:
    assert item(SCORE, _T, _SHOWN).score({}, template_values={"T": 3}).outcomes["SCORE"] == 3.0


def test_values_of_a_test_are_of_template_variables_only() -> None:
    with pytest.raises(Invalid, match="SCORE is no template variable"):
        item(SCORE, _T, _SHOWN).score({}, template_values={"SCORE": 3})


def test_set_default_value_the_default_of_an_outcome_is_set_for_the_session() -> None:
    rules = f'<setDefaultValue identifier="O">{constant(4)}</setDefaultValue>'
    compiled = compile_item(parse(_templated(rules, declared("outcome", "O", "float"))))
    assert compiled.score({}).outcomes["O"] == 4.0


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        ("<templateConstraint/>", "without an expression"),
        (f'<setTemplateValue identifier="SCORE">{constant(1)}</setTemplateValue>', "can't be set here"),
        (f'<setCorrectResponse identifier="T">{constant(1)}</setCorrectResponse>', "can't be set here"),
    ],
)
def test_rules_without_a_meaning_are_errors(rules: str, message: str) -> None:
    with pytest.raises(Invalid, match=message):
        _score(rules)


def test_repeats_of_all_restarts_are_bounded() -> None:
    repeat = f"<repeat numberRepeats='60'>{constant(1, 'integer')}</repeat>"
    rules = f"<templateConstraint><lt><sum>{repeat}</sum>{constant(1, 'integer')}</lt></templateConstraint>"
    with pytest.raises(Refused, match="repeats"):
        _score(rules, limits=Limits(repeats=1000))


def test_variables_that_are_not_declared_are_not_set() -> None:
    rules = "".join(
        f'<{rule} identifier="X">{constant(1)}</{rule}>'
        for rule in ("setTemplateValue", "setCorrectResponse", "setDefaultValue")
    )
    assert len(compile_item(parse(_templated(rules))).notices) == 3
