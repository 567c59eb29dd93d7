import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.functions.errors import MissingSetting
from infra.local.functions.expressions import BlobPattern, fill
from infra.local.functions.settings import Settings

_SEGMENTS = st.text(st.characters(codec="utf-8", exclude_characters="/"), min_size=1)


def test_settings_fill_percent_expressions() -> None:
    assert Settings({"QUEUE": "q1"}).resolve("a-%QUEUE%-b") == "a-q1-b"


def test_a_setting_that_does_not_exist_is_named() -> None:
    with pytest.raises(MissingSetting, match="'NOWHERE'"):
        Settings({}).resolve("%NOWHERE%")


def test_an_empty_setting_counts_as_missing() -> None:
    assert Settings({"EMPTY": ""}).get("EMPTY") is None


@given(tenant=_SEGMENTS, name=_SEGMENTS)
def test_a_pattern_takes_back_out_what_was_put_in(tenant: str, name: str) -> None:
    pattern = BlobPattern("landing/{tenant}/up/{name}")

    assert pattern.match(f"{tenant}/up/{name}") == {"tenant": tenant, "name": name}


def test_the_last_placeholder_spans_folders_and_others_do_not() -> None:
    pattern = BlobPattern("landing/{tenant}/{name}")

    assert pattern.match("t1/a/b.csv") == {"tenant": "t1", "name": "a/b.csv"}
    assert BlobPattern("landing/{tenant}/x.csv").match("t1/t2/x.csv") is None


def test_a_pattern_narrows_listings_by_its_literal_start() -> None:
    pattern = BlobPattern("landing/in/{name}.csv")

    assert (pattern.container, pattern.prefix) == ("landing", "in/")
    assert pattern.match("in/grades.txt") is None


def test_a_path_of_only_a_container_takes_every_blob() -> None:
    assert BlobPattern("landing").match("any/thing") == {}


@pytest.mark.parametrize("path", ["", "{container}/x", "landing/{not a name}"])
def test_a_path_that_is_no_pattern_is_refused(path: str) -> None:
    with pytest.raises(ValueError, match=re.escape("{") + "|container"):
        BlobPattern(path)


def test_templates_are_filled_with_names_and_fresh_ids() -> None:
    filled = fill("out/{tenant}/{rand-guid}", {"tenant": "t1"})

    container, tenant, name = filled.split("/")
    assert (container, tenant, str(uuid.UUID(name))) == ("out", "t1", name)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ", fill("{DateTime}", {}))


def test_a_placeholder_without_a_value_is_refused() -> None:
    with pytest.raises(ValueError, match=r"\{tenant\}"):
        fill("out/{tenant}", {})
