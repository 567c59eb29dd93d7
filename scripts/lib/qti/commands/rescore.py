"""Scores assessment results anew: their responses, through the items and the test of a package."""

import argparse
from collections.abc import Iterable
from pathlib import Path

from scripts.lib.qti.command import CommandFailed, Subparsers
from scripts.lib.qti.shown import Printed, error_as_json, notices_as_json, show
from shared.standards.qti import (
    AssessmentResult,
    CompiledTest,
    QtiError,
    ResultVariable,
    open_package,
    packaged_test,
    packaged_tests,
    parse,
    read_result,
    rescore,
    write_json,
)


def add_to(subparsers: Subparsers) -> None:
    """Add the command with its arguments."""
    parser = subparsers.add_parser("rescore", help="outcomes of results, by their test", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="assessment results")
    parser.add_argument(
        "--package", required=True, type=Path, metavar="DIR|ZIP", help="what holds the test and its items"
    )
    parser.add_argument("--test", metavar="NAME", help="the test in the package, where it holds several")
    parser.add_argument("--strict", action="store_true", help="refuse what only breaks the standard")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Score each result and print its outcomes; 1 when one can't be read."""
    test = _test(options)
    printed = [_of_file(path, test, strict=options.strict) for path in options.files]
    for each in printed:
        show(each)
    return int(any("error" in each for each in printed))


def _test(options: argparse.Namespace) -> CompiledTest:
    try:
        package = open_package(options.package)
        names = packaged_tests(package) if options.test is None else [options.test]
        if len(names) != 1:
            raise CommandFailed(f"{options.package} holds {len(names)} tests: {', '.join(names)}")
        return packaged_test(package, names[0], strict=options.strict)
    except (QtiError, KeyError) as error:
        raise CommandFailed(str(error)) from error


def _of_file(path: Path, test: CompiledTest, *, strict: bool) -> Printed:
    try:
        result = rescore(read_result(parse(path.read_bytes(), file=path.name), strict=strict), test)
    except QtiError as error:
        return {"file": str(path), "error": error_as_json(error)}
    return {"file": str(path), **_as_json(result)}


def _as_json(result: AssessmentResult) -> Printed:
    return {
        "outcomes": {} if result.test is None else _outcomes(result.test.variables),
        "items": [
            {"item": item.identifier, "status": item.status, "outcomes": _outcomes(item.variables)}
            for item in result.items
        ],
        "notices": notices_as_json(result.notices),
    }


def _outcomes(variables: Iterable[ResultVariable]) -> Printed:
    return {one.identifier: write_json(one.value) for one in variables if one.kind == "outcome"}
