"""Log lines: one JSON object each, with the work they belong to, and nothing that may be personal."""

import asyncio
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from shared.kernel.errors import Conflict
from shared.kernel.log_context import log_context, logged_as
from shared.platform.telemetry.logs import JsonLines, configure_logs


class Lines(logging.Handler):
    """Keeps what was formatted."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def last(self) -> dict[str, Any]:
        line: dict[str, Any] = json.loads(self.lines[-1])
        return line


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler = Lines()
    handler.setFormatter(JsonLines())
    log = logging.getLogger("shared.test")
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    yield handler
    log.removeHandler(handler)


LOG = logging.getLogger("shared.test")


def test_a_line_tells_when_how_bad_who_and_what(lines: Lines) -> None:
    LOG.warning("message quarantined", extra={"queue": "folds", "attempt": 3})
    line = lines.last
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "WARNING",
        "logger": "shared.test",
        "message": "message quarantined",
        "queue": "folds",
        "attempt": 3,
    }


def test_a_line_names_the_work_that_it_belongs_to(lines: Lines) -> None:
    with logged_as(tenant="harbor", trace_id="t1"), logged_as(correlation_id="c1", function="fold"):
        LOG.info("folded")
    line = lines.last
    assert (line["tenant"], line["trace_id"], line["correlation_id"], line["function"]) == (
        "harbor",
        "t1",
        "c1",
        "fold",
    )
    LOG.info("after")
    assert "tenant" not in lines.last


async def test_tasks_at_the_same_time_do_not_mix_their_work() -> None:
    async def work(tenant: str) -> str | None:
        with logged_as(tenant=tenant):
            await asyncio.sleep(0)
            return log_context().tenant

    assert await asyncio.gather(*(work(f"t{n}") for n in range(20))) == [f"t{n}" for n in range(20)]


def test_a_field_that_is_not_on_the_list_is_left_out_and_said_to_be(lines: Lines) -> None:
    LOG.info("upload", extra={"email": "ann.lee@school.example", "size": 4})
    assert "ann.lee" not in lines.lines[-1]
    assert (lines.last["refusedFields"], lines.last["size"]) == (["email"], 4)


def test_arguments_of_a_message_are_left_out_and_counted(lines: Lines) -> None:
    LOG.info("no row for %s in %s", "Ann Lee", "grade 5")
    assert "Ann" not in lines.lines[-1]
    assert (lines.last["message"], lines.last["refusedArguments"]) == ("no row for %s in %s", 2)


def test_the_text_of_a_foreign_exception_is_left_out_and_its_place_is_not(lines: Lines) -> None:
    try:
        int("Ann Lee")
    except ValueError:
        LOG.exception("failed")
    assert "Ann Lee" not in lines.lines[-1]
    assert lines.last["error"]["type"] == "ValueError"
    assert "test_logs.py" in lines.last["error"]["stack"][0]


def test_our_own_exceptions_are_told_with_their_cause(lines: Lines) -> None:
    try:
        try:
            int("Ann Lee")
        except ValueError as error:
            raise Conflict("the upload is complete") from error
    except Conflict:
        LOG.exception("failed")
    told = lines.last["error"]
    assert (told["code"], told["detail"]) == ("conflict", "the upload is complete")
    assert told["cause"]["type"] == "ValueError"
    assert "Ann Lee" not in lines.lines[-1]


def test_a_line_stays_one_line(lines: Lines) -> None:
    LOG.info("two\nlines", extra={"reason": "a\nb"})
    assert "\n" not in lines.lines[-1]


def test_whoever_listens_already_keeps_listening_in_the_new_form(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = Lines()
    monkeypatch.setattr(logging.getLogger(), "handlers", [handler])
    before = logging.getLogger().level
    try:
        configure_logs("INFO")
        configure_logs("INFO")
        LOG.info("once")
    finally:
        logging.getLogger().setLevel(before)
    assert [json.loads(line)["message"] for line in handler.lines] == ["once"]


def test_without_listeners_lines_go_to_standard_output(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    before = logging.getLogger().level
    try:
        configure_logs("INFO")
        LOG.info("out")
    finally:
        logging.getLogger().setLevel(before)
    assert json.loads(capsys.readouterr().out)["message"] == "out"
