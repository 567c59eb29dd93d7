"""Real tests and results of a folder: totals reproduced, sessions carried as JSON, how fast that is.

The folder holds files of the projects named below. Tests whose items are there are walked to their end with
correct responses, picked up from JSON after each move; those without items give routes. Totals of reports
are compared with what a human reader adds up from weights and scores.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from time import process_time
from typing import Final
from zipfile import ZipFile

from shared.standards import qti
from shared.standards.qti.values.types import Value

type Figure = tuple[str, float, str, float | None]

_FILES: Final = "files"
_CITO: Final = "citolab/RW/RW"
_CITO_TOTALS: Final[dict[str, Value]] = {
    "SCORE": 7,
    "SCORE_N": 4,
    "SCORE_CATEGORY_aftrekken": 3.0,
    "SCORE_CATEGORY_optellen": 4.0,
}
_QTIJS: Final = ("ccQTIpackage", "material", "newsquiz", "parcc")
_PACKAGES: Final = ("packages/rqti/Mock_test_3.zip", "packages/kennisnet/no-response-processing.zip")
_LEARNOSITY: Final = ("rtest01", "rtest02", "rtest03")
_SEEDS: Final = 200
_CLOSE: Final = 1e-9
_TURNS: Final = 200


def run(data: Path) -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    files = data / _FILES
    cito = _cito(files / _CITO)
    return [
        ("wrong totals of citolab's report", _wrong_cito_totals(cito, files / _CITO), "totals", 0),
        ("wrong totals of OpenOLAT's reports", sum(_wrong_openolat(files)), "totals", 0),
        ("reports that do not read as written", _changed_reports(files), "reports", 0),
        ("routes that break their plan", sum(_broken_routes(files / "learnosity")), "routes", 0),
        *_walks(files, cito),
        *_rates(cito),
    ]


def _cito(path: Path) -> qti.CompiledTest:
    """Compile citolab's test; its references name items as if they lay beside it."""
    items = {file.name: qti.compile_item(qti.parse(file.read_bytes())) for file in path.glob("Items/*.xml")}
    test = (path / "Test/RW_E7_4ITM.xml").read_bytes()
    return qti.compile_test(qti.read_plan(qti.parse(test)), items)


def _packaged(path: Path) -> qti.CompiledTest:
    package = qti.open_package(path)
    (name,) = qti.packaged_tests(package)
    return qti.packaged_test(package, name)


def _totals(result: qti.AssessmentResult) -> dict[str, Value]:
    return {} if result.test is None else {one.identifier: one.value for one in result.test.variables}


def _wrong_cito_totals(cito: qti.CompiledTest, path: Path) -> int:
    report = qti.read_result(qti.parse((path / "AssessmentResults/result1.xml").read_bytes()))
    totals = _totals(qti.rescore(report, cito))
    return sum(totals.get(name) != value for name, value in _CITO_TOTALS.items())


def _openolat_reports(files: Path) -> Iterator[qti.AssessmentResult]:
    for path in sorted((files / "packages/rqti").glob("result_*.zip")):
        with ZipFile(path) as archive:
            yield qti.read_result(qti.parse(archive.read("result.xml"), file=path.name))


def _wrong_openolat(files: Path) -> Iterator[int]:
    """Yield for each report how many outcomes of test and items come out other than OpenOLAT wrote them."""
    test = _packaged(files / "packages/rqti/Mock_test_3.zip")
    for report in _openolat_reports(files):
        again = qti.rescore(report, test)
        wrong = sum(not _alike(value, _totals(again).get(name)) for name, value in _totals(report).items())
        for old, new in zip(report.items, again.items, strict=True):
            wrong += sum(not _alike(one.value, new.value(one.identifier)) for one in old.variables)
        yield wrong


def _alike(reported: Value, scored: Value) -> bool:
    if isinstance(reported, float) and isinstance(scored, float):
        return abs(reported - scored) < _CLOSE
    return reported == scored


def _changed_reports(files: Path) -> int:
    cito = qti.read_result(qti.parse((files / _CITO / "AssessmentResults/result1.xml").read_bytes()))
    return sum(
        qti.read_result(qti.parse(qti.write_result(report).content)) != report
        for report in (cito, *_openolat_reports(files))
    )


def _broken_routes(path: Path) -> Iterator[int]:
    """Yield whether routes lack what is required, hold more than is selected, or do not repeat."""
    for name in _LEARNOSITY:
        plan = qti.read_plan(qti.parse((path / f"Fixtures-tests-{name}.xml").read_bytes(), file=name))
        for seed in range(_SEEDS):
            keys = [step.key for step in qti.route_of(plan, seed)]
            repeats = keys == [step.key for step in qti.route_of(plan, seed)]
            yield not (repeats and _follows(name, keys))


def _follows(name: str, keys: list[str]) -> bool:
    if name == "rtest01":
        return len(keys) == 2 and keys == sorted(keys)
    if name == "rtest02":
        golden = {"item347", "item653", "item656"}
        return len(keys) == 6 and keys[0] == "item034" and golden <= set(keys[2:])
    return len(keys) == 9


def _walks(files: Path, cito: qti.CompiledTest) -> Iterator[Figure]:
    tests, refused = [cito], 0
    for path in (*(files / "qtijs" / name for name in _QTIJS), *(files / name for name in _PACKAGES)):
        try:
            tests.append(_packaged(path))
        except qti.QtiError as error:
            sys.stderr.write(f"  {path.name}: {error}\n")
            refused += 1
    walked = [(_walk(test, carried=True), _walk(test, carried=False)) for test in tests]
    differing = sum(carried[0] != whole[0] for carried, whole in walked)
    most = max(carried[1] for carried, _ in walked)
    yield "tests walked to their end", len(walked), "tests", None
    yield "tests refused, the place told", refused, "tests", None
    yield "sessions that end otherwise when carried as JSON", differing, "tests", 0
    yield "largest state of those", most, "bytes", None


def _walk(test: qti.CompiledTest, *, carried: bool) -> tuple[Mapping[str, Value], int]:
    """Answer every item correctly; return the outcomes of the test and the size of the largest state."""
    session, size = qti.TestSession.start(test, seed=1, now=0), 0
    while (step := session.current) is not None:
        declared = test.items[step.ref.identifier].declarations
        session.respond(
            {name: one.correct for name, one in declared.items() if one.kind == "response"}, now=1
        )
        if step.part.submission == "individual":
            session.submit(now=1)
        session.next(now=1)
        if carried:
            state = json.dumps(session.state())
            size = max(size, len(state))
            session = qti.TestSession.pick_up(test, json.loads(state))
    return session.outcomes, size


def _rates(test: qti.CompiledTest) -> Iterator[Figure]:
    """Yield sessions of the four items of citolab's test per second of CPU time, best of several."""
    for carried, name in ((False, "in one process"), (True, "carried as JSON after each move")):
        seconds = min(_seconds(test, carried=carried) for _ in range(3))
        yield f"sessions of 4 items, {name}", _TURNS / seconds, "sessions/CPU-s", None


def _seconds(test: qti.CompiledTest, *, carried: bool) -> float:
    before = process_time()
    for _ in range(_TURNS):
        _walk(test, carried=carried)
    return process_time() - before
