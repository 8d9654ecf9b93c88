"""Labelling in the terminal, with the keys of the page."""

import os
import pty
import re
import select
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from motherlode import web
from motherlode.cli._app import run
from motherlode.cli._label_keys import assign_keys
from motherlode.errors import InputError
from motherlode.project._data.folder import open_project
from motherlode.project._log.log import read_state

from .command import COMMAND, motherlode
from .test_project import status


def test_classes_have_the_keys_of_the_page():
    keys = assign_keys(tuple(f"class {i}" for i in range(25)))
    script = (Path(web.__file__).parent / "static" / "keys.js").read_text()
    more = re.search(r'const MORE = "(\w+)"', script)
    assert "".join(keys) == "123456789" + more[1]


@pytest.mark.parametrize("n", [1, 9, 34, 56])
def test_no_class_takes_the_key_of_an_action_that_the_page_has(n):
    keys = assign_keys(tuple(f"class {i}" for i in range(n)))
    assert len(keys) == n
    assert not set(keys) & {"u", "s", "z", "n", "g", "w", "?"}
    # A key is compared in lower case.
    assert all(key == key.lower() and len(key) == 1 for key in keys)


def test_more_classes_than_keys_are_refused_in_a_sentence():
    with pytest.raises(InputError, match="There are 80 classes and keys for 56 of them"):
        assign_keys(tuple(f"class {i}" for i in range(80)))


def label_by_keys(project: Path, keys: str) -> subprocess.CompletedProcess[str]:
    return motherlode("label", project, "--as", "ann", given=keys)


def test_label_by_keys_from_a_pipe_and_go_on_later(capsys, project):
    done = label_by_keys(project, "12zsu#q")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.search(r"1 +dry *\n 2 +gold", done.stdout)
    assert "3 answers are saved" in done.stdout
    assert "1 of 60 labelled · 0 gold found · 1 saved" in done.stdout
    found = status(capsys, project)
    assert (found["classes"], found["skipped"], found["unsure"]) == ({"dry": 1, "gold": 0}, 1, 1)
    assert "1 answer is saved" in label_by_keys(project, "2").stdout
    assert status(capsys, project)["annotators"] == {"ann": 4}


@contextmanager
def terminal_of(*command: object, **environment: str) -> Iterator[Callable[..., bytes]]:
    """A command in a terminal: a function that sends keys, then waits until something is shown."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(environment)
        os.execv(COMMAND[0], [str(part) for part in (*COMMAND, *command)])
    seen = b""

    def send(keys: bytes, until: bytes, seconds: float = 120.0) -> bytes:
        nonlocal seen
        os.write(terminal, keys)
        before, deadline = len(seen), time.monotonic() + seconds
        while until not in seen[before:]:
            assert time.monotonic() < deadline, seen[before:]
            if select.select([terminal], [], [], 0.5)[0]:
                seen += os.read(terminal, 65_536)
        return seen[before:]

    try:
        yield send
    finally:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(terminal)


def test_label_on_a_terminal_has_the_keys_of_the_page(capsys, project):
    with terminal_of("label", project, "--as", "ann") as send:
        first = send(b"", b"0 saved")
        assert b"look back" in first
        send(b"1", "→ dry".encode())
        send(b"n", b"Note: ")
        send(b"doubtful well\n", b"doubtful well")
        send(b"t", b"Tags, with commas: ")
        send(b"blurred, ask again\n", b"ask again")
        send(b"1", "→ dry".encode())
        looked = send(b"\x1b[D", b"you said dry")
        assert b"looking back, 1 of 2" in looked
        assert b"note: doubtful well" in looked
        assert b"tags: blurred, ask again" in looked
        send(b"2", "→ gold".encode())  # the note and the tags stay
        send(b"\x1b[D", b"you said gold")
        send(b"\x1b[D", b"you said dry")
        send(b"2", "→ gold".encode())
        send(b"\x1b[C", b"newest row")
        send(b"s", "→ skip".encode())
        send(b"z", b"Took back 'skip' of row w")
        send(b"g", b"There are no guidelines")
        send(b"q", b"2 answers are saved")
    found = status(capsys, project)
    assert (found["classes"], found["skipped"]) == ({"dry": 0, "gold": 2}, 0)
    with open_project(project) as opened, opened.database.reading() as connection:
        noted = [(e.note, e.each_tag) for e in read_state(connection).history("ann")]
    assert sorted(noted, key=str)[0] == ("doubtful well", ("blurred", "ask again"))


def test_ctrl_c_on_a_terminal_says_what_is_saved(project):
    with terminal_of("label", project, "--as", "ann") as send:
        send(b"", b"0 saved")
        send(b"1", "→ dry".encode())
        send(b"\x03", b"1 answer is saved")


def test_a_terminal_with_colours_shows_the_picture(tmp_path):
    folder = tmp_path / "tiles"
    folder.mkdir()
    for i in range(4):
        Image.new("RGB", (40, 30), (200, 30 * i, 20)).save(folder / f"t{i}.png")
    table = tmp_path / "tiles.csv"
    table.write_text("file\n" + "\n".join(f"tiles/t{i}.png" for i in range(4)) + "\n")
    assert (
        run(
            [
                "init",
                str(tmp_path / "p"),
                "--data",
                str(table),
                "--image",
                "file",
                "--classes",
                "a,b",
            ]
        )
        == 0
    )
    with terminal_of("label", tmp_path / "p", "--as", "ann", COLORTERM="truecolor",
                     TERM="xterm-256color") as send:  # fmt: skip
        assert "▀".encode() in send(b"", b"0 saved") + send(b"?", b"look back")
