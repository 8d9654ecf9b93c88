import json

from motherlode.cli._strategies import describe
from motherlode.strategies import NAMES

from .command import motherlode


def test_the_table_names_every_strategy():
    done = motherlode("strategies")
    assert (done.returncode, done.stderr) == (0, "")
    first_words = {line.split()[0] for line in done.stdout.splitlines() if line.strip()}
    assert set(NAMES) <= first_words
    assert "\x1b" not in done.stdout


def test_json_is_what_strategies_say_of_themselves():
    done = motherlode("strategies", "--json")
    assert json.loads(done.stdout) == [describe(name) for name in NAMES]
    margin = next(one for one in json.loads(done.stdout) if one["name"] == "margin")
    assert margin["strategy"] == "Margin"
    assert margin["family"] == "uncertainty"
    assert margin["needs"] == "model"


def test_every_strategy_says_what_it_is():
    for name in NAMES:
        assert all(describe(name)[key] for key in ("about", "needs", "family")), name
