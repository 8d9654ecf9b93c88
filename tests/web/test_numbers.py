"""Every door says the same of one session: the same names, and each number with its interval."""

import json
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from motherlode.cli._app import run
from motherlode.project._insight.advice import make_forecast
from motherlode.project._insight.origins import build_session
from motherlode.project._log.events import Event, Provenance
from motherlode.project._log.log import append, read_state

SESSIONS = {  # labels of the first rows that were chosen, and of rows that were drawn at random
    "not begun": (0, 0),
    "nothing drawn": (24, 0),
    "few drawn": (24, 5),
    "drawn": (24, 40),
    "nothing found": (0, 11),
    "all labelled": (24, 96),
}
DOORS = ("terminal", "terminal as JSON", "page", "REST", "Python", "notebook")


@pytest.fixture
def url():
    """One kind of database: what is read from it is the same."""


@pytest.fixture
def told(project, request):
    """A project after one of these sessions."""
    chosen, drawn = SESSIONS[request.param]
    gold = [row for row in range(120) if row % 12 == 0]
    others = [row for row in range(120) if row % 12]
    rows = sorted(gold[:4] + others[: chosen - 4]) if chosen else []
    left = [row for row in (range(120) if chosen else others) if row not in rows]
    at_random = np.random.default_rng(2).permutation(left)[:drawn].tolist()
    ways = [(row, "query") for row in rows] + [(row, "control") for row in at_random]
    events = [
        Event(
            row=row, annotator="ann", kind="label", label="dry" if row % 12 else "gold",
            at=float(n), seconds=1.0, how=Provenance(channel, "Margin", asked_at=float(n)),
        )
        for n, (row, channel) in enumerate(ways)
    ]  # fmt: skip
    with project.database.writing() as connection:
        append(connection, events)
    return project


def estimates(project):
    with project.database.reading() as connection:
        state = read_state(connection)
    settings = project.settings_at(state)
    return make_forecast(build_session(state, settings), settings).estimates


def told_anything(facts):
    """Before the first label the page has no list of numbers."""
    return facts[0][1] != "No row is labelled, so nothing is known yet."


class Reader(HTMLParser):
    """The text of a page, and the texts of what stands out in it."""

    BOLD = ("strong", "b", "h1", "h2", "h3", "dd", "th")

    def __init__(self, page):
        super().__init__()
        self.texts, self.bold, self.listed, self._within = [], [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        big = "big" in (dict(attrs).get("class") or "").split()
        if tag in self.BOLD or big:
            self._within.append(tag)
            self.bold.append("")

    def handle_endtag(self, tag):
        if self._within and tag == self._within[-1]:
            self._within.pop()
            if tag == "dd":
                self.listed.append(self.bold[-1])

    def handle_data(self, data):
        self.texts.append(data)
        if self._within:
            self.bold[-1] += data


def flat(text):
    return " ".join(text.split())


def at_door(door, project, client, capsys, tmp_path):
    """Give what a door says, in one line, and how it joins a name with what is said under it."""
    if door == "Python":
        return flat(repr(estimates(project))), ": "
    if door == "notebook":
        return flat(" ".join(Reader(estimates(project)._repr_html_()).texts)), " "
    if door == "page":
        client.app.state.service.explanations.forecast(60)
        return flat(" ".join(Reader(client.get("/dashboard/now").text).texts)), " "
    if door == "REST":
        return say_json(client.get("/api/forecast").json()), ": "
    if door == "terminal as JSON":
        assert run(["status", str(project.folder), "--json"]) == 0
        return say_json(json.loads(capsys.readouterr().out)["forecast"]), ": "
    if door == "terminal":
        assert run(["status", str(project.folder)]) == 0
        return flat(capsys.readouterr().out), ": "
    to = tmp_path / "made.skops"
    assert run(["train", str(project.folder), "--to", str(to)]) == 0
    return flat(to.with_suffix(".md").read_text().replace("\\", "")), ": "


def say_json(forecast):
    found = forecast["estimates"]
    return "; ".join(
        f"{fact['name']}: {fact['said']}" for fact in found["numbers"] + found["reasons"]
    )


@pytest.mark.parametrize("told", list(SESSIONS), indirect=True)
def test_all_doors_say_the_same_of_one_session(told, client, capsys, tmp_path):
    known = estimates(told)
    facts = known.list_facts()
    assert facts
    for door in DOORS if told_anything(facts) else set(DOORS) - {"page"}:
        said, joint = at_door(door, told, client, capsys, tmp_path)
        for name, fact in facts:
            joined = ": " if (name, fact) in known.list_reasons() and door == "page" else joint
            assert flat(f"{name}{joined}{fact}") in said, door


@pytest.mark.parametrize("told", ["drawn"], indirect=True)
def test_what_numbers_rest_on_is_said_wherever_people_read_them(told, client, capsys, tmp_path):
    grounds = estimates(told).list_grounds()
    names = ["of which rows", "how it was made", "what it assumes"]
    assert [name for name, _ in grounds] == [*names, "when the 95 % interval holds"]
    for door in ("terminal", "page", "notebook", "model card"):
        said, joint = at_door(door, told, client, capsys, tmp_path)
        for name, ground in grounds:
            joined = ": " if door == "page" else joint
            assert flat(f"{name}{joined}{ground}") in said, door
    for name, fact in estimates(told).list_facts():
        assert f"- {name}: {fact}" in said


UNCERTAIN = re.compile(
    r"\(\d+ %: \S+ to \S+( %)?\)|\(known\)|between \S+ and \S+ %|at (least|most) "
)


@pytest.mark.parametrize("told", list(SESSIONS), indirect=True)
def test_no_number_that_is_estimated_stands_out_without_its_uncertainty(told, client, capsys):
    client.app.state.service.explanations.forecast(60)
    client.app.state.service.explanations.quality(60)
    page = Reader(client.get("/dashboard/now").text)
    assert run(["status", str(told.folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert all(UNCERTAIN.search(text) for text in page.bold if "%" in text)
    assert all(UNCERTAIN.search(text) for text in page.listed)
    assert len(page.listed) >= len(estimates(told).list_numbers())
    for line in lines:
        if "%" in line and not re.search(r"It (promises|assumes):|rows labelled|±10 %", line):
            assert UNCERTAIN.search(line) or "interval holds" in line or "recall of" in line, line
