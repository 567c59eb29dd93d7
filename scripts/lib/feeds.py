"""Writes a page in `docs/feeds/` for each feed from its mapping, or checks that the pages are current."""

import sys

from scripts.lib.feed_pages.comments import leading_comment
from scripts.lib.feed_pages.index import index
from scripts.lib.feed_pages.page import page
from scripts.lib.generated import ROOT, Generated
from shared.ingestion.mapping.catalogue import Catalogue, read_mapping

_MAPPINGS = ROOT / "shared" / "ingestion" / "feeds"
_FOLDER = "docs/feeds"


def rendered() -> dict[str, str]:
    """Return the pages as they have to be, by their path."""
    files = {(m.id, m.version): path for path in _MAPPINGS.glob("*.toml") for m in [read_mapping(path)]}
    newest = Catalogue.built_in().newest
    pages = {f"{_FOLDER}/README.md": index(newest)}
    for mapping in newest:
        file = files[mapping.id, mapping.version]
        comment = leading_comment(file.read_text(encoding="utf-8"))
        pages[f"{_FOLDER}/{mapping.id}.md"] = page(mapping, comment, file.name)
    return pages


def main(arguments: list[str]) -> int:
    """Write the pages; with `--check` only compare, 1 when one is stale."""
    return Generated("scripts/feeds", rendered(), _FOLDER).run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
