"""The broker as a process and as an AMQP peer. Only for the local broker."""

import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from azure.servicebus import ServiceBusClient, ServiceBusMessage

from tests.fixtures.processes import PATIENCE_SECONDS, ROOT, free_port
from tests.fixtures.servicebus import LocalBroker, config, queue

AMQP_HEADER = b"AMQP\x00\x01\x00\x00"
SASL_HEADER = b"AMQP\x03\x01\x00\x00"
# A SASL init with the mechanism ANONYMOUS.
ANONYMOUS = bytes.fromhex("00000019 02010000 005341 c00c01 a309 414e4f4e594d4f5553".replace(" ", ""))


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalBroker]:
    folder = tmp_path_factory.mktemp("premium")
    broker = LocalBroker(folder, config([queue("q")]), flags=("--tier", "premium"))
    yield broker
    assert broker.server.stop() == 0, broker.server.output


def _run(folder: Path, text: str, port: int) -> subprocess.CompletedProcess[str]:
    file = folder / "Config.json"
    file.write_text(text, encoding="utf-8")
    where = ["--port", str(port), "--data", str(folder / "state"), "--config", str(file)]
    command = [sys.executable, "-m", "infra.local.servicebus", *where]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
    )


def test_a_taken_port_is_named(broker: LocalBroker, tmp_path: Path) -> None:
    ended = _run(tmp_path, config(), broker.port)
    assert ended.returncode == 2
    assert f"port {broker.port} on 127.0.0.1 can't be used: Address already in use" in ended.stdout


def test_a_folder_in_use_is_named(broker: LocalBroker) -> None:
    ended = _run(broker.folder, broker.config, free_port())
    assert ended.returncode == 2
    assert "servicebus.db can't be opened: database is locked" in ended.stdout


def test_a_faulty_configuration_is_named_by_file_and_place(tmp_path: Path) -> None:
    ended = _run(tmp_path, config([queue("q", LockDurations="PT1M")]), free_port())
    assert ended.returncode == 2
    assert "Config.json: /UserConfig/Namespaces/0/Queues/0/Properties/LockDurations" in ended.stdout


def test_a_file_of_another_kind_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with sqlite3.connect(tmp_path / "state" / "servicebus.db") as other:
        other.execute("CREATE TABLE somebody_elses (x)")
    other.close()
    ended = _run(tmp_path, config(), free_port())
    assert ended.returncode == 2
    assert "is not a broker's file of version 1" in ended.stdout


def test_the_premium_tier_takes_a_message_of_900_kb(broker: LocalBroker) -> None:
    body = b"x" * 900_000
    with ServiceBusClient.from_connection_string(broker.connection_string) as client:
        with client.get_queue_sender("q") as sender:
            sender.send_messages(ServiceBusMessage(body))
        with client.get_queue_receiver("q") as receiver:
            message = receiver.receive_messages(max_wait_time=5)[0]
            assert b"".join(message.body) == body
            assert broker.counts("q") == {
                "active": 1,
                "locked": 1,
                "deferred": 0,
                "scheduled": 0,
                "deadLetter": 0,
            }
            receiver.complete_message(message)
    assert broker.counts("q")["active"] == 0


def _answer(broker: LocalBroker, *sent: bytes) -> bytes:
    """Send bytes and return everything that comes until the broker closes or falls silent."""
    received = b""
    with socket.create_connection(("127.0.0.1", broker.port), timeout=1) as peer:
        for part in sent:
            peer.sendall(part)
        try:
            while more := peer.recv(65_536):
                received += more
        except TimeoutError:
            received += b"<open>"
    return received


def test_a_peer_that_speaks_something_else_is_told_what_is_spoken_here(broker: LocalBroker) -> None:
    assert _answer(broker, b"GET / HTTP/1.1\r\n\r\n") == SASL_HEADER


def test_amqp_without_sasl_is_refused(broker: LocalBroker) -> None:
    assert _answer(broker, AMQP_HEADER) == SASL_HEADER


def test_an_unknown_sasl_mechanism_is_refused(broker: LocalBroker) -> None:
    plain = ANONYMOUS.replace(b"ANONYMOUS", b"ANONYMOUZ")
    assert _answer(broker, SASL_HEADER, plain).endswith(b"\x50\x01")


def test_a_frame_above_the_agreed_size_ends_the_connection(broker: LocalBroker) -> None:
    huge = (1 << 20).to_bytes(4) + b"\x02\x00\x00\x00"
    answer = _answer(broker, SASL_HEADER, ANONYMOUS, AMQP_HEADER, huge)
    assert answer.endswith(AMQP_HEADER)
    assert "a frame of 1048576 bytes exceeds the agreed 65536" in broker.server.output


def test_a_frame_before_its_session_ends_the_connection(broker: LocalBroker) -> None:
    flow = bytes.fromhex("0000000c 02000000 00531345".replace(" ", ""))
    answer = _answer(broker, SASL_HEADER, ANONYMOUS, AMQP_HEADER, flow)
    assert answer.endswith(AMQP_HEADER)
    assert "Flow is out of place on channel 0" in broker.server.output
