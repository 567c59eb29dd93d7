"""Entity tags: stable for one caller, different for anybody who may be shown something else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InvalidInput, PreconditionFailed
from shared.kernel.scope import TenantScope
from shared.tenancy.model import Principal, Role
from shared.web.conditional import EntityTags

_NAMES = st.sampled_from(["a", "b", "c"])


def _tags(
    tenant: str = "north",
    person: str = "p1",
    roles: frozenset[Role] = frozenset({Role.INSTRUCTOR}),
    courses: frozenset[str] = frozenset(),
    target: str = "/api/x?",
    stamp: str = "s1",
) -> EntityTags:
    principal = Principal(tenant, "iss", "sub", person_id=person, roles=roles, courses=courses)
    return EntityTags.for_caller(
        TenantScope.authenticated(tenant, stamp, principal.actor, "c"), principal, target
    )


def test_the_same_caller_gets_the_same_tag() -> None:
    assert _tags().tag("v1") == _tags().tag("v1")


@pytest.mark.parametrize(
    "other",
    [
        _tags(tenant="south"),
        _tags(person="p2"),
        _tags(roles=frozenset({Role.TENANT_ADMIN})),
        _tags(courses=frozenset({"algebra"})),
        _tags(target="/api/y?"),
        _tags(stamp="s2"),
        EntityTags.for_public("/api/x?"),
    ],
)
def test_whoever_may_be_shown_something_else_gets_another_tag(other: EntityTags) -> None:
    tag = _tags().tag("v1")
    assert other.tag("v1") != tag
    assert not other.is_unchanged(tag, other.tag("v1"))


@given(first=st.tuples(_NAMES, st.text(), st.text()), second=st.tuples(_NAMES, st.text(), st.text()))
def test_no_two_different_things_share_a_tag(
    first: tuple[str, str, str], second: tuple[str, str, str]
) -> None:
    def tag(audience: str, target: str, version: str) -> str:
        return EntityTags(audience, target).tag(version)

    assert (tag(*first) == tag(*second)) == (first == second)


@pytest.mark.parametrize("form", ["{}", "W/{}", '"x", {}', '"x" , W/{},"y"', "*", " {} "])
def test_a_held_tag_is_recognised_in_every_form(form: str) -> None:
    tags = _tags()
    assert tags.is_unchanged(form.format(tags.tag("v1")), tags.tag("v1"))


def test_without_a_held_tag_everything_is_new() -> None:
    tags = _tags()
    assert not tags.is_unchanged(None, tags.tag("v1"))
    assert not tags.is_unchanged('"x"', tags.tag("v1"))


@pytest.mark.parametrize("field", ["x", '"a', '"a" "b"', '"a",', 'w/"a"', "", '"a", *'])
def test_a_malformed_list_of_tags_is_refused(field: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        _tags().is_unchanged(field, '"t"')
    assert refusal.value.violations[0].place == "header:If-None-Match"


def test_a_change_needs_the_version_it_was_made_from() -> None:
    tags = _tags()
    tags.require_match(None, "v1")
    tags.require_match("*", "v1")
    tags.require_match(f'"x", {tags.tag("v1")}', "v1")
    for stale in (tags.tag("v0"), f"W/{tags.tag('v1')}", _tags(tenant="south").tag("v1")):
        with pytest.raises(PreconditionFailed):
            tags.require_match(stale, "v1")
