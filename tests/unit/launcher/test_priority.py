"""Low priority: for the session of a service, where the system weighs sessions."""

from pathlib import Path

from infra.local.launcher.priority import lower_session, nice_command


def test_the_session_is_given_the_nice_value(tmp_path: Path) -> None:
    file = tmp_path / "7"
    file.write_text("/autogroup-1 nice 0")
    lower_session(7, 10, f"{tmp_path}/{{pid}}")
    assert file.read_text() == "10"


def test_without_a_wish_and_without_autogroups_nothing_is_written(tmp_path: Path) -> None:
    file = tmp_path / "7"
    file.write_text("/autogroup-1 nice 0")
    lower_session(7, 0, f"{tmp_path}/{{pid}}")
    lower_session(8, 10, f"{tmp_path}/{{pid}}")
    assert [one.read_text() for one in tmp_path.iterdir()] == ["/autogroup-1 nice 0"]


def test_a_command_of_ordinary_priority_is_left_as_it_is() -> None:
    assert nice_command(0) == ()
    assert nice_command(10) == ("nice", "-n", "10")
