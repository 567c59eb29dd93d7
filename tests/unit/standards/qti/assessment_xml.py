"""Tests as XML, for the tests of tests: short to write, in the spelling of 3.0."""

from shared.standards.qti.assessments.plan import Plan
from shared.standards.qti.assessments.reading import read_plan
from shared.standards.qti.documents.document import parse


def item_ref(identifier: str, inside: str = "", **attributes: str) -> str:
    """Return a reference to the item `identifier`.xml."""
    return (
        f'<qti-assessment-item-ref identifier="{identifier}" href="{identifier}.xml"'
        f"{_written(attributes)}>{inside}</qti-assessment-item-ref>"
    )


def section(identifier: str, inside: str, **attributes: str) -> str:
    """Return a section."""
    given = _written({"title": identifier, "visible": "true", **attributes})
    return f'<qti-assessment-section identifier="{identifier}"{given}>{inside}</qti-assessment-section>'


def part(identifier: str, inside: str, navigation: str = "linear", submission: str = "individual") -> str:
    """Return a part of a test."""
    return (
        f'<qti-test-part identifier="{identifier}" navigation-mode="{navigation}"'
        f' submission-mode="{submission}">{inside}</qti-test-part>'
    )


def assessment(parts: str, before: str = "", after: str = "") -> str:
    """Return a test; `before` are its declarations, `after` its outcome processing and feedback."""
    return f'<qti-assessment-test identifier="T" title="A test">{before}{parts}{after}</qti-assessment-test>'


def plan_of(parts: str, before: str = "", after: str = "", *, strict: bool = False) -> Plan:
    """Return the plan of a test."""
    return read_plan(parse(assessment(parts, before, after).encode(), file="test.xml"), strict=strict)


def _written(attributes: dict[str, str]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())
