"""Item analysis once more, as a textbook has it: plain Python over dictionaries and fractions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import sqrt
from typing import Any

from tests.fixtures.facts import Row

type Key = tuple[str, str]
type Answers = dict[str, dict[str, Row]]
"""The rows that count, by learner and item."""


def literally(rows: Iterable[Row]) -> dict[Key, dict[str, Any]]:
    """Return the figures of every assessment, by course and line item."""
    found: dict[Key, list[Row]] = defaultdict(list)
    for row in rows:
        if row["learner"] is not None:
            found[row["course"] or "-", row["line_item"]].append(row)
    assessments = {key: _presented(_latest(own)) for key, own in found.items()}
    return {key: _assessment(answers) for key, answers in assessments.items() if answers}


def _latest(rows: Sequence[Row]) -> Answers:
    latest: Answers = defaultdict(dict)
    for learner in {row["learner"] for row in rows}:
        own = [row for row in rows if row["learner"] == learner]
        attempt = max(row["attempt"] or 1 for row in own)
        last = [row for row in own if (row["attempt"] or 1) == attempt]
        for row in sorted(last, key=lambda row: (row["ingest_id"], row["record"])):
            latest[learner][row["item"]] = row
    return latest


def _presented(answers: Answers) -> Answers:
    away = {"exempt", "suppressed", "not-tested"}
    kept = {
        learner: {item: row for item, row in own.items() if row["status"] not in away}
        for learner, own in answers.items()
    }
    return {learner: own for learner, own in kept.items() if own}


def _version(row: Row) -> tuple[str, str | None]:
    return row["item"], row["item_version"]


def _assessment(answers: Answers) -> dict[str, Any]:
    sitting = Sitting(answers)
    table = [[own[item] or Fraction(0) for item in sitting.core] for own in sitting.whole]
    without = ([[*row[:at], *row[at + 1 :]] for row in table] for at in range(len(sitting.core)))
    return {
        "learners": len(answers),
        "complete": len(table),
        "core": sitting.core,
        "form": _form(table),
        "without": {item: _form(part)["alpha"] for item, part in zip(sitting.core, without, strict=True)},
        "items": {version: sitting.item(version) for version in {_version(row) for row in sitting.rows}},
    }


def _score(row: Row) -> Fraction | None:
    return None if row["score"] is None else Fraction(row["score"])


def _form(table: list[list[Fraction]]) -> dict[str, float | None]:
    found: dict[str, float | None] = dict.fromkeys(("mean", "sd", "alpha", "sem"))
    if len(table) < 10 or not table[0]:
        return found
    totals = [sum(row, Fraction(0)) for row in table]
    k, variance = len(table[0]), _variance(totals)
    found |= {"mean": float(_mean(totals)), "sd": sqrt(variance)}
    if k > 1 and variance > 0:
        alpha = Fraction(k, k - 1) * (1 - sum(map(_variance, zip(*table, strict=True))) / variance)
        found |= {"alpha": float(alpha), "sem": sqrt(variance * (1 - alpha))}
    return found


class Sitting:
    """The answers of all learners to one assessment, and their points."""

    def __init__(self, answers: Answers) -> None:
        self.answers = answers
        self.rows = [row for own in answers.values() for row in own.values()]
        self.stated = {_version(row) for row in self.rows if row["response"]}
        self.scores = {who: {i: self._points(row) for i, row in own.items()} for who, own in answers.items()}
        self.core = sorted(item for item in {row["item"] for row in self.rows} if self._common(item))
        self.whole = [
            own for own in self.scores.values() if all(own.get(item) is not None for item in self.core)
        ]

    def _common(self, item: str) -> bool:
        return 2 * sum(own.get(item) is not None for own in self.scores.values()) >= len(self.scores)

    def _omitted(self, row: Row) -> bool:
        return _version(row) in self.stated and not row["response"] and not _score(row)

    def _points(self, row: Row) -> Fraction | None:
        if not row["max_score"] or row["max_score"] <= 0:
            return None
        score = _score(row)
        return Fraction(0) if score is None and self._omitted(row) else score

    def share(self, who: str, without: str | None = None) -> Fraction | None:
        """Return what part of the possible points a learner has reached on the scored items."""
        known = {i: p for i, p in self.scores[who].items() if p is not None and i != without}
        possible = sum(Fraction(self.answers[who][item]["max_score"]) for item in known)
        return sum(known.values(), Fraction(0)) / possible if possible else None

    def item(self, version: tuple[str, str | None]) -> dict[str, Any]:
        """Return the figures of one item."""
        name = version[0]
        own = {
            who: rows[name]
            for who, rows in self.answers.items()
            if name in rows and _version(rows[name]) == version
        }
        points = {who: p for who in own if (p := self.scores[who][name]) is not None}
        blank = [who for who, row in own.items() if self._omitted(row)]
        counts = {
            "presented": len(own),
            "omitted": len(blank) if version in self.stated else None,
            "n": len(points),
            "options": self._options(own, blank),
        }
        return counts | (self._figures(name, own, points) if len(points) >= 10 else {})

    def _figures(self, name: str, own: dict[str, Row], points: dict[str, Fraction]) -> dict[str, Any]:
        possible = {who: Fraction(own[who]["max_score"]) for who in points}
        totals = {who: t for who in points if (t := self.share(who)) is not None}
        rests = {who: r for who in points if (r := self.share(who, name)) is not None}
        return {
            "p": float(sum(points.values()) / sum(possible.values())),
            "total": _correlation([(points[who], totals[who]) for who in totals]),
            "rest": _correlation([(points[who], rests[who]) for who in rests]),
            "discrimination": _discrimination([(totals[who], points[who], possible[who]) for who in points]),
        }

    def _options(self, own: dict[str, Row], blank: list[str]) -> dict[str | None, Any]:
        given = {who: row["response"] for who, row in own.items() if row["response"]}
        if len(own) < 10 or len(given) < 2 * len(set(given.values())):
            return {}
        chosen = {text: [who for who in given if given[who] == text] for text in set(given.values())}
        groups: dict[str | None, list[str]] = {**chosen, **({None: blank} if blank else {})}
        totals = {who: t for who in own if (t := self.share(who)) is not None}
        return {
            text: (
                len(group),
                float(Fraction(len(group), len(own))),
                _correlation([(Fraction(who in group), totals[who]) for who in totals]),
            )
            for text, group in groups.items()
        }


def _discrimination(known: list[tuple[Fraction, Fraction, Fraction]]) -> float:
    size = max(int(Fraction(27 * len(known), 100) + Fraction(1, 2)), 1)
    top = _group(sorted(known, key=lambda row: -row[0]), size)
    return float(top - _group(sorted(known, key=lambda row: row[0]), size))


def _group(ordered: list[tuple[Fraction, Fraction, Fraction]], size: int) -> Fraction:
    """Return the share of points in the first `size`, those who tie with the last counting in part."""
    last = ordered[size - 1][0]
    ties = [row for row in ordered if row[0] == last]
    before = ordered[: [row[0] for row in ordered].index(last)]
    part = Fraction(size - len(before), len(ties))
    points, possible = (
        sum((row[at] for row in before), Fraction(0)) + part * sum((row[at] for row in ties), Fraction(0))
        for at in (1, 2)
    )
    return points / possible


def _mean(values: Sequence[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)


def _variance(values: Sequence[Fraction]) -> Fraction:
    mean = _mean(values)
    return sum(((value - mean) ** 2 for value in values), Fraction(0)) / (len(values) - 1)


def _correlation(pairs: Sequence[tuple[Fraction, Fraction]]) -> float | None:
    if not pairs:
        return None
    x, y = _mean([a for a, _ in pairs]), _mean([b for _, b in pairs])
    xx, yy = sum((a - x) ** 2 for a, _ in pairs), sum((b - y) ** 2 for _, b in pairs)
    if not xx or not yy:
        return None
    return float(sum((a - x) * (b - y) for a, b in pairs)) / sqrt(xx * yy)
