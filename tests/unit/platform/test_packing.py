"""How views lie in documents, without any store."""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from shared.platform.cosmos.packing import PagePacker, find, unpack

VIEWS = st.dictionaries(
    st.text(st.characters(exclude_characters="\t\n\r", exclude_categories=["Cs"]), min_size=1),
    st.text(st.characters(exclude_characters="\n\r", exclude_categories=["Cs"])),
    max_size=5,
)


@given(st.lists(VIEWS, min_size=1, max_size=3))
def test_every_view_of_a_page_is_found_alone_and_with_the_others(pages: list[Mapping[str, str]]) -> None:
    packer = PagePacker()
    for views in pages:
        (document,) = packer.pack("page", views, 7)
        assert unpack(document) == views
        assert {view: find(document, view) for view in views} == views
        assert find(document, "no such\tview") is None


@given(VIEWS, VIEWS)
def test_equal_views_are_equal_documents_whatever_was_packed_before(
    views: Mapping[str, str], before: Mapping[str, str]
) -> None:
    packer = PagePacker()
    list(packer.pack("another", before, 1))
    turned_round = dict(sorted(views.items(), reverse=True))
    assert list(packer.pack("page", views, 2)) == list(PagePacker().pack("page", turned_round, 2))
