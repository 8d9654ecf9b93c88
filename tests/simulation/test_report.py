import re
from html.parser import HTMLParser

import pytest

from motherlode.errors import InputError
from motherlode.simulation import Results, simulate, write_report

NASTY = "<script>alert('x')</script> & \"$\\alpha_2$\" ${x}"
VOID = {"meta", "br", "wbr", "link", "img"}


class Page(HTMLParser):
    """Reads a page strictly: every tag closed, in order; keeps what it says."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.ids, self.cells = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        if tag not in VOID:
            self.open.append(tag)
        if tag in ("td", "th"):
            self.cells.append("")

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.handle_endtag(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        if {"td", "th"} & set(self.open):
            self.cells[-1] += data


@pytest.fixture
def results(made_up):
    runs = [
        made_up(d, s, seed, [0, gain, 2 * gain + seed], [0.1, 0.2, 0.1 * gain + 0.1 * seed])
        for d in ("first", "second")
        for gain, s in enumerate(("random", "margin", "most_likely"), start=1)
        for seed in (0, 1, 2)
    ]
    return Results(runs, {"budget": 20, "batch": 10, "start": (1, 9), "final_every": None,
                          "versions": {"numpy": "9.9"}})  # fmt: skip


def report(results, tmp_path, **options):
    path = tmp_path / "report.html"
    write_report(results, path, **options)
    return path.read_text(encoding="utf-8")


def test_it_is_one_page_that_needs_nothing_else(results, tmp_path):
    text = report(results, tmp_path)
    page = Page(text)
    used = {tag for tag, _ in page.tags}
    assert not used & {"script", "link", "img", "iframe", "object", "image", "foreignobject"}
    assert "://" not in text
    assert "@import" not in text
    for link in re.findall(r'(?:href="|url\()([^")]*)', text):
        assert link.startswith("#")
        assert link[1:] in page.ids


def test_ids_are_unique(results, tmp_path):
    ids = Page(report(results, tmp_path)).ids
    assert len(ids) == len(set(ids))
    assert ids


def test_colours_follow_the_reader(results, tmp_path):
    text = report(results, tmp_path)
    assert "prefers-color-scheme: dark" in text
    charts = "".join(re.findall(r"<svg role.*?</svg>", text, flags=re.DOTALL))
    assert "var(--c0)" in charts
    assert "var(--baseline)" in charts
    # Nothing in a chart is drawn in a colour that would not change.
    assert set(re.findall(r"#[0-9a-f]{6}\b", charts)) == set()
    for used in set(re.findall(r"var\((--[\w-]+)\)", text)):
        assert f"{used}:" in text


def test_two_charts_for_each_data_set_with_words_for_those_who_cannot_see_them(results, tmp_path):
    page = Page(report(results, tmp_path))
    labels = [attrs["aria-label"] for tag, attrs in page.tags if "aria-label" in attrs]
    assert labels == [
        f"{metric} against labels, {name}"
        for name in ("first", "second")
        for metric in ("Positives found", "Average precision")
    ]


def test_tables_say_what_the_results_say(results, tmp_path):
    cells = Page(report(results, tmp_path)).cells
    start = cells.index("most_likely", cells.index("Labels random needs"))
    estimate = results.estimate("first", "most_likely", "positives")
    assert estimate.mean == 7.0
    assert cells[start + 1] == f"7.0± {estimate.high - 7:.1f}"
    assert cells[start + 2 : start + 5] == ["35%", f"{7 / 3:.1f}", f"{7 * 200 / 21:,.0f}"]
    assert cells[start + 5].startswith("0.400± ")


def test_the_best_is_bold_and_only_where_they_differ(results, tmp_path):
    text = report(results, tmp_path)
    assert re.search(r"<b>7\.0<small>", text)
    assert not re.search(r"<b>3\.0<small>", text)
    alike = Results([r for r in results.runs if r.strategy == "margin"])
    assert "<b>" not in report(alike, tmp_path)


def test_wins_are_shown(results, tmp_path):
    text = report(results, tmp_path)
    # The last row of the last matrix: the strategy that beats both others everywhere.
    assert Page(text).cells[-4:] == ["most_likely", "100%", "100%", "·"]
    assert "rgba(var(--win), 0.55)" in text
    assert "rgba(var(--loss), 0.55)" in text


def test_settings_are_at_the_bottom(results, tmp_path):
    text = report(results, tmp_path)
    bottom = text[text.index("Settings and versions") :]
    assert "numpy: 9.9" in bottom
    assert "<dt>final_every</dt><dd>default</dd>" in bottom
    assert "from 1 known positive and 9 known negatives" in text


@pytest.mark.parametrize("where", ["dataset", "strategy", "title", "setting"])
def test_names_are_text_and_never_markup(made_up, tmp_path, where):
    names = dict.fromkeys(("dataset", "strategy", "title", "setting"), "plain") | {where: NASTY}
    results = Results(
        [
            made_up(names["dataset"], names["strategy"], i, [0, 1, 2], [0.1, 0.2, 0.3])
            for i in (0, 1)
        ],
        {names["setting"]: {names["setting"]: names["setting"]}},
    )
    text = report(results, tmp_path, title=names["title"])
    page = Page(text)
    assert "script" not in {tag for tag, _ in page.tags}
    assert "&lt;script&gt;alert" in text


def test_one_data_set_one_strategy_one_seed(made_up, tmp_path):
    alone = Results([made_up("d", "margin", 0, [0, 0, 0], [0.1, 0.1, 0.1])])
    text = report(alone, tmp_path, title="Alone")
    Page(text)
    assert "<title>Alone</title>" in text
    assert "Who beats whom" not in text
    assert "All data sets" not in text
    assert "nan" not in re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL).lower()


def test_a_strategy_missing_from_a_data_set(results, tmp_path):
    fewer = Results([r for r in results.runs if (r.dataset, r.strategy) != ("second", "margin")])
    page = Page(report(fewer, tmp_path))
    assert page.cells.count("margin") > 0


def test_more_strategies_than_colours(made_up, tmp_path):
    many = Results(
        made_up("d", f"s{i}", seed, [0, 1, 2 + i], [0.1, 0.2, 0.3])
        for i in range(12)
        for seed in (0, 1)
    )
    Page(report(many, tmp_path))


def test_files_that_cannot_be_written_are_named(results, tmp_path):
    with pytest.raises(InputError, match="can't be written: Is a directory"):
        write_report(results, tmp_path)
    with pytest.raises(InputError, match="can't be written: No such file or directory"):
        results.to_json(tmp_path / "nowhere" / "r.json")


def test_no_run_no_report(tmp_path):
    with pytest.raises(InputError, match="no run to report"):
        write_report(Results([]), tmp_path / "report.html")


def test_the_same_results_make_the_same_file(results, tmp_path):
    assert report(results, tmp_path) == report(results, tmp_path)


def test_a_report_of_real_sessions(blobs, model, tmp_path):
    results = simulate(blobs, ["random", "auto"], model=model, seeds=2, budget=20)
    text = report(results, tmp_path)
    Page(text)
    assert (
        "2 strategies, 2 seeds; up to 20 labels in batches of 10, from one known positive" in text
    )
