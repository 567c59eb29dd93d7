"""The little Markdown that the pages need, with what would break it escaped."""

import re
from collections.abc import Iterable, Sequence


def code(text: str) -> str:
    """Return text as code, whatever backticks it holds."""
    longest = max(map(len, re.findall("`+", text)), default=0)
    fence = "`" * (longest + 1)
    space = " " if longest or not text.strip() else ""
    return f"{fence}{space}{text}{space}{fence}"


def codes(texts: Iterable[str]) -> str:
    """Return texts as code, one after another."""
    return ", ".join(map(code, texts))


def either(texts: Iterable[str]) -> str:
    """Return the texts as a choice."""
    return " or ".join(texts)


def matching(what: str, pattern: str) -> str:
    """Return which of `what` a pattern means; nothing for the one that matches nothing."""
    return "" if pattern == "(?!)" else f"{what} that match {code(pattern)}"


def pairs(meanings: Iterable[tuple[str, str]]) -> str:
    """Return what stands for what."""
    return ", ".join(f"{code(text)} → {code(meaning)}" for text, meaning in meanings)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a pipe in a cell is no border."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(map(_cell, line))} |" for line in lines)


def listed(facts: Iterable[tuple[str, str]]) -> str:
    """Return facts as a list, each behind its name; those without a text are left out."""
    return "\n".join(f"- **{name}**: {text}" for name, text in facts if text)


def document(*blocks: str) -> str:
    """Return blocks under each other, the empty ones left out."""
    return "\n\n".join(block for block in blocks if block) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split("\n")).replace("|", r"\|")
