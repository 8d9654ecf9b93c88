"""One simulated labelling session: a learner asks, and the data set's own labels answer."""

from collections.abc import Callable
from time import perf_counter
from typing import Any

from threadpoolctl import threadpool_limits

from ..errors import InputError
from ..learner._learner import ActiveLearner
from ..pool import Pool
from ..strategies import as_strategy
from ._dataset import Dataset, are_positive, split
from ._record import Round, Run
from ._scoring import predict_positive, score, score_nothing
from ._start import Start, starting_rows
from ._stated import state_of_pool
from ._watched import choose_watched, pack


def run(
    dataset: Dataset,
    strategy: Any,
    *,
    model: Any = None,
    budget: int = 200,
    batch: int = 10,
    start: Start = "one",
    seed: int = 0,
    goal: str = "both",
    on_round: Callable[[Round], None] | None = None,
    final_every: int | None = None,
    control: float = 0.0,
    prior: Any = None,
) -> Run:
    """Simulate one labelling session and score the model it leads to.

    The data set is split into a pool, which is asked about, and a test part, which is not. The
    same seed gives the same parts and the same starting rows to every strategy, and the same
    run, bit for bit, to the same strategy.

    Parameters
    ----------
    dataset : Dataset
        Its labels answer every question.
    strategy : str or Strategy
        As `motherlode.ActiveLearner` takes it.
    model : scikit-learn classifier, optional
        The model to train; the learner's own choice by default.
    budget : int, default 200
        Labels to ask for, beyond the rows known at the start; the whole pool if it is smaller.
    batch : int, default 10
        Rows a query asks about.
    start : "none", "one", int or (int, int), default "one"
        Labels known at the start: none, one positive, so many random rows, or so many positives
        and so many negatives.
    seed : int, default 0
        Sets the split, the starting rows and the learner's random numbers.
    goal : {"both", "find", "learn"}
        What labels are for; as `motherlode.ActiveLearner` takes it.
    on_round : callable, optional
        Called with each `Round` as soon as it is scored.
    final_every : int, optional
        Labels between two scored rounds; by default `batch`, so that every batch is scored.
    control : float, default 0
        The share of each batch drawn at random; as `motherlode.ActiveLearner` takes it.
    prior : text, list of words, array of scores, model, function or Prior, optional
        What is stated before the first label, as `motherlode.ActiveLearner` takes it; scores are
        those of the data set's rows, and a column stays in the data that models read.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        If the data set is too small for the split or the start, or a number makes no sense.

    Notes
    -----
    While the final model cannot be fitted, since no positive is known, the metrics are those of a
    constant score: average precision is the share of positives in the test part.
    """
    every = batch if final_every is None else final_every
    for name, value in (("budget", budget), ("batch", batch), ("final_every", every)):
        if value < 1:
            raise InputError(f"{name}={value} makes no sense; it must be at least 1.")
    # Sums depend in their last bit on the threads that add them, and a last bit can break a tie.
    with threadpool_limits(1, user_api="blas"):
        search = _Search(dataset, strategy, model, start, seed, goal, control, prior)
        most = min(budget, search.unasked)
        rounds: list[Round] = []
        while True:
            rounds.append(search.score())
            if on_round is not None:
                on_round(rounds[-1])
            if search.asked == most:
                return search.make_run(name_strategy(strategy), rounds)
            target = min(search.asked + every, most)
            while search.asked < target:
                search.ask(min(batch, most - search.asked))


def name_strategy(strategy: Any) -> str:
    """Name a strategy for tables: by the name it was given by, or by what it says of itself."""
    return strategy if isinstance(strategy, str) else str(as_strategy(strategy))


class _Search:
    """A learner, the labels that answer it, and the rows that judge it."""

    def __init__(
        self,
        dataset: Dataset,
        strategy: Any,
        model: Any,
        start: Start,
        seed: int,
        goal: str,
        control: float,
        prior: Any,
    ) -> None:
        pool_data, self.labels, self.test_data, test_labels = split(dataset, seed)
        self.dataset, self.seed = dataset, seed
        self.is_positive = are_positive(self.labels, dataset.minority)
        self.test_is_positive = are_positive(test_labels, dataset.minority)
        known = starting_rows(start, self.is_positive, seed)
        self.known = known.size
        self.unasked = self.labels.size - self.known
        self.to_find = int(self.is_positive.sum() - self.is_positive[known].sum())
        if not self.to_find:
            raise InputError(
                f"start={start!r} gives away every positive that the pool of {dataset.name!r} "
                "holds; start with fewer."
            )
        self.learner = ActiveLearner(
            Pool(pool_data),
            dataset.classes,
            model,
            strategy,
            minority=list(dataset.minority),
            goal=goal,
            control=control,
            prior=state_of_pool(prior, dataset, seed),
            seed=seed,
        )
        self.learner.teach(known, self.labels[known])
        self.seconds = 0.0
        self.watched: list[str] = []
        self._watch = choose_watched(self.test_is_positive.size, seed)

    @property
    def asked(self) -> int:
        return len(self.learner.labelled[0]) - self.known

    def ask(self, n: int) -> None:
        began = perf_counter()
        rows = self.learner.query(n).rows
        self.learner.teach(rows, self.labels[rows])
        self.seconds += perf_counter() - began

    def score(self) -> Round:
        """Score the state of the search, and the final model that it leads to by now."""
        positive = self.is_positive[self.learner.labelled[0]]
        if not self.learner.trainable:
            scores = score_nothing(self.test_is_positive)
            self.watched.append("")
        else:
            final, classes = self.learner.final_model(), self.dataset.classes
            answers = predict_positive(final, self.test_data, classes, self.dataset.minority)
            scores = score(answers, self.test_is_positive, positive)
            self.watched.append(pack(answers[self._watch]))
        found = int(positive[self.known :].sum())
        return Round(self.asked, found, found / self.to_find, **scores)

    def make_run(self, strategy: str, rounds: list[Round]) -> Run:
        rows = self.learner.labelled[0]
        return Run(
            dataset=self.dataset.name,
            strategy=strategy,
            seed=self.seed,
            known=self.known,
            rows=tuple(rows.tolist()),
            is_positive=tuple(self.is_positive[rows].tolist()),
            pool_rows=self.labels.size,
            pool_positives=self.to_find,
            rounds=tuple(rounds),
            seconds=self.seconds,
            origins=tuple(self.learner.session().origins),
            watched=tuple(self.watched),
        )
