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
from io import BytesIO, StringIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from rich.console import Console

from motherlode import web
from motherlode.cli._app import run
from motherlode.cli._label import Labelling
from motherlode.cli._label_keys import assign_keys
from motherlode.cli._label_view import draw_row
from motherlode.errors import InputError
from motherlode.project._data.folder import open_project
from motherlode.project._log.log import read_state
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live

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


def test_notes_stay_with_the_rows_that_they_were_written_for(project):
    done = label_by_keys(project, "na\n1nb\n1zz22nc\n\x1b[D12q")
    assert (done.returncode, done.stderr) == (0, "")
    with open_project(project) as opened, opened.database.reading() as connection:
        newest = read_state(connection).history("ann")
        said = [(event.label, event.note) for event in newest]
    assert sorted(said) == [("dry", "b"), ("gold", "a"), ("gold", "c")]


def test_answers_on_the_page_meanwhile_are_not_mixed_up_with_one_looked_at(project):
    with open_project(project) as opened:
        live = Live(opened)
        labelling = Labelling(opened, live, "ann", Console(file=StringIO()))
        looked_at, other, fresh = (one.offer.row for one in live.next("ann", 3))
        live.answer("ann", [Answer(looked_at, label="dry")])
        labelling.back = 0
        assert labelling._show() == looked_at
        live.answer("ann", [Answer(other, label="dry")])
        labelling._answer(looked_at, "label", "gold", time.monotonic())
        said = {event.row: event.label for event in live.now().history("ann")}
        labelling.back = 1
        live.undo("ann")
        assert labelling._show() in (looked_at, fresh)
        live.close()
    assert said == {looked_at: "gold", other: "dry"}


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


def test_after_the_last_row_answers_can_be_taken_back_and_looked_at(capsys, project):
    with open_project(project) as opened:
        rows = opened.settings.rows
    done = label_by_keys(project, "1" * rows + "xz2" + "\x1b[D1")
    assert (done.returncode, done.stderr) == (0, "")
    end = done.stdout.split("Every row is answered", 1)[1]
    assert "z: undo the last answer, ←: look back, q: quit." in end
    assert "Took back 'dry' of row w" in end
    assert re.search(r"→ gold\n.*you said gold.*→ dry\n", end, re.S)
    assert status(capsys, project)["classes"] == {"dry": rows, "gold": 0}
    assert "z: undo" not in motherlode("label", project, "--as", "ben", given="z").stdout


def test_several_answers_are_taken_back_and_given_again_one_by_one(capsys, project):
    done = label_by_keys(project, "11zzw2")
    taken = re.findall(r"Took back 'dry' of row (w\d+)", done.stdout)
    assert len(set(taken)) == 2
    asked_again = re.search(rf"row {taken[1]} (?:(?!row w).)*→ gold", done.stdout, re.S)
    assert asked_again, done.stdout
    assert "You took your answer back.\n" in done.stdout


def test_ctrl_c_on_a_terminal_says_what_is_saved(project):
    with terminal_of("label", project, "--as", "ann") as send:
        send(b"", b"0 saved")
        send(b"1", "→ dry".encode())
        send(b"\x03", b"1 answer is saved")


def draw(image: Image.Image, width: int, height: int, colours: str | None = "truecolor") -> str:
    """What a terminal shows of a row with a picture."""
    content = BytesIO()
    image.save(content, "PNG")
    rows = SimpleNamespace(
        content=lambda row: {"file": "t.png"}, image=lambda row: content.getvalue()
    )
    shown = Console(
        file=StringIO(), width=width, height=height, force_terminal=True, color_system=colours
    )
    draw_row(SimpleNamespace(rows=rows, settings=SimpleNamespace(kind="image")), 0, "t", "w", shown)
    return shown.file.getvalue()


def colours_of(drawn: str) -> set[tuple[int, ...]]:
    """The colours of the upper dots."""
    found = re.findall(r"38;2;(\d+);(\d+);(\d+)[;m]", drawn)
    return {tuple(map(int, one)) for one in found}


@pytest.mark.parametrize(("width", "height"), [(100, 50), (100, 24), (60, 24), (40, 12), (12, 6)])
def test_a_picture_fits_into_the_terminal(width, height):
    for size in (400, 300), (300, 400), (1000, 20), (20, 1000):
        lines = draw(Image.new("RGB", size, (200, 30, 20)), width, height).splitlines()
        plain = [re.sub(r"\x1b\[[0-9;]*m", "", line) for line in lines]
        dots = [line for line in plain if "▀" in line]
        assert len({line.count("▀") for line in dots}) == 1  # a line that is too long would wrap
        assert len(plain) < height


def test_a_picture_in_the_terminal_has_the_colours_that_the_page_shows():
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert colours_of(draw(clear, 80, 24)) == {(255, 255, 255)}
    grey = Image.fromarray(np.full((8, 8), 32_896, np.uint16))
    assert colours_of(draw(grey, 80, 24)) == {(128, 128, 128)}
    odd = Image.new("RGB", (1, 3))
    odd.putpixel((0, 2), (9, 8, 7))
    assert (9, 8, 7) in colours_of(draw(odd, 80, 24))


def test_a_terminal_without_colours_says_that_a_picture_is_there():
    drawn = draw(Image.new("RGB", (4, 4)), 80, 24, colours=None)
    assert "▀" not in drawn
    assert "A picture, for which this terminal has too few colours." in drawn


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
