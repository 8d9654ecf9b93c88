"""What values say of themselves: the same as text and as HTML, and nothing of it is a command."""

import pickle
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from motherlode import ActiveLearner, Pool, Query
from motherlode._inert.description import Description, Table, draw_in_svg, draw_in_text
from motherlode.estimation import Estimate, NoEstimate
from motherlode.session import Origin, Session
from motherlode.stopping import forecast

NASTY = "<script>alert('1')</script>\x1b[2J\u202e&\"\nnew"
VOID = {"br", "img", "input", "meta", "link", "hr"}


class Reader(HTMLParser):
    """Reads HTML, and fails where a tag is not closed or closes another."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.texts, self.attributes = [], [], [], []
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join(self.texts)


def searched(classes=("fine", NASTY), rows=60):
    """A learner of a frame whose every text is nasty, with labels, a skip and an open query."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {NASTY: rng.normal(size=rows), "word": [NASTY, "plain"] * (rows // 2), "id": range(rows)}
    )
    learner = ActiveLearner(Pool(frame), list(classes), minority=classes[1], control=0.5, seed=0)
    learner.teach([0, 1], [classes[1], classes[0]])
    for _ in range(3):
        query = learner.query(8)
        learner.teach(query, [classes[int(row % 5 == 0)] for row in query.rows])
    query = learner.query(4)
    learner.skip(query.rows[:1])
    return learner, query


@pytest.fixture(scope="module")
def everything():
    learner, query = searched()
    session = learner.session()
    draws = [Origin(NASTY, NASTY, 1 / (100 - i), 100 - i, i) for i in range(20)]
    return {
        "learner": learner,
        "query": query,
        "pool": learner.pool,
        "session": session,
        "nasty session": Session(100, [True, False] * 10, draws),
        "forecast": forecast(session),
        "estimate": Estimate(1.0, 0.5, 2.0, 0.95, NASTY, NASTY, NASTY),
        "none": NoEstimate(NASTY),
        "description": Description(
            NASTY, NASTY, [(NASTY, NASTY)], [(NASTY, NASTY)], Table(NASTY, [NASTY], [[NASTY]], 3),
            [0, 1, 1], NASTY,
        ),
    }  # fmt: skip


KINDS = [
    *("learner", "query", "pool", "session", "nasty session", "forecast", "estimate", "none"),
    "description",
]


def shown(value):
    """The text and the HTML of a value."""
    if isinstance(value, Description):
        return value.text(), value.html()
    return repr(value), value._repr_html_()


@pytest.mark.parametrize("kind", KINDS)
def test_html_is_well_formed_and_inert(everything, kind):
    text, html = shown(everything[kind])
    read = Reader(html)
    allowed = {"div", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td"}
    assert set(read.tags) <= allowed | {"svg", "polyline"}
    assert not any(name.startswith("on") or name in ("src", "href") for name, _ in read.attributes)
    for said in (text, html):
        assert not {"\x1b", "\u202e"} & set(said)
    assert "<script" not in html


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_comes_from_elsewhere_and_no_colour_is_set(everything, kind):
    _, html = shown(everything[kind])
    assert "http" not in html
    styles = ";".join(value for name, value in Reader(html).attributes if name == "style")
    colours = [part.split(":")[1].strip() for part in styles.split(";") if "color:" in part]
    # What is not set is that of the page, light or dark.
    assert set(colours) <= {"inherit"}
    assert "#" not in styles


@pytest.mark.parametrize("kind", KINDS)
def test_every_table_has_headings(everything, kind):
    _, html = shown(everything[kind])
    scopes = [value for name, value in Reader(html).attributes if name == "scope"]
    assert html.count("<th ") == len(scopes)
    assert html.count("<table") <= len(scopes)
    assert set(scopes) <= {"row", "col"}


def test_text_stays_within_its_lines(everything):
    for value in everything.values():
        text, _ = shown(value)
        assert all(line != "new" for line in text.split("\n"))


def test_a_learner_says_what_is_labelled_found_asked_and_left_out():
    learner, _ = searched(classes=("fine", "fraud"))
    said = repr(learner)
    labels = learner.labelled[1]
    found = int((labels == "fraud").sum())
    assert f"labelled: {len(labels)} (fine {len(labels) - found}, fraud {found})" in said
    assert f"found: {found} positives" in said
    assert "positive class: fraud, named" in said
    assert "positives left: " in said
    assert "asked: 4 rounds, 3 rows wait for a label" in said
    assert "left out: 1 row skipped, column 'id' (numbers the rows)" in said
    read = Reader(learner._repr_html_())
    assert "Labels of each class" in read.text


def test_a_learner_without_a_label_says_so():
    said = repr(ActiveLearner(Pool(np.eye(5)), ["no", "yes"], minority="yes"))
    assert said.startswith("ActiveLearner(5 rows, strategy Auto)\n")
    assert "labelled: 0 (no 0, yes 0)" in said
    assert "No row is labelled, so nothing is known yet." in said


def test_a_query_says_which_rows_with_their_own_columns_and_why():
    learner, query = searched(classes=("fine", "fraud"))
    said = repr(query)
    assert said.startswith("Query(4 rows to label, 2 control draws among them)")
    for row, reason in zip(query.rows, query.reasons, strict=True):
        assert f"  {row} " in said
        assert reason[:20] in said
    assert "plain" in said or "script" in said
    assert learner.pool is query.asked.pool


def test_a_query_made_by_hand_or_pickled_says_what_it_knows():
    query = Query(np.array([3, 1]), np.array([1.0, 0.5]), ["first", "second"])
    assert repr(query).split("\n")[1:] == ["  row id  why", "  3       first", "  1       second"]
    _, asked = searched()
    again = pickle.loads(pickle.dumps(asked))
    assert again.asked is None
    assert again.rows.tolist() == asked.rows.tolist()
    assert len(pickle.dumps(asked)) < 5_000


def test_small_values_say_themselves_on_a_line():
    estimate = Estimate(100.0, 55.0, 167.0, method="From 100 rows.", assumes="That it holds.")
    assert repr(estimate) == "Estimate(100 (95 %: 55 to 170))"
    assert "From 100 rows." in estimate._repr_html_()
    assert repr(NoEstimate("Nothing is known.")) == "NoEstimate(Nothing is known.)"
    assert repr(Session(1000, [True, False])).split("\n")[0] == "Session(2 of 1,000 rows labelled)"


def test_a_forecast_gives_each_reason_once():
    said = repr(forecast(Session(500, [True, False])))
    assert said.count("No valid estimate exists") == 1
    assert "  estimates: No valid estimate exists" in said


def test_a_long_table_says_how_many_rows_there_are():
    table = Table("Rows", ["n"], [[i] for i in range(30)], 5000)
    described = Description("Many", "", table=table)
    assert described.text().endswith("4\n  and 4,995 more")
    read = Reader(described.html())
    assert "Rows, the first 10 of 5,000" in read.text
    assert read.tags.count("td") == 10


def test_a_curve_is_drawn_from_its_first_to_its_last_point():
    curve = list(range(1001))
    bars = draw_in_text(curve)
    assert len(bars) == 40
    assert (bars[0], bars[-1]) == ("▁", "█")
    assert draw_in_text([0]) == "▁"
    read = Reader(draw_in_svg(curve, 'so "many"'))
    attributes = dict(read.attributes)
    points = [tuple(map(float, p.split(","))) for p in attributes["points"].split()]
    assert points[0] == (0.0, 78.0)
    assert points[-1] == (320.0, 2.0)
    assert attributes["aria-label"] == 'so "many"'
