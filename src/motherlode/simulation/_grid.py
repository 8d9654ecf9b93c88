"""Many simulated sessions: data sets by strategies by seeds, in parallel, and resumable."""

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any

from joblib import Parallel, delayed

from .._inert.plain_warnings import ignore_unread_lanes
from .._inert.whole_numbers import check_whole
from ..errors import InputError, LeakWarning
from ..stopping import Rule, as_rules
from ..strategies import Strategy, as_strategy
from ._dataset import Dataset
from ._identity import describe, fingerprint, versions
from ._journal import Journal
from ._record import Run
from ._results import Results
from ._run import name_strategy, run
from ._start import Start, check_start
from ._stated import name_prior
from ._stops import RULES

_Strategies = str | Sequence[Any] | Mapping[str, Any]


def simulate(
    datasets: Dataset | Iterable[Dataset],
    strategies: _Strategies,
    *,
    seeds: int | Sequence[int] = 5,
    budget: int = 200,
    batch: int = 10,
    start: Start = "one",
    model: Any = None,
    goal: str = "both",
    final_every: int | None = None,
    control: float = 0.0,
    prior: Any = None,
    n_jobs: int = 1,
    path: str | PathLike[str] | None = None,
    stop: "str | Rule | Iterable[str | Rule] | None" = None,
    progress: Callable[[int, int, Run], None] | None = None,
) -> Results:
    """Simulate every strategy on every data set, with the same seeds for all.

    Parameters
    ----------
    datasets : Dataset or iterable of Dataset
        Each with a name of its own.
    strategies : list of str or Strategy, or dict of label to either
        Tables call a strategy by its label, its name, or what it says of itself.
    seeds : int or sequence of int, default 5
        How many seeds, from 0, or which. A seed sets the split, the starting rows and the
        learner's random numbers, so runs of one seed are paired.
    budget : int, default 200
        Labels to ask for, as in `run`.
    batch : int, default 10
        Rows a query asks about.
    start : "none", "one", int or (int, int), default "one"
        Labels known at the start, as in `run`.
    model : scikit-learn classifier, optional
        The model to train; the learner's own choice by default.
    goal : {"both", "find", "learn"}
        What labels are for; as `motherlode.ActiveLearner` takes it.
    final_every : int, optional
        Labels between two scored rounds; by default `batch`.
    control : float, default 0
        The share of each batch drawn at random.
    prior : text, list of words, array of scores, model, function or Prior, optional
        What is stated before the first label, as `motherlode.ActiveLearner` takes it; scores are
        those of the data set's rows, and a column stays in the data that models read.
    n_jobs : int, default 1
        Processes at work, as joblib counts them.
    path : str or path, optional
        A JSONL file that every finished run is appended to. If it exists, the runs that it holds
        are not simulated again; more seeds, strategies and data sets can be added.
    stop : str, Rule or several, optional
        Stopping rules that `Results.stops` and reports replay on the runs, by value or by name
        as in "knee,budget:50" (`motherlode.stopping.named`); by default ten common ones.
    progress : callable, optional
        Called as ``progress(done, total, run)`` after each run.

    Returns
    -------
    Results

    Raises
    ------
    InputError
        If names are not unique or unknown, or the file at `path` belongs to other settings.

    Warns
    -----
    LeakWarning
        If a column equals the labels, or maps one to one onto them.
    """
    sets = _check_names([datasets] if isinstance(datasets, Dataset) else datasets)
    chosen = _label(strategies, goal)
    listed = _list_seeds(seeds)
    check_start(start)
    if n_jobs == 0:
        raise InputError("n_jobs is 0; give how many processes, or -1 for all cores.")
    _warn_of_leaks(sets)
    rules = RULES if stop is None else as_rules(stop)
    options: dict[str, Any] = {
        "budget": budget,
        "batch": batch,
        "start": start,
        "goal": goal,
        "final_every": final_every,
    }
    if control:  # left out where it is 0, so that files of runs without it still fit
        options["control"] = control
    settings = {**options, "model": "default" if model is None else describe(model)}
    if prior is not None:
        settings["prior"] = name_prior(prior)
    details = {
        "versions": versions(),
        "datasets": {name: fingerprint(dataset) for name, dataset in sets.items()},
        "strategies": {label: describe(strategy) for label, strategy in chosen.items()},
    }
    order = [(seed, name, label) for seed in listed for name in sets for label in chosen]
    journal = None if path is None else Journal(path, settings, _list_sources(details), details)
    asked = set(order)
    done = {key: r for r in (journal.runs if journal else []) if (key := _key(r)) in asked}
    finished = Parallel(n_jobs=n_jobs, return_as="generator_unordered")(
        delayed(_one)(
            sets[name], label, chosen[label], seed, {**options, "model": model, "prior": prior}
        )
        for seed, name, label in order
        if (seed, name, label) not in done
    )
    for new in finished:
        if journal is not None:
            journal.add(new)
        done[_key(new)] = new
        if progress is not None:
            progress(len(done), len(order), new)
    return Results([done[key] for key in order], {**settings, **details}, rules)


