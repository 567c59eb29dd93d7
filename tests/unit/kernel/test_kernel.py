"""The kernel's promises: ordered ids, one form of time, scopes that cannot be forged."""

import uuid
from datetime import UTC, datetime, timedelta, timezone
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel import errors
from shared.kernel.clock import SystemClock, parse_rfc3339, rfc3339
from shared.kernel.ids import id_after, is_id, is_tenant_id, new_id, uuid7_at
from shared.kernel.scope import TenantScope


@given(st.integers(0, (1 << 48) - 2))
def test_an_id_of_a_later_millisecond_sorts_later(moment: int) -> None:
    assert uuid7_at(moment) < uuid7_at(moment + 1)


@given(st.integers(0, 2**48 - 3), st.integers(0, 2**74 - 1))
def test_the_id_after_another_sorts_between_it_and_later_milliseconds(moment: int, random: int) -> None:
    with patch("shared.kernel.ids.secrets.randbits", return_value=random):
        first = uuid7_at(moment)
    after = id_after(first)
    assert first < after < uuid7_at(moment + 2)
    assert uuid.UUID(after).version == 7
    assert after < uuid7_at(moment + 1) or random >> 62 == 0xFFF


def test_ids_are_version_7_and_distinct() -> None:
    ids = {new_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(is_id(i) and i[14] == "7" and i[19] in "89ab" for i in ids)


@pytest.mark.parametrize(
    "text", ["", "ab", "Upper-case", "1st", "ends-", "two--dashes", "a" * 41, "a/b", "a\n"]
)
def test_a_text_that_does_not_fit_containers_and_paths_is_no_tenant_id(text: str) -> None:
    assert not is_tenant_id(text)


def test_a_slug_is_a_tenant_id() -> None:
    assert is_tenant_id("harbor-district-7")


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))])))
def test_a_moment_survives_its_text_form_to_the_millisecond(moment: datetime) -> None:
    kept = moment.astimezone(UTC)
    assert parse_rfc3339(rfc3339(moment)) == kept.replace(microsecond=kept.microsecond // 1000 * 1000)


def test_a_moment_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        rfc3339(datetime(2026, 1, 1))  # noqa: DTZ001 - the naive moment is the point
    with pytest.raises(ValueError, match="no time zone"):
        parse_rfc3339("2026-01-01T00:00:00")


def test_the_system_clock_tells_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_scope_cannot_be_made_without_its_factories() -> None:
    with pytest.raises(TypeError, match="factories"):
        TenantScope("harbor", "eu-1", "person:1", "c", object())


def test_a_scope_refuses_what_is_no_tenant_id() -> None:
    with pytest.raises(ValueError, match="tenant id"):
        TenantScope.authenticated("../other", "eu-1", "person:1", "c")


def test_cache_keys_of_two_tenants_never_meet() -> None:
    one = TenantScope.authenticated("harbor", "eu-1", "person:1", "c")
    two = TenantScope.authenticated("valley", "eu-1", "person:1", "c")
    assert one.key("view", "x") != two.key("view", "x")


def test_codes_of_the_error_tree_are_distinct_and_statuses_are_errors() -> None:
    def leaves(cls: type[errors.TermtideError]) -> list[type[errors.TermtideError]]:
        return [cls, *(x for sub in cls.__subclasses__() for x in leaves(sub))]

    # Contexts refine these errors without codes of their own: the kernel's codes are the public ones.
    kernel = [c for c in leaves(errors.TermtideError) if c.__module__ == errors.__name__]
    public = [c for c in kernel if not issubclass(c, errors.NotFound)]
    assert len({c.code for c in public}) == len(public)
    assert all(400 <= c.status < 600 for c in public)


def test_breach_and_wrong_stamp_look_like_not_found() -> None:
    shown = {(e.code, e.status, e.title, str(e)) for e in (errors.NotFound(), errors.WrongStamp())}
    shown.add(
        (
            errors.TenantBreach.code,
            errors.TenantBreach.status,
            errors.TenantBreach.title,
            str(errors.TenantBreach("t", "c")),
        )
    )
    assert len(shown) == 1


def test_the_text_of_an_error_names_every_place_and_its_detail_stays_as_it_was_given() -> None:
    error = errors.InvalidInput(
        "two faults", violations=[errors.Violation("/a", "x"), errors.Violation("/b", "y")]
    )
    assert str(error) == "two faults: /a: x; /b: y"
    assert error.detail == "two faults"
