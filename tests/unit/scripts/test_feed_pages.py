"""The pages of the feeds: complete about each mapping, current, and sound as Markdown."""

import ast
import re
from pathlib import Path

import polars as pl
import pytest

from scripts.lib.feed_pages.comments import leading_comment
from scripts.lib.feed_pages.faults import CAST_FAULTS
from scripts.lib.feed_pages.legends import meanings
from scripts.lib.feed_pages.markdown import code, table
from scripts.lib.feeds import rendered
from scripts.lib.generated import ROOT, Generated
from shared.ingestion.loads import Load
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.mapping.columns import Cast, Closed, Column
from shared.ingestion.mapping.feed import Mapping
from shared.ingestion.working.casting import cast

PAGES = rendered()
NEWEST = Catalogue.built_in().newest
BORDER = re.compile(r"(?<!\\)\|")


def test_the_committed_pages_say_what_the_mappings_do() -> None:
    assert Generated("scripts/feeds", PAGES, "docs/feeds").stale() == [], "run scripts/feeds"


@pytest.mark.parametrize("mapping", NEWEST, ids=lambda mapping: mapping.id)
def test_every_feed_has_a_page_that_names_every_label_and_part(mapping: Mapping) -> None:
    page = PAGES[f"docs/feeds/{mapping.id}.md"]
    assert f"# {mapping.title}\n" in page
    for part in mapping.parts:
        assert f"## Part {code(part.name)}\n" in page
        for label in (label for column in part.columns for label in column.labels):
            assert code(label).replace("|", r"\|") in page
    assert f"[{mapping.id}]({mapping.id}.md)" in PAGES["docs/feeds/README.md"]


@pytest.mark.parametrize("model", Closed.__subclasses__(), ids=lambda model: model.__name__)
def test_every_rule_that_a_mapping_may_state_reaches_the_pages(model: type[Closed]) -> None:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "scripts/lib/feed_pages").glob("*.py"))
    nodes = (node for source in sources for node in ast.walk(ast.parse(source)))
    asked = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    # The cast of a column is that of its place, unless it states another.
    assert set(model.model_fields) - {"cast"} <= asked


@pytest.mark.parametrize("name", PAGES)
def test_every_row_of_a_table_has_as_many_cells_as_its_head(name: str) -> None:
    for block in PAGES[name].split("\n\n"):
        widths = {len(BORDER.findall(line)) for line in block.splitlines() if line.startswith("|")}
        assert len(widths) <= 1, block


def test_a_page_that_is_missing_changed_or_left_over_is_stale_until_it_is_written(tmp_path: Path) -> None:
    made = Generated("scripts/feeds", {"docs/a.md": "a\n", "docs/b.md": "b\n"}, "docs", tmp_path)
    assert made.stale() == ["docs/a.md", "docs/b.md"]
    made.write()
    assert made.stale() == []
    (tmp_path / "docs/a.md").write_text("other\n", encoding="utf-8")
    (tmp_path / "docs/gone.md").write_text("of a feed that is no more\n", encoding="utf-8")
    assert made.stale() == ["docs/a.md", "docs/gone.md"]
    assert made.run(["--check"]) == 1
    assert made.run([]) == 0
    assert made.run(["--check"]) == 0


def test_a_comment_keeps_its_paragraphs_and_its_columns() -> None:
    text = '# Title.\n#\n#   a   one\n#   b   two\n#\n# Then `this`.\nid = "x"\n# not this\n'
    assert leading_comment(text) == "Title.\n\n```text\na   one\nb   two\n```\n\nThen `this`."


def test_pipes_and_backticks_do_not_break_a_cell() -> None:
    assert table(("A",), [(code("x|y`z"),)]).splitlines()[-1] == r"| `` x\|y`z `` |"


def test_every_load_is_explained() -> None:
    assert meanings(Load).keys() == set(Load)
    assert all(meanings(Load).values())


@pytest.mark.parametrize("kind", Cast)
def test_a_text_that_does_not_cast_has_the_code_that_pages_tell(kind: Cast) -> None:
    rules = Column(name="a", labels=("a",), longest=1, formats=("%Y",), codes={"b": "true"})
    (fault,) = cast(pl.Series("a", ["no such"]), rules, kind, ".").faults
    assert fault.code is CAST_FAULTS[kind]
