"""Mapping files: valid, short, and refused with the place of each broken rule."""

import re
from pathlib import Path

import pytest

from shared.ingestion.mapping.catalogue import Catalogue, read_mapping
from shared.ingestion.mapping.identities import constants_of, source_of
from shared.ingestion.ways.file_names import sanitised
from shared.kernel.errors import InvalidInput, NotFound

FEEDS = sorted(Path("shared/ingestion/feeds").glob("*.toml"))
GRADEBOOK = Catalogue.built_in().get("canvas-gradebook", 1)
ATTEMPTS = Path("shared/ingestion/feeds/attempts.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", FEEDS, ids=lambda path: path.stem)
def test_a_feed_is_at_most_sixty_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 60
    assert read_mapping(path).id


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ('table = "results"', 'table = "users"', "#/parts/0/table"),
        ("version = 1", "version = 1\nscript = 'x'", "#/script"),
        ("names = ['(?i)attempt']", "names = ['(']", "#/names/0"),
        ('[["learner"]', '[["pupil"]', "#/parts/0"),
        ('formats = ["%Y-%m-%dT%H:%M:%SZ", "%+", "%Y-%m-%d %H:%M:%S"]', "formats = []", "#/parts/0"),
        ('graded = "fully-graded"', 'graded = "done"', "#/parts/0"),
        ('section = "section_id"', "section = 7", "#/parts/0/columns/2"),
        ('load = "replace"', 'load = "upsert"', "#/parts/0"),
        ("version = 1", "version = ", ""),
    ],
)
def test_a_broken_rule_is_named_with_its_place(tmp_path: Path, old: str, new: str, place: str) -> None:
    assert old in ATTEMPTS
    path = tmp_path / "feed.toml"
    path.write_text(ATTEMPTS.replace(old, new, 1), encoding="utf-8")

    with pytest.raises(InvalidInput) as refused:
        read_mapping(path)
    assert refused.value.violations[0].place == f"feed.toml{place}"


def test_the_newest_version_is_tried_and_a_pinned_one_is_kept() -> None:
    first = Catalogue.built_in().get("attempts", 1)
    second = first.model_copy(update={"version": 2})
    catalogue = Catalogue((second, first))

    assert catalogue.newest == (second,)
    assert catalogue.get("attempts", 1) is first
    with pytest.raises(NotFound):
        catalogue.get("attempts", 3)


def test_every_feed_states_what_its_tables_require() -> None:
    for mapping in Catalogue.built_in().newest:
        named = set(re.findall(r"\?P<(\w+)>", "".join(mapping.file_name.patterns)))
        for part in mapping.parts:
            stated = named | part.filled | part.constants.keys() | part.same.keys() | {"attempt", "deleted"}
            stated |= part.lookup.take.keys() if part.lookup else set()
            if part.unpivot:
                stated |= set(re.findall(r"\?P<(\w+)>", part.unpivot.label or ""))
                stated |= {"status"} if part.unpivot.status else set()
                stated |= {name for measure in part.unpivot.measures for name in measure}
            assert part.canonical.required <= stated, (mapping.id, part.name)


@pytest.mark.parametrize(
    ("feed", "name", "source", "constants"),
    [
        ("attempts", "attempts-2026-03-01.csv", "attempts.attempts", {"series": "attempts"}),
        ("attempts", "attempts_20260301T1200.csv", "attempts.attempts", {"series": "attempts"}),
        ("attempts", "attempts (2).csv", "attempts.attempts", {"series": "attempts"}),
        (
            "canvas-gradebook",
            "2026-03-05T1200_Grades-ALG_1.csv",
            "canvas-gradebook.ALG_1",
            {"course": "ALG_1"},
        ),
        ("canvas-gradebook", "mine.csv", "canvas-gradebook.mine", {"course": "mine"}),
    ],
)
def test_the_name_of_a_file_tells_its_source(
    feed: str, name: str, source: str, constants: dict[str, str]
) -> None:
    mapping = Catalogue.built_in().get(feed, 1)

    assert source_of(mapping, name, [name]) == source
    assert constants_of(mapping, name, name) == constants


def test_a_gzipped_file_is_of_the_same_source_and_course_as_the_plain_one() -> None:
    plain = "Grades-ALG_1.csv"

    assert constants_of(GRADEBOOK, f"{plain}.gz", plain) == constants_of(GRADEBOOK, plain, plain)
    assert source_of(GRADEBOOK, f"{plain}.gz", [plain]) == source_of(GRADEBOOK, plain, [plain])


@pytest.mark.parametrize(
    ("file", "member", "course"),
    [
        ("2026_Export.zip", "2026-03-05T1200_Grades-ALG_1.csv", "ALG_1"),
        ("Grades-X.zip", "spring/a_Grades-ALG_1.csv", "ALG_1"),
        ("2026_Grades-ALG_1.zip", "export.csv", "ALG_1"),
        ("all.zip", "algebra.csv", "algebra"),
        ("2026_Grades-ALG_1.xlsx", "2026_Grades-ALG_1.xlsx#Sheet 1.2", "ALG_1"),
    ],
)
def test_the_name_of_a_member_states_its_course_before_that_of_its_archive(
    file: str, member: str, course: str
) -> None:
    assert constants_of(GRADEBOOK, file, member) == {"course": course}
    assert source_of(GRADEBOOK, file, [member]) == f"canvas-gradebook.{course}"


def test_an_archive_replaces_what_has_the_same_courses_and_nothing_else() -> None:
    archive = source_of(GRADEBOOK, "May.zip", ["a_Grades-ALG.csv", "b_Grades-BIO.csv"])

    assert source_of(GRADEBOOK, "June.zip", ["c_Grades-BIO.csv", "d_Grades-ALG.csv"]) == archive
    assert source_of(GRADEBOOK, "May.zip", ["a_Grades-ALG.csv", "b_Grades-CHE.csv"]) != archive
    assert source_of(GRADEBOOK, "May.zip", ["a_Grades-ALG.csv"]) != archive


def test_an_archive_whose_own_name_says_what_it_is_of_does_not_replace_another_with_the_same_members() -> (
    None
):
    mapping = Catalogue.built_in().get("schoology-item-results", 1)
    members = ["item_results_by_student.csv", "assessment_questions.csv"]
    sources = [
        source_of(mapping, f"{name}.zip", members) for name in ("unit 1", "unit 1-2026-03-05", "unit 2")
    ]

    assert sources[0] == sources[1] != sources[2]


def test_courses_that_look_alike_keep_sources_apart_that_fit_a_path() -> None:
    names = [f"Grades-{course}.csv" for course in ("ALG 1", "ALG-1", "ALG/1", "Ä", "Ö")]
    sources = [source_of(GRADEBOOK, name, [name]) for name in names]

    assert len(set(sources)) == 5
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+", source) for source in sources)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("grades.csv", "grades.csv"),
        (r"C:\Users\me\Noten Süd (1).csv", "Noten Süd (1).csv"),
        ("../../etc/passwd", "passwd"),
        ("a?b#c%d&e.csv", "a_b_c_d_e.csv"),
        ("x" * 300 + ".csv", "x" * 116 + ".csv"),
        ("..hidden.", "hidden"),
    ],
)
def test_a_name_is_kept_as_far_as_it_is_safe(name: str, kept: str) -> None:
    assert sanitised(name) == kept


@pytest.mark.parametrize("name", ["", "///", "...", "??", "  "])
def test_a_name_without_a_letter_or_digit_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput):
        sanitised(name)