def _warn_of_leaks(sets: Mapping[str, Dataset]) -> None:
    for name, dataset in sets.items():
        for column, how in dataset.leaks.items():
            warnings.warn(
                f"Column {column!r} of the data set {name!r} {how}; what models learn of it is "
                "worth nothing.",
                LeakWarning,
                stacklevel=3,
            )


def _one(dataset: Dataset, label: str, strategy: Any, seed: int, options: dict[str, Any]) -> Run:
    try:
        with ignore_unread_lanes():  # here, since a worker is a process of its own
            finished = run(dataset, strategy, seed=seed, **options)
    except Exception as error:
        error.add_note(f"While simulating {label} on {dataset.name}, seed {seed}.")
        raise
    return replace(finished, strategy=label)


def _key(finished: Run) -> tuple[int, str, str]:
    return finished.seed, finished.dataset, finished.strategy


def _list_seeds(seeds: int | Sequence[int]) -> list[int]:
    """List the seeds, from 0 on if their number is given."""
    if not isinstance(seeds, Iterable):
        return list(range(check_whole(seeds, "seeds")))
    listed = [check_whole(seed, "A seed", 0) for seed in seeds]
    if not listed or len(set(listed)) < len(listed):
        raise InputError(f"The seeds are {listed}; give one or more, none twice.")
    return listed


def _check_names(datasets: Iterable[Dataset]) -> dict[str, Dataset]:
    given = list(datasets) if isinstance(datasets, Iterable) else [datasets]
    if not all(isinstance(dataset, Dataset) for dataset in given):
        raise InputError(
            f"datasets is {type(datasets).__name__}; give Dataset(name, data, labels), or several."
        )
    names = [dataset.name for dataset in given]
    if not names or len(set(names)) < len(names):
        raise InputError(f"The data sets are named {names}; give one or more, no name twice.")
    return dict(zip(names, given, strict=True))


def _label(strategies: _Strategies, goal: str) -> dict[str, Strategy]:
    if isinstance(strategies, Mapping):
        chosen = {str(label): strategy for label, strategy in strategies.items()}
    else:
        listed = [strategies] if isinstance(strategies, str) else list(strategies)
        chosen = {name_strategy(strategy): strategy for strategy in listed}
        if len(chosen) < len(listed):
            names = [name_strategy(strategy) for strategy in listed]
            raise InputError(
                f"Two of the strategies are called alike among {names}; give a dict from labels to "
                "strategies."
            )
    if not chosen:
        raise InputError("There is no strategy to simulate; name at least one.")
    # Made here, since a name registered in this process means nothing in a worker.
    return {label: as_strategy(given, goal) for label, given in chosen.items()}


def _list_sources(details: dict[str, Any]) -> dict[str, str]:
    kinds = (("dataset", "datasets"), ("strategy", "strategies"))
    return {f"{one} {name}": text for one, all_ in kinds for name, text in details[all_].items()}
