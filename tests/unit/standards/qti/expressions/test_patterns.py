"""Patterns of XML Schema match whole strings, in bounded time (XML Schema 1.0 part 2, appendix F)."""

import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.standards.qti.expressions.patterns import Pattern
from shared.standards.qti.faults import Refused
from shared.standards.qti.limits import Limits


@pytest.mark.parametrize(
    ("pattern", "right", "wrong"),
    [
        ("abc", "abc", "abcd"),
        ("a|bc|", "", "b"),
        ("[0-9]{2,3}", "123", "1234"),
        ("a{2}", "aa", "a"),
        ("a{2,}", "aaaa", "a"),
        ("a{0}b", "b", "ab"),
        ("(ab)*c?", "ababc", "abcab"),
        ("(a?b?)*", "", "c"),
        (r"\d+(\.\d+)?", "3.14", "3."),
        (r"\d", "७", "x"),
        (r"\D\S\W", "xy ", "123"),
        (r"\i\c*", "_a-1", "1a"),
        (r"\p{Lu}\P{Lu}", "Éé", "éÉ"),
        (r"\p{L}+", "straße", "12"),
        (r"\p{IsGreek}+", "αβγ", "abc"),
        ("[a-z-[aeiou]]+", "bcd", "bad"),
        (r"[^\d\s]+", "ab", "a1"),
        ("[-+]?[.^]", "-^", "--"),
        (r"[\]\-a]+", "]-a", "b"),
        ("[a-]+", "a-", "b"),
        (r"\w+", "a1$", "a\u200d"),
        (r"\n\t\\\.", "\n\t\\.", "n"),
        ("a.c", "a·c", "a\nc"),
        ("a^b$c", "a^b$c", "abc"),
    ],
)
def test_a_pattern_matches_whole_strings_as_appendix_f_says(pattern: str, right: str, wrong: str) -> None:
    found = Pattern(pattern)

    assert found.matches(right)
    assert not found.matches(wrong)
    assert found.notes == ()


@pytest.mark.parametrize("pattern", ["^[0-9]+$", "(?:[0-9])+", "[0-9]+?"])
def test_what_other_dialects_write_without_changing_a_match_is_read_with_a_note(pattern: str) -> None:
    found = Pattern(pattern)

    assert found.matches("12")
    assert not found.matches("1a")
    assert len(found.notes) == 1


@pytest.mark.parametrize(
    "pattern",
    [
        "(a",
        "a)",
        "[a",
        "[]",
        "*a",
        "a{3,2}",
        "a{x}",
        "a**",
        r"\p{Xx}",
        r"\p{IsKlingon}",
        r"\1",
        r"\b",
        "(?=a)",
        "(?i)a",
        "a\\",
        "[z-a]",
        "[a-[b]c]",
        "(" * 200 + ")" * 200,
    ],
)
def test_a_pattern_that_can_not_be_read_is_an_error_not_a_guess(pattern: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["a{1000000000}", "((a{100}){100}){100}", "(a?){3000}", "[" * 100_000, "a" * 100_000],
)
def test_a_pattern_that_would_take_too_many_states_is_refused_before_it_is_built(pattern: str) -> None:
    with pytest.raises(Refused, match=r"limits\.pattern_steps"):
        Pattern(pattern)


@pytest.mark.parametrize("pattern", ["(a+)+b", "(a|aa)+b", "(a|a?)+b", "(.*)*(.*)*b", "(a*)*b"])
def test_a_pattern_that_stalls_backtracking_engines_takes_few_steps_for_a_long_answer(pattern: str) -> None:
    assert not Pattern(pattern, Limits(pattern_steps=2_000)).matches("a" * 10_000)


def test_a_match_that_would_take_more_steps_than_the_limit_is_refused() -> None:
    with pytest.raises(Refused, match=r"limits\.pattern_steps"):
        Pattern("(a|b|c|d|e|f)*x", Limits(pattern_steps=200)).matches("abcdefabcdef")


def test_what_a_pattern_remembers_of_past_answers_changes_no_match() -> None:
    kept = Pattern("(a|ab)(c|bcd)*")
    answers = ["abcd", "ac", "abcdbcd", "b", "", "abc"]

    assert [kept.matches(text) for text in answers * 2] == [
        Pattern("(a|ab)(c|bcd)*").matches(text) for text in answers * 2
    ]


_PLAIN = st.sampled_from(["a", "b", "ab", ".", "[ab]", "[^a]", r"\d", "1"])
_PATTERNS = st.recursive(
    _PLAIN,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map("|".join),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{0,2}", "{1,}"])).map(
            lambda parts: f"({parts[0]}){parts[1]}"
        ),
    ),
    max_leaves=5,
)


@given(_PATTERNS, st.text(alphabet="ab1\n", max_size=6))
def test_a_pattern_matches_what_a_backtracking_engine_matches(pattern: str, text: str) -> None:
    assert Pattern(pattern).matches(text) == (re.fullmatch(pattern.replace(".", "[^\n\r]"), text) is not None)


@given(st.text(alphabet=string.ascii_letters + string.punctuation + "0 ", max_size=20))
def test_any_text_is_a_pattern_an_error_or_refused(pattern: str) -> None:
    try:
        Pattern(pattern).matches("aB1-")
    except (ValueError, Refused):
        return
