"""The scripts of docs/migrate/index.md: both sides run, and ask the same rows."""

import re
from importlib import metadata, util
from pathlib import Path

import numpy as np
import pytest
from sklearn import __version__ as sklearn_version

PAGE = Path(__file__).parents[2] / "docs" / "migrate" / "index.md"
ASKED = {"modAL": 20, "scikit-activeml": 30, "small-text": 30}
PACKAGES = {"modAL": "modAL", "scikit-activeml": "skactiveml", "small-text": "small_text"}


def blocks(title=""):
    """The Python of a section; of the page's beginning without a title."""
    sections = re.split(r"^## (.+)\n", PAGE.read_text(encoding="utf-8"), flags=re.M)
    named = dict(zip(["", *sections[1::2]], sections[::2], strict=True))
    return re.findall(r"```python\n(.*?)```", named[title], re.DOTALL)


def scripts(title):
    """The peer's script and ours, each with what it begins with."""
    *before, theirs, ours = blocks(title)
    begin = "\n".join(blocks() + before)
    return f"{begin}\n{theirs}", f"{begin}\n{ours}"


def led(script):
    names = {}
    exec(compile(script, str(PAGE), "exec"), names)
    return names


@pytest.mark.parametrize("peer", ASKED)
def test_our_script_runs(peer):
    ours = led(scripts(peer)[1])
    assert len(ours["asked"]) == ASKED[peer]
    assert np.mean(ours["found"] == ours["y"]) > 0.9


@pytest.mark.filterwarnings("default::FutureWarning")  # a peer may be behind scikit-learn
@pytest.mark.filterwarnings("default::DeprecationWarning")
@pytest.mark.parametrize("peer", ASKED)
def test_both_ask_the_same_rows(peer):
    if util.find_spec(PACKAGES[peer]) is None:
        pytest.skip(f"{peer} is not installed")
    if peer == "modAL" and tuple(map(int, sklearn_version.split(".")[:2])) >= (1, 8):
        pytest.skip(f"modAL {metadata.version('modAL-python')} needs scikit-learn before 1.8")
    theirs, ours = map(led, scripts(peer))
    # Within a batch the order is free.
    assert sorted(np.array(theirs["asked"]).tolist()) == sorted(np.array(ours["asked"]).tolist())
    assert np.array_equal(theirs["found"], ours["found"])


@pytest.mark.parametrize("peer", ASKED)
def test_lines_of_the_same_number_are_on_both_sides(peer):
    theirs, ours = (
        {int(n) for said in re.findall(r"# ([\d, ]+)", script) for n in re.findall(r"\d+", said)}
        for script in scripts(peer)
    )
    assert theirs == ours == set(range(1, max(ours) + 1))
