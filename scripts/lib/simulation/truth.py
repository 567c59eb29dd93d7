"""The truth about what was sent: what a correct reading of each file must come to, to the row."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.lib.simulation.drafts import Row
from scripts.lib.simulation.lines import Line, RejectedRecord
from shared.ingestion.table_names import TableName


@dataclass(slots=True)
class MemberTruth:
    """What one table of a file must come to. `facts` are in the order of the file."""

    name: str
    part: str
    table: TableName
    records: int = 0
    facts: list[Row] = field(default_factory=list)
    rejects: list[RejectedRecord] = field(default_factory=list)
    drift: tuple[str, ...] = ()

    def take(self, line: Line) -> None:
        """Note a line that was written."""
        if line.record is None:
            return
        self.records += 1
        if line.reject is not None:
            self.rejects.append(line.reject)
        self.facts += [{**row, "member": self.name} for row in line.rows]


@dataclass(slots=True)
class FileTruth:
    """What one file must come to: its tables, or the code of the failure with which it must be refused."""

    name: str
    feed: str
    members: list[MemberTruth] = field(default_factory=list)
    failure: str | None = None

    @property
    def records(self) -> int:
        """Data records of all tables."""
        return sum(member.records for member in self.members)

    @property
    def rejects(self) -> Mapping[str, int]:
        """Records that must be rejected, by code."""
        return Counter(reject.code.value for member in self.members for reject in member.rejects)

    @property
    def accepted(self) -> int:
        """Records that must be accepted."""
        return self.records - self.rejects_in_all

    @property
    def rejects_in_all(self) -> int:
        """How many records must be rejected."""
        return sum(len(member.rejects) for member in self.members)

    @property
    def facts(self) -> int:
        """How many facts the file must give."""
        return sum(len(member.facts) for member in self.members)

    def as_json(self) -> dict[str, Any]:
        """Return everything but the facts, for a file beside the sent one."""
        return {
            "file": self.name,
            "feed": self.feed,
            "failure": self.failure,
            "records": self.records,
            "accepted": self.accepted,
            "facts": self.facts,
            "rejects": dict(sorted(self.rejects.items())),
            "members": [_member(member) for member in self.members],
        }


def _member(member: MemberTruth) -> dict[str, Any]:
    return {
        "member": member.name,
        "part": member.part,
        "table": member.table.value,
        "records": member.records,
        "unknownColumns": list(member.drift),
        "rejects": [
            {"record": r.record, "byte": r.byte, "code": r.code.value, "column": r.column}
            for r in member.rejects
        ],
    }
