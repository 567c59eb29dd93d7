"""Results as tables for the terminal."""

from collections.abc import Iterable, Iterator, Mapping

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from scripts.lib.demo.result import DistrictResult
from shared.ingestion.views import IngestView, RejectView


def print_demo(console: Console, districts: Iterable[DistrictResult]) -> None:
    """Print files and courses of every district, and whether all is as it has to be."""
    shown = list(districts)
    console.print(_files(shown))
    console.print(_courses(shown))
    differences = list(_differences(shown))
    for difference in differences:
        console.print(f"[bold red]DIFFERS[/] {escape(difference)}")
    if not differences:
        console.print("[green]Every figure is exactly what the generator of the files expects.[/]")


def print_ingest(console: Console, ingest: IngestView, rejects: Iterable[RejectView]) -> None:
    """Print what became of one file, and its first rejects with their places."""
    table = Table(
        "state", "feed", "source", "records", "accepted", "rejected", "facts", title=ingest.file_name
    )
    counts = (ingest.records, ingest.accepted, ingest.rejected, ingest.facts)
    table.add_row(ingest.state, ingest.feed or "", ingest.source or "", *(f"{count:,}" for count in counts))
    console.print(table)
    listed = list(rejects)
    if listed:
        console.print(_rejects(ingest, listed))


def _files(districts: Iterable[DistrictResult]) -> Table:
    table = Table("district", "file", "state", "records", "accepted", "rejected by code", "facts", "seconds")
    table.title = "Files"
    for district in districts:
        for file in district.files:
            figures = (f"{file.records:,}", f"{file.accepted:,}", _codes(file.rejected), f"{file.facts:,}")
            table.add_row(district.name, file.file, file.state, *figures, f"{file.seconds:.1f}")
    return table


def _courses(districts: Iterable[DistrictResult]) -> Table:
    table = Table(
        "district", "course", "learners", "results", "mean percent", title="Courses on the dashboard"
    )
    for district in districts:
        for course in district.courses:
            counts = (_figure(course.learners, ",d"), _figure(course.results, ",d"))
            table.add_row(district.name, course.course, *counts, _figure(course.mean, ".2f"))
    return table


def _rejects(ingest: IngestView, rejects: list[RejectView]) -> Table:
    table = Table("record", "byte", "column", "code", "reason")
    table.title = f"The first {len(rejects)} of {ingest.rejected:,} rejects"
    for reject in rejects:
        place = (f"{reject.record:,}", f"{reject.byte:,}", escape(reject.column or ""))
        table.add_row(*place, reject.code, escape(reject.message))
    return table


def _codes(counts: Mapping[str, int]) -> str:
    return "\n".join(f"{count:,} {code}" for code, count in counts.items()) or "none"


def _figure(value: float | None, form: str) -> str:
    return "" if value is None else format(value, form)


def _differences(districts: Iterable[DistrictResult]) -> Iterator[str]:
    for district in districts:
        for file in district.files:
            yield from (f"{district.name}, {file.file}: {difference}" for difference in file.differences)
        for course in district.courses:
            yield from (
                f"{district.name}, {course.course}: {difference}" for difference in course.differences
            )
