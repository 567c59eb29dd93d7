"""The page's files: squeezed for who takes that, kept for ever under names of their content, light."""

import gzip
from typing import Final

import pytest

from functions.http import page
from shared.kernel.errors import NotFound
from shared.web.call import Call
from shared.web.conditional import EntityTags
from shared.web.exchange import Outgoing
from shared.web.rendering import render
from shared.web.routing import Route

MOST: Final = 200_000
ROUTE = next(route for route in page.blueprint.routes if route.operation == "read_page_file")
FILES = sorted(path.name for path in page.BUILT.iterdir() if path.suffix in {".js", ".css", ".svg", ".txt"})


def _call(name: str, *codings: str) -> Call:
    async def no_cursor(position: str) -> str:
        raise AssertionError(position)

    headers = {"accept-encoding": ", ".join(codings)}
    return Call(ROUTE, "c1", {"file": name}, headers, EntityTags.for_public(f"/pages/{name}"), no_cursor)


async def _answer(name: str, *codings: str) -> Outgoing:
    call = _call(name, *codings)
    return render(call, await page.read_page_file(call))


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_the_same_squeezed_or_not(name: str) -> None:
    plain, squeezed = await _answer(name), await _answer(name, "br", "gzip")
    assert "Content-Encoding" not in plain.headers
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(squeezed.body) == plain.body
    assert plain.headers["ETag"] != squeezed.headers["ETag"]
    assert squeezed.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("name", FILES)
async def test_only_what_its_name_is_a_hash_of_is_kept_for_ever(name: str) -> None:
    is_hashed = name.endswith((".js", ".css"))
    assert ("immutable" in (await _answer(name)).headers["Cache-Control"]) is is_hashed


@pytest.mark.parametrize("name", FILES)
def test_every_built_file_has_an_address(name: str) -> None:
    assert _file_of(ROUTE, name)


@pytest.mark.parametrize("name", ["index.html", "main.js", "icon.svg.gz", ".complete", "main-AAAAAAAA.js"])
async def test_nothing_else_is_served(name: str) -> None:
    if _file_of(ROUTE, name):
        with pytest.raises(NotFound):
            await page.read_page_file(_call(name))


def test_the_page_weighs_less_than_it_may() -> None:
    assert sum(path.stat().st_size for path in page.BUILT.glob("*.gz")) < MOST


def test_the_document_runs_nothing_of_its_own() -> None:
    document = (page.BUILT / "index.html").read_text(encoding="utf-8")
    assert "<style" not in document
    assert document.count("<script") == document.count('<script type="module" src="pages/main-') == 1


def test_the_policy_lets_nothing_in_but_our_files_and_the_provider() -> None:
    policy = page.content_policy("https://login.example.org/tenant")
    assert "unsafe" not in policy
    assert "connect-src 'self' https://login.example.org;" in policy
    assert "require-trusted-types-for 'script'; trusted-types 'none'" in policy


def _file_of(route: Route, name: str) -> bool:
    return route.parameters[0].admits(name)
