"""Supervised processes: started, restarted after a crash, stopped with all that they started."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from rich.console import Console

from infra.local.launcher.errors import PortTaken, ServiceFailed
from infra.local.launcher.health import answers_at_all
from infra.local.launcher.logs import ServiceLog
from infra.local.launcher.service import Service, ServiceSpec, refuse_taken_port
from tests.fixtures.processes import free_port

BEATEN_TO_THE_PORT = """
import socket, sys, time
while socket.socket().connect_ex(("127.0.0.1", int(sys.argv[1]))):
    time.sleep(0.01)
raise SystemExit(2)
"""
SERVE = "import http.server, sys; http.server.test(bind='127.0.0.1', port=int(sys.argv[1]))"


@asynccontextmanager
async def _service(folder: Path, script: str, port: int) -> AsyncIterator[tuple[Service, io.StringIO]]:
    shown = io.StringIO()
    log = ServiceLog("web", 0, folder, Console(file=shown))
    probe = answers_at_all(f"http://127.0.0.1:{port}")
    service = Service(
        ServiceSpec("web", port, (sys.executable, "-u", "-c", script, str(port)), probe, folder), log
    )
    try:
        yield service, shown
    finally:
        await service.stop()
        log.close()


async def test_a_service_that_cannot_start_is_reported_with_its_last_words(tmp_path: Path) -> None:
    async with _service(tmp_path, "print('no database'); raise SystemExit(3)", free_port()) as (service, _):
        with pytest.raises(ServiceFailed, match="web ended with code 3\nno database"):
            await service.start()


async def test_a_taken_port_is_named_with_the_service_that_wanted_it(tmp_path: Path) -> None:
    listener = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    async with listener, _service(tmp_path, SERVE, port) as (service, _):
        with pytest.raises(PortTaken, match=f"port {port}, wanted by web.*--web-port"):
            await service.start()


async def test_a_port_taken_between_check_and_start_is_named_too(tmp_path: Path) -> None:
    port = free_port()
    async with _service(tmp_path, BEATEN_TO_THE_PORT, port) as (service, _):
        starting = asyncio.create_task(service.start())
        while service.pid is None:  # noqa: ASYNC110 - nothing notifies of it
            await asyncio.sleep(0.01)
        async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port):
            with pytest.raises(PortTaken):
                await starting


async def test_a_service_that_cannot_start_for_another_reason_is_quoted(tmp_path: Path) -> None:
    script = "print('the folder is in use'); raise SystemExit(2)"
    async with _service(tmp_path, script, free_port()) as (service, _):
        with pytest.raises(ServiceFailed, match="web ended with code 2\nthe folder is in use"):
            await service.start()


async def test_a_killed_service_is_healthy_again_under_a_new_process(tmp_path: Path) -> None:
    async with _service(tmp_path, SERVE, free_port()) as (service, shown):
        await service.start()
        first = service.pid
        service.kill9()
        await service.until_healthy()
        assert service.pid not in {None, first}
        assert "ended with code -9; starting it again" in shown.getvalue()


async def test_a_service_that_is_killed_on_purpose_is_back_as_soon_every_time(tmp_path: Path) -> None:
    async with _service(tmp_path, SERVE, free_port()) as (service, shown):
        await service.start()
        for _ in range(3):
            service.kill9()
            await service.until_healthy()
        assert shown.getvalue().count("starting it again in 0.2 s") == 3


async def test_a_stopped_service_leaves_no_process_not_even_one_that_ignores_the_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.launcher.service._STOP_SECONDS", 0.2)
    child_port = free_port()
    stubborn = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"subprocess.Popen([sys.executable, '-c', {SERVE!r}, '{child_port}'])\n"
    )
    async with _service(tmp_path, stubborn + SERVE, free_port()) as (service, _):
        await service.start()
        await service.stop()
        assert service.pid is None
        refuse_taken_port("child", child_port)


async def test_what_a_service_prints_is_kept_in_its_file_and_shown_with_its_name(tmp_path: Path) -> None:
    port = free_port()
    line = '{"time": "t", "level": "ERROR", "service": "web", "message": "lost", "entity": "q1"}'
    async with _service(tmp_path, f"print('''{line}''')\n{SERVE}", port) as (service, shown):
        await service.start()
    assert (tmp_path / "web.log").read_text().splitlines()[0] == line
    assert "web | error   lost entity=q1" in shown.getvalue()
