"""The truth about what was sent: what a correct reading of each file must come to, to the row."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Protocol

from scripts.lib.simulation.drafts import Row
from scripts.lib.simulation.lines import Line, RejectedRecord
from shared.ingestion.table_names import TableName


class Notes(Protocol):
    """Keeps what is true of single records, in the order of the file."""

    def fact(self, part: str, table: TableName, row: Row) -> None:
        """Keep a fact of the table that a part reads."""
        ...

    def reject(self, part: str, reject: RejectedRecord) -> None:
        """Keep a record that must be rejected."""
        ...


@dataclass(slots=True)
class MemberTruth:
    """What one table of a file must come to, in counts."""

    name: str
    part: str
    table: TableName
    records: int = 0
    facts: int = 0
    rejects: Counter[str] = field(default_factory=Counter)
    drift: tuple[str, ...] = ()

    def take(self, line: Line, notes: Notes) -> None:
        """Note a line that was written."""
        if line.record is None:
            return
        self.records += 1
        if line.reject is not None:
            self.rejects[line.reject.code.value] += 1
            notes.reject(self.part, line.reject)
        for row in line.rows:
            self.facts += 1
            notes.fact(self.part, self.table, {**row, "member": self.name})

    def as_json(self) -> dict[str, Any]:
        """Return the counts for a file beside the sent one."""
        return {
            "member": self.name,
            "part": self.part,
            "table": self.table.value,
            "records": self.records,
            "facts": self.facts,
            "rejects": dict(sorted(self.rejects.items())),
            "unknownColumns": list(self.drift),
        }


@dataclass(slots=True)
class FileTruth:
    """What one file must come to: its tables, or the code of the failure with which it must be refused."""

    name: str
    feed: str
    members: list[MemberTruth] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """Names of members that nobody reads, each of which must be reported."""
    failure: str | None = None
    repeats: bool = False
    """Whether it states nothing new, so that it may end as a duplicate, unread."""

    @property
    def records(self) -> int:
        """Data records of all tables."""
        return sum(member.records for member in self.members)

    @property
    def rejects(self) -> Counter[str]:
        """Records that must be rejected, by code."""
        return sum((member.rejects for member in self.members), Counter())

    @property
    def rejects_in_all(self) -> int:
        """How many records must be rejected."""
        return self.rejects.total()

    @property
    def accepted(self) -> int:
        """Records that must be accepted."""
        return self.records - self.rejects_in_all

    @property
    def facts(self) -> int:
        """How many facts the file must give."""
        return sum(member.facts for member in self.members)

    def as_json(self) -> dict[str, Any]:
        """Return the counts of the file and of its tables."""
        return {
            "file": self.name,
            "feed": self.feed,
            "failure": self.failure,
            "records": self.records,
            "accepted": self.accepted,
            "facts": self.facts,
            "rejects": dict(sorted(self.rejects.items())),
            "unread": self.unread,
            "members": [member.as_json() for member in self.members],
        }
