"""A page as it is written: its views as lines of one text."""

from collections.abc import Iterator, Mapping
from functools import cached_property


class Lines(Mapping[str, str]):
    """Views of a page in the order of their ids, each a line `id, tab, JSON` between line breaks.

    Who writes the page takes `text`; it is taken apart only when somebody looks for a view.
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @classmethod
    def of(cls, views: Mapping[str, str]) -> "Lines":
        """Return views as lines."""
        if isinstance(views, Lines):
            return views
        return cls("".join(f"\n{view}\t{views[view]}" for view in sorted(views)) + "\n")

    def __getitem__(self, view: str) -> str:
        return self._views[view]

    def __iter__(self) -> Iterator[str]:
        return iter(self._views)

    def __len__(self) -> int:
        return len(self._views)

    @cached_property
    def _views(self) -> dict[str, str]:
        # JSON text has no line break of its own, but may hold characters that `splitlines` takes for one.
        pairs = (line.partition("\t") for line in self.text.split("\n") if line)
        return {view: text for view, _, text in pairs}
