"""Exceptions to the rules are named, have a reason, and go when nothing needs them."""

from pathlib import PurePosixPath

from scripts.lib.lints.exemptions import read_exemptions, remaining
from scripts.lib.lints.source import Finding

FINDING = Finding(
    "scope-first", PurePosixPath("shared/a/ports.py"), 7, "no scope", "shared.a.ports:Grades.find"
)


def test_a_finding_without_exemption_stays_and_names_its_place() -> None:
    assert [str(finding) for finding in remaining([FINDING], {})] == [
        "shared/a/ports.py:7: scope-first: no scope"
    ]


def test_an_exemption_covers_a_method_or_its_class_but_no_other_rule() -> None:
    for subject in ("shared.a.ports:Grades.find", "shared.a.ports:Grades"):
        assert not list(remaining([FINDING], {"scope-first": {subject: "why"}}))
    other = list(remaining([FINDING], {"sizes": {"shared.a.ports:Grades": "why"}}))
    assert FINDING in other


def test_an_exemption_that_nothing_needs_is_a_finding() -> None:
    (stale,) = remaining([], {"scope-first": {"shared.a.ports:Grades": "why"}})
    assert "not needed any more" in stale.message


def test_an_exemption_without_a_reason_is_a_finding() -> None:
    (bare,) = remaining([FINDING], {"scope-first": {"shared.a.ports:Grades": " "}})
    assert "gives no reason" in bare.message


def test_the_projects_own_exemptions_all_give_reasons() -> None:
    assert all(reason for subjects in read_exemptions().values() for reason in subjects.values())
