"""A control draw stays one, with its probability, whatever people do with its row."""

from dataclasses import replace

import pytest

from motherlode.project._insight.origins import build_session
from motherlode.project._log import log
from motherlode.project._log.fold import fold
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.leases import list_open_draws
from motherlode.project._serving.live import Live
from motherlode.project._serving.put_first import put_first
from motherlode.project._serving.ranking import BATCH, QUEUE, Ranking, publish
from motherlode.project._serving.teaching import teach
from motherlode.project._training.training import ask_batch
from motherlode.session import CONTROL, Origin


class Scene:
    """A row that was drawn for Ann, and Ben."""

    def __init__(self, project):
        self.project, self.time = project, 1_000_000.0
        self.live = Live(project, lambda: self.time)
        (lease,) = self.live.next("ann")
        self.row, self.drawn = lease.offer.row, lease.offer.how
        assert self.drawn.channel == CONTROL
        self.time += 1

    def end_leases(self):
        self.time += self.project.settings.lease + 1

    def say(self, who, label="dry", **more):
        self.live.answer(who, [Answer(self.row, label=label, **more)])

    def ask_ben(self):
        (lease,) = self.live.next("ben")
        assert lease.offer.row == self.row

    def rank_it_first(self):
        others = [row for row in range(120) if row != self.row]
        ranked = Ranking(
            QUEUE, 0.0, 0, "Margin", [self.row, *others], [1.0] * 120, ["why"] * 120
        )  # fmt: skip
        with self.project.database.writing() as connection:
            publish(connection, ranked)

    def teach(self, who="cy"):
        def run(connection, state):
            return teach(connection, state, self.project.settings, who, [self.row], ["dry"], 1.0)

        return self.live.run(run)


def answers_late(scene):
    scene.end_leases()
    scene.ask_ben()
    scene.say("ann")


def answers_late_after_another(scene):
    scene.end_leases()
    scene.ask_ben()
    scene.say("ben")
    scene.say("ann")
    scene.live.undo("ben")


def walks_away_and_the_model_asks_another(scene):
    scene.end_leases()
    scene.rank_it_first()
    scene.ask_ben()
    scene.say("ben")


def walks_away_and_another_chooses_it(scene):
    scene.end_leases()
    settings = scene.project.settings
    scene.live.run(lambda c, state: put_first(c, state, settings, "ben", [scene.row], scene.time))
    scene.ask_ben()
    scene.say("ben", channel="search")


def is_overtaken_by_a_search(scene):
    scene.say("ben", channel="search")


def is_overtaken_by_an_answer_without_a_lease(scene):
    scene.say("ben")
    scene.say("ann", "gold")


def is_overtaken_by_one_who_settles(scene):
    scene.say("ben", channel="settle")


def is_overtaken_by_a_file(scene):
    scene.teach()


def takes_it_back_while_a_second_annotator_has_it(scene):
    scene.say("ann")
    scene.ask_ben()
    scene.live.undo("ann")
    scene.say("ben")


def takes_it_back_and_the_model_asks_another(scene):
    scene.say("ann")
    scene.live.undo("ann")
    scene.end_leases()
    scene.rank_it_first()
    scene.ask_ben()
    scene.say("ben")


def corrects_it_and_takes_the_first_answer_back(scene):
    scene.say("ann")
    first = scene.live.now().last_of("ann").id
    scene.say("ann", "gold")
    scene.live.undo("ann", event_id=first)


@pytest.mark.parametrize(
    "act",
    [
        answers_late,
        answers_late_after_another,
        walks_away_and_the_model_asks_another,
        walks_away_and_another_chooses_it,
        is_overtaken_by_a_search,
        is_overtaken_by_an_answer_without_a_lease,
        is_overtaken_by_one_who_settles,
        is_overtaken_by_a_file,
        takes_it_back_while_a_second_annotator_has_it,
        takes_it_back_and_the_model_asks_another,
        corrects_it_and_takes_the_first_answer_back,
    ],
)
def test_a_control_draw_stays_one_if_ann(make, act):
    scene = Scene(make(double=1.0, control=1.0))
    try:
        act(scene)
        assert scene.live.now().rows[scene.row].how == scene.drawn
        with scene.project.database.reading() as connection:
            assert fold(log.read_after(connection, 0)).rows[scene.row].how == scene.drawn
    finally:
        scene.live.close()


def test_a_draw_of_a_batch_stays_one_if_somebody_labels_its_row_before_the_file_comes(make):
    scene = Scene(make())
    scene.end_leases()
    scene.row = (scene.row + 1) % 120
    drawn = Ranking(
        BATCH, scene.time, 0, "Margin", [scene.row], [0.0], ["why"],
        [Origin(CONTROL, "random", 1 / 120, 120)],
    )  # fmt: skip
    with scene.project.database.writing() as connection:
        publish(connection, drawn)

    def how():
        return scene.live.now().rows[scene.row].how

    scene.say("ben")
    assert how().channel == "given"
    assert scene.teach().new == 1
    assert (how().channel, how().probability) == (CONTROL, 1 / 120)
    assert scene.teach().known == 1
    assert scene.teach("dan").known == 1
    scene.live.close()


def test_a_draw_of_a_batch_stays_one_if_somebody_answers_its_row_on_the_page(make):
    project = make(control=0.5)
    asked = ask_batch(project, 10)
    first, *others = asked.controls
    live = Live(project)

    def look():
        with project.database.reading() as connection:
            draws = list_open_draws(connection, live.now(), 0.0)
        return build_session(live.now(), project.settings, draws=draws)

    try:
        live.answer("ben", [Answer(row, label="dry") for row in others])
        how = asked.how(asked.rows.index(others[0]))
        assert live.now().rows[others[0]].how == replace(how, asked_at=asked.at)
        assert not look().drawn.any()  # the first draw of the batch waits for its answer
        assert look().passed_over is None
        ask_batch(project, 20)  # and from now on it is passed over
        assert look().drawn.sum() == len(others)
        assert look().complete(positive=True).found == 1
        live.answer("ben", [Answer(first, label="dry")])
        assert live.now().rows[first].how.drawn_from == 120
        assert look().drawn.sum() == len(others) + 1
    finally:
        live.close()


def test_a_second_annotator_is_asked_as_such_where_chance_drew_the_row(make):
    scene = Scene(make(double=1.0, control=1.0))
    scene.say("ben")
    scene.end_leases()
    (lease,) = scene.live.next("cy")
    assert (lease.offer.row, lease.offer.how.channel) == (scene.row, "double")
    assert scene.live.now().rows[scene.row].how == scene.drawn
    scene.live.close()
