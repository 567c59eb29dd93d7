"""What exports write that no clause foresees, but that has an agreed meaning; and custom operators."""

import pytest

from shared.standards.qti.expressions.compiled import Operator
from shared.standards.qti.faults import Invalid
from shared.standards.qti.values.types import BaseType, Value
from tests.fixtures.qti_expressions import (
    NULL,
    base,
    boolean,
    call,
    evaluate,
    identifier,
    integer,
    multiple,
    ordered,
    real,
    string,
    value_of,
)


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        (call("equal", string(" 3.0 "), integer(3)), True),
        (call("sum", string("2"), real(1)), 3.0),
        (call("sum", multiple(string("2"), string("3"))), 5.0),
        (call("sum", multiple(string("2"), string("x"))), None),
        (call("stringMatch", multiple(string("a")), string("a"), caseSensitive="true"), True),
        (call("subtract", ordered(integer(3)), integer(1)), 2),
        (call("subtract", ordered(integer(3), integer(4)), integer(1)), None),
        (call("gt", string("abc"), integer(3)), None),
        (call("lt", base("duration", "5"), integer(6)), True),
        (call("durationLT", integer(5), base("duration", "6")), True),
        (call("integerDivide", real(7.0), integer(2)), 3),
        (call("integerDivide", real(7.5), integer(2)), None),
        (call("gcd", real(6), integer(4)), 2),
        (call("match", identifier("A"), string("A")), True),
        (call("match", string("7"), integer(7)), True),
        (call("match", string("seven"), integer(7)), False),
        (call("match", integer(1), real(1)), True),
        (call("match", base("pair", "A B"), base("directedPair", "B A")), True),
        (call("match", multiple(identifier("A")), identifier("A")), True),
        (call("match", identifier("A"), ordered(identifier("A"), identifier("B"))), False),
        (call("member", string("A B"), multiple(base("directedPair", "A B"))), True),
        (call("delete", identifier("A"), identifier("A")), None),
        (call("contains", multiple(identifier("A")), identifier("A")), True),
        (call("containerSize", identifier("A")), 1),
        (call("stringMatch", identifier("a"), string("A"), caseSensitive="false"), True),
        (call("stringMatch", integer(12), string("12"), caseSensitive="true"), True),
        (call("and", integer(2), string("yes")), True),
        (call("not", integer(0)), True),
        (call("not", string("false")), True),
        (call("not", string("0")), True),
        (call("or", multiple(identifier("A"))), True),
        (call("match", base("duration", "5"), base("duration", "5")), True),
    ],
)
def test_what_has_an_agreed_meaning_is_read_so_with_a_notice(xml: str, value: Value) -> None:
    found = evaluate(xml)

    assert found.value == value
    assert found.notices


@pytest.mark.parametrize(
    "xml",
    [
        call("sum", boolean(True)),
        call("gt", base("point", "1 1"), integer(1)),
        call("durationLT", boolean(True), base("duration", "1")),
        call("match", boolean(True), integer(1)),
        call("match", base("point", "1 1"), base("pair", "A B")),
        call("member", multiple(identifier("A")), multiple(identifier("A"))),
        call("stringMatch", '<variable identifier="R"/>', string("a"), caseSensitive="true"),
        call("subtract", '<variable identifier="R"/>', integer(1)),
        call("containerSize", '<variable identifier="R"/>'),
        call("inside", identifier("A"), shape="default", coords=""),
    ],
)
def test_what_has_no_agreed_meaning_is_invalid(xml: str) -> None:
    with pytest.raises(Invalid):
        evaluate(xml, '<responseDeclaration identifier="R" cardinality="record"/>')


def _custom(definition: str, *operands: str) -> str:
    return call("customOperator", *operands, definition=definition)


@pytest.mark.parametrize("vendor", ["depcp", "qade", "questify"])
def test_15_3_custom_operator_of_vendors_in_the_field(vendor: str) -> None:
    assert value_of(_custom(f"{vendor}:Trim", string("  a b "))) == "a b"
    assert value_of(_custom(f"{vendor}:Trim", string("   "))) is None
    assert value_of(_custom(f"{vendor}:ToAscii", string("tést ḝ"))) == "test e"
    assert value_of(_custom(f"{vendor}:ParseCommaDecimal", string("3,14"))) == "3.14"
    assert value_of(_custom(f"{vendor}:Trim", NULL)) is None


@pytest.mark.parametrize(
    ("typed", "equal"), [("0,63", True), ("0.6300", True), ("0,64", False), ("0,63 m", None)]
)
def test_15_3_custom_operator_parse_comma_decimal_makes_a_number_of_what_is_typed(
    typed: str, equal: bool | None
) -> None:
    parsed = _custom("depcp:ParseCommaDecimal", string(typed))

    assert value_of(call("equal", parsed, real(0.63))) is equal


def test_15_3_custom_operator_that_is_not_known_is_null_with_a_notice() -> None:
    found = evaluate(_custom("acme:Frobnicate", string("a")))

    assert found.value is None
    assert found.notices == ("the custom operator 'acme:Frobnicate' is not known: NULL",)


def test_15_3_custom_operator_may_be_given_by_whoever_compiles() -> None:
    def count(values: tuple[Value, ...]) -> int:
        return len(values)

    found = evaluate(
        call("sum", call("customOperator", NULL, string("a"), **{"class": "acme.Count"}), integer(1)),
        operators={"acme.Count": Operator(count, BaseType.INTEGER)},
    )

    assert found.value == 3
    assert found.compiled.base_type is BaseType.INTEGER
    assert found.notices == ()
