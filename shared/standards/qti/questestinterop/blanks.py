"""How the answers of a blank count: each label of Canvas New Quizzes may say by which rule."""

import re
from typing import Final

from shared.standards.qti.documents.element import Element
from shared.standards.qti.questestinterop.building import base, call, variable
from shared.standards.qti.questestinterop.findings import Findings
from shared.standards.qti.questestinterop.names import given, is_yes
from shared.standards.qti.questestinterop.responses import Label

# What patterns of XML Schema, by which QTI matches, do not have.
_NOT_IN_XSD: Final = re.compile(r"\(\?|\\[bBAZ]|[*+?}][?+]")
_LONGEST: Final = 40
_SPECIAL: Final = re.compile(r"([\\.*+?|(){}\[\]^$\-])")


def equals_label(name: str, label: Label, *, case_sensitive: bool, findings: Findings) -> Element:
    """Return the test whether a text is what a label of a blank accepts."""
    element = label.element
    if given(element, "ignore_case"):
        case_sensitive = not is_yes(given(element, "ignore_case"))
    algorithm = given(element, "scoring_algorithm")
    if algorithm == "TextContainsAnswer":
        sensitive = "true" if case_sensitive else "false"
        return call("substring", base("string", label.text), variable(name), case_sensitive=sensitive)
    if algorithm == "TextRegex":
        return _by_pattern(name, label, findings)
    if algorithm == "TextCloseEnough":
        return _near(name, label, case_sensitive=case_sensitive, findings=findings)
    return equals_text(name, label.text, case_sensitive=case_sensitive)


def equals_text(name: str, text: str, *, case_sensitive: bool) -> Element:
    """Return the test whether a text is another; without regard to case unless told otherwise."""
    sensitive = "true" if case_sensitive else "false"
    return call("string-match", variable(name), base("string", text), case_sensitive=sensitive)


def _by_pattern(name: str, label: Label, findings: Findings) -> Element:
    if _NOT_IN_XSD.search(label.text):
        message = f"the pattern {label.text!r} has what QTI's patterns lack; only its own text matches"
        findings.lose(label.element, message, rule="QTI 3.0, qti-pattern-match")
        return equals_text(name, label.text, case_sensitive=True)
    start = "" if label.text.startswith("^") else "(.|\\s)*"
    end = "" if label.text.endswith("$") else "(.|\\s)*"
    pattern = f"{start}({label.text.removeprefix('^').removesuffix('$')}){end}"
    return call("pattern-match", variable(name), pattern=pattern)


def _near(name: str, label: Label, *, case_sensitive: bool, findings: Findings) -> Element:
    """Return the test for a text at most one letter off, as a pattern: QTI has no distance of texts."""
    distance = given(label.element, "levenshtein_distance") or "1"
    if distance not in {"0", "1"} or len(label.text) > _LONGEST:
        message = f"answers more than one letter off, or off one of {_LONGEST} letters, do not count"
        findings.lose(label.element, message, rule="QTI 3.0, qti-pattern-match")
    if distance == "0" or len(label.text) > _LONGEST:
        return equals_text(name, label.text, case_sensitive=case_sensitive)
    letters = [_letter(letter, case_sensitive=case_sensitive) for letter in label.text]
    spots = range(len(letters) + 1)
    longer = ["".join([*letters[:at], ".?", *letters[at:]]) for at in spots]
    shorter = ["".join([*letters[:at], ".?", *letters[at + 1 :]]) for at in spots[:-1]]
    return call("pattern-match", variable(name), pattern="|".join([*longer, *shorter]))


def _letter(letter: str, *, case_sensitive: bool) -> str:
    if (
        letter.lower() != letter.upper()
        and len(letter.lower()) == len(letter.upper()) == 1
        and not case_sensitive
    ):
        return f"[{letter.lower()}{letter.upper()}]"
    return _SPECIAL.sub(r"\\\1", letter)
