import sys

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from motherlode.displays._palette import BASELINE, COLOURS, assign_styles
from motherlode.errors import InputError
from motherlode.simulation import LearningCurvesDisplay, Results, write_report


@pytest.fixture
def results(made_up):
    return Results(
        made_up(d, s, seed, [0, 2 + seed, (3 + seed) * gain], [0.1, 0.2, 0.3 + 0.1 * seed])
        for d in ("one", "two")
        for gain, s in enumerate(("random", "margin", "auto"), start=1)
        for seed in (0, 1)
    )


@pytest.fixture
def ax():
    return Figure().add_subplot()


def test_lines_are_the_mean_curves(results, ax):
    display = LearningCurvesDisplay.from_results(
        results, metric="average_precision", dataset="two", ax=ax
    )
    assert list(display.lines_) == ["random", "margin", "auto"]
    x, y = display.lines_["margin"].get_data()
    assert list(x) == [0, 10, 20]
    assert y == pytest.approx([0.1, 0.2, 0.35])
    assert display.ax_ is ax
    assert display.figure_ is ax.figure
    assert ax.get_title(loc="left") == "Average precision · two"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == list(display.lines_)


def test_bands_are_the_intervals(results, ax):
    LearningCurvesDisplay.from_results(results, dataset="one", ax=ax)
    curve = results.curve("one", "random", "positives")
    corners = ax.collections[0].get_paths()[0].vertices
    at_the_end = corners[corners[:, 0] == 20][:, 1]
    assert at_the_end.min() == pytest.approx(max(curve.low[-1], 0.0)), "nobody finds fewer than 0"
    assert at_the_end.max() == pytest.approx(curve.high[-1])


def test_random_is_grey_and_dashed(results, ax):
    lines = LearningCurvesDisplay.from_results(results, dataset="one", ax=ax).lines_
    assert to_hex(lines["random"].get_color()) == BASELINE[0]
    assert lines["random"].is_dashed()
    assert not lines["margin"].is_dashed()
    assert to_hex(lines["margin"].get_color()) != to_hex(lines["auto"].get_color())


def test_a_strategy_keeps_its_colour_where_another_is_missing(results, ax):
    fewer = Results([r for r in results.runs if (r.dataset, r.strategy) != ("two", "margin")])
    lines = LearningCurvesDisplay.from_results(fewer, dataset="two", ax=ax).lines_
    full = LearningCurvesDisplay.from_results(fewer, dataset="one", ax=ax).lines_
    assert "margin" not in lines
    assert lines["auto"].get_color() == full["auto"].get_color()


def test_the_only_data_set_needs_no_name(results, ax):
    one = Results([r for r in results.runs if r.dataset == "one"])
    assert LearningCurvesDisplay.from_results(one, ax=ax).dataset == "one"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({}, r"dataset=None .* \['one', 'two'\]"),
        ({"dataset": "three"}, "dataset='three'"),
        ({"dataset": "one", "metric": "accuracy"}, "no metric 'accuracy'"),
    ],
)
def test_what_is_unknown_is_refused(results, ax, wrong, problem):
    with pytest.raises(InputError, match=problem):
        LearningCurvesDisplay.from_results(results, ax=ax, **wrong)


def test_one_seed_and_nothing_found_can_be_drawn(made_up, ax):
    results = Results([made_up("d", "s", 0, [0, 0, 0], [0.1, 0.1, 0.1])])
    display = LearningCurvesDisplay.from_results(results, ax=ax)
    display.figure_.draw_without_rendering()
    assert ax.get_ylim() == (0, 1)


def test_plot_makes_a_figure_of_its_own(results):
    import matplotlib.pyplot as plt

    plt.switch_backend("agg")
    display = LearningCurvesDisplay.from_results(results, dataset="one")
    assert display.figure_.number in plt.get_fignums()
    plt.close(display.figure_)


def test_without_matplotlib_the_extra_is_named(results, tmp_path, monkeypatch):
    for name in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(InputError, match=r'pip install "motherlode\[plot\]"'):
        LearningCurvesDisplay.from_results(results, dataset="one")
    with pytest.raises(InputError, match=r'pip install "motherlode\[plot\]"'):
        write_report(results, tmp_path / "report.html")


class TestPalette:
    def test_no_two_strategies_look_alike(self):
        drawn = assign_styles([f"s{i}" for i in range(32)], baseline=None).values()
        assert len({(style.name, style.dash) for style in drawn}) == 32

    @pytest.mark.parametrize("shade", [0, 1])
    def test_colours_stand_out_from_the_paper(self, shade):
        paper = ("#ffffff", "#1a2027")[shade]
        contrasts = [contrast(pair[shade], paper) for pair in (*COLOURS, BASELINE)]
        # Lines and their keys, next to names in full contrast: 2 to 1 is enough to see them.
        assert min(contrasts) > 2

    @pytest.mark.parametrize("shade", [0, 1])
    def test_colours_differ_for_those_who_see_no_red_or_no_green(self, shade):
        for matrix in (PROTANOPIA, DEUTERANOPIA):
            seen = [matrix @ linear(pair[shade]) for pair in COLOURS[:6]]
            apart = [np.abs(a - b).max() for i, a in enumerate(seen) for b in seen[:i]]
            assert min(apart) > 0.08


# Viénot, Brettel & Mollon (1999), Digital video colourmaps for checking the legibility of
# displays by dichromats: what is left of linear red, green and blue.
PROTANOPIA = np.array([[0.112, 0.888, 0.0], [0.112, 0.888, 0.0], [0.004, -0.004, 1.0]])
DEUTERANOPIA = np.array([[0.293, 0.707, 0.0], [0.293, 0.707, 0.0], [-0.022, 0.022, 1.0]])


def linear(colour):
    channels = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    light, dark = sorted((linear(c) @ [0.2126, 0.7152, 0.0722] for c in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
