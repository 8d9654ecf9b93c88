"""What every strategy keeps, one function for each."""

import copy
import pickle
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from .._rows.arrays import Floats
from ..learner import RandomRows, Stochastic
from ..pool import Pool
from ..strategies import Strategy
from ._check import require
from ._searches import Known, ask, begin, equal_rows, texts, three_classes, two_classes

NEEDS = ("nothing", "model", "committee", "geometry")


def check_what_it_is(strategy: Strategy, model: Any) -> None:
    """Require that it says in one line what it is, and what it needs."""
    said = str(strategy)
    require(0 < len(said) < 200, f"its text has {len(said)} characters; give it 1 to 199.")
    require("\n" not in said, "its text has more than one line.")
    known = ", ".join(map(repr, NEEDS))
    require(strategy.needs in NEEDS, f"needs is {strategy.needs!r}; choose one of {known}.")


def check_finite_in_every_state(strategy: Strategy, model: Any) -> None:
    """Require that utilities are finite while no class, one class or both are labelled."""
    known = two_classes()
    states = {
        "nothing is labelled": known.start[:0],
        "one common row is labelled": known.start[:1],
        "one rare row is labelled": known.start[-1:],
        "both classes are labelled": known.start,
    }
    for state, start in states.items():
        try:
            query = begin(strategy, model, known.begun(start)).query(6)
        except Exception as error:
            raise AssertionError(f"while {state}, {type(error).__name__}: {error}") from error
        finite = np.isfinite(query.utilities).all() and query.utilities.shape == (6,)
        require(finite, f"while {state}, the utilities of six rows are {query.utilities}.")
        require(len(set(query.rows)) == 6, f"while {state}, a row is asked twice in one query.")


def check_best_are_asked(strategy: Strategy, model: Any) -> None:
    """Require that each candidate has one utility, and those with the highest are asked."""
    made = begin(strategy, model, two_classes())
    view = made._view(made.unlabelled, 5)
    u = np.asarray(strategy.utilities(view))
    require(u.shape == (len(view),), f"{len(view)} candidates have utilities of shape {u.shape}.")
    asked, best = made.query(5).utilities, np.sort(u)[::-1][:5]
    require(
        np.allclose(asked, best, rtol=1e-6, atol=1e-12),
        f"the five rows asked have the utilities {asked}, and the five highest are {best}; give "
        "the same utilities for the same view each time.",
    )


def check_every_row_once(strategy: Strategy, model: Any) -> None:
    """Require that a search from nothing asks every row once, to the last."""
    known = two_classes()
    made, everyone = begin(strategy, model, known.begun([])), len(known.codes)
    done: set[int] = set()
    while len(done) < everyone:
        rows = made.query(min(8, len(made.unlabelled))).rows
        again = done & set(rows.tolist())
        require(not again, f"it asks again for rows that were answered: {sorted(again)}.")
        if not done:
            made.skip(rows[0])
        done |= set(rows.tolist())
        taught = rows[1:] if len(done) == len(rows) else rows
        made.teach(taught, known.codes[taught])
    require(len(made.unlabelled) == 0, f"{len(made.unlabelled)} rows were never asked.")


def check_reasons(strategy: Strategy, model: Any) -> None:
    """Require that every row that is asked has a reason of one line."""
    known = two_classes()
    for start in (known.start[:0], known.start[:1], known.start):
        reasons = begin(strategy, model, known.begun(start)).query(4).reasons
        require(len(reasons) == 4, f"four rows have {len(reasons)} reasons.")
        for reason in reasons:
            said = reason.strip() and "\n" not in reason
            require(said, f"the reason {reason!r} is empty or has more than one line.")


def check_names_of_classes(strategy: Strategy, model: Any) -> None:
    """Require that what the classes are called says nothing about what is asked."""
    known, asked = two_classes(), []
    named: list[list[Any]] = [[0, 1], ["z", "a"], [False, True]]
    for classes in named:
        asked.append(ask(begin(strategy, model, known, classes), known.codes, rounds=2))
    for classes, rows in zip(named[1:], asked[1:], strict=True):
        require(
            rows == asked[0],
            f"with the classes {classes} it asks rows {rows}, and with [0, 1] rows {asked[0]}; "
            "read view.labelled_codes and view.minority in place of the names.",
        )


def check_same_seed(strategy: Strategy, model: Any) -> None:
    """Require that the same seed asks the same rows."""
    known = two_classes()
    first, second = (
        ask(begin(strategy, model, known, seed=5), known.codes, rounds=2) for _ in range(2)
    )
    require(
        first == second,
        f"two searches with one seed ask rows {first} and {second}; draw from view.rng or "
        "view.random_numbers alone.",
    )


def check_asking_twice(strategy: Strategy, model: Any) -> None:
    """Require that asking twice without an answer between asks the same rows."""
    made = begin(strategy, model, two_classes())
    first, second = made.query(5), made.query(5)
    require(
        first.rows.tolist() == second.rows.tolist()
        and np.array_equal(first.utilities, second.utilities)
        and first.reasons == second.reasons,
        f"the first time it asks rows {first.rows.tolist()}, the second time "
        f"{second.rows.tolist()}, or gives them other utilities or reasons; keep nothing between "
        "rounds.",
    )


def check_copies(strategy: Strategy, model: Any) -> None:
    """Require that a copy, also one through pickle, has the same text and asks the same rows."""
    known = two_classes()
    rows = ask(begin(strategy, model, known), known.codes, rounds=1)
    copies = {
        "a pickled copy": pickle.loads(pickle.dumps(strategy)),  # nosec B301
        "a deep copy": copy.deepcopy(strategy),
        "a clone": clone(strategy),
    }
    for kind, other in copies.items():
        require(str(other) == str(strategy), f"{kind} is called {other}.")
        again = ask(begin(other, model, known), known.codes, rounds=1)
        require(again == rows, f"{kind} asks rows {again}, and it asks {rows}.")


def check_is_a_value(strategy: Strategy, model: Any) -> None:
    """Require that a copy is equal to it and has the same hash; a frozen dataclass of values is."""
    other = pickle.loads(pickle.dumps(strategy))  # nosec B301
    require(other == strategy, "a copy is not equal to it; make it a frozen dataclass.")
    require(hash(other) == hash(strategy), "a copy has another hash.")


def check_changes_nothing(strategy: Strategy, model: Any) -> None:
    """Require that a round changes neither rows, nor labels, nor the model, nor the strategy."""
    known, before = two_classes(), _inside(strategy)
    data, own = known.data.copy(), LogisticRegression() if model is None else clone(model)
    made = begin(strategy, own, known.of(data))
    made.pool.features.setflags(write=False)
    rows, labels = made.labelled
    made.query(5)
    require(np.array_equal(data, known.data), "it changes the rows of the pool.")
    points = np.array_equal(made.pool.points, Pool(known.data).points)
    require(points, "it changes view.pool.points.")
    kept = np.array_equal(made.labelled[0], rows) and np.array_equal(made.labelled[1], labels)
    require(kept, "it changes what is labelled.")
    fitted = [one for one in (own, made.query_model) if hasattr(one, "classes_")]
    require(not fitted, "it fits view.unfitted itself; fit a clone of it.")
    after = _inside(strategy)
    require(after == before, f"it changes from {before} to {after}; keep nothing between rounds.")


def _inside(strategy: Strategy) -> str:
    return repr(sorted(vars(strategy).items()))


def check_order_of_pool(strategy: Strategy, model: Any) -> None:
    """Require that where a row stands in the pool says nothing, unless rows are drawn at random."""
    known = two_classes()
    shuffled = np.random.default_rng(3).permutation(len(known.codes))
    back = np.argsort(shuffled)

    def measure(of: Known, seed: int = 0) -> Floats:
        made = begin(strategy, model, of, seed=seed)
        view = made._view(made.unlabelled, 5)
        out = np.full(len(of.codes), np.nan)
        out[view.rows] = strategy.utilities(view)
        return out

    plain = measure(known)
    if not np.array_equal(plain, measure(known, seed=1), equal_nan=True):
        return  # there is chance in it
    moved = measure(Known(known.data[shuffled], known.codes[shuffled], back[known.start]))[back]
    same = np.allclose(moved, plain, rtol=1e-6, atol=1e-9, equal_nan=True)
    first = int(np.argmax(~np.isclose(moved, plain, rtol=1e-6, atol=1e-9, equal_nan=True)))
    require(
        same,
        f"row {first} has the utility {plain[first]}, and {moved[first]} where the same rows stand "
        "in another order.",
    )


def check_three_classes(strategy: Strategy, model: Any) -> None:
    """Require that it works with three classes, of which one or two are positive."""
    known = three_classes()
    for minority in (2, [1, 2]):
        made = begin(strategy, model, known, [0, 1, 2], minority=minority)
        rows = ask(made, known.codes, rounds=2)
        fresh = len(set(rows)) == 8 and not set(rows) & set(known.start.tolist())
        require(fresh, f"with minority={minority} two queries of four ask rows {rows}.")


def check_class_not_seen(strategy: Strategy, model: Any) -> None:
    """Require that it works with three classes while the positive one is not labelled yet."""
    known = three_classes()
    made = begin(strategy, model, known.begun(known.start[:4]), [0, 1, 2], minority=2)
    utilities = made.query(5).utilities
    require(np.isfinite(utilities).all(), f"the utilities are {utilities}.")


def check_sparse(strategy: Strategy, model: Any) -> None:
    """Require that it works on a pool that is a sparse matrix."""
    known = two_classes()
    known = known.of(csr_matrix(np.where(known.data > 0.3, known.data, 0)))
    _asks_twelve(strategy, model, known)


def check_texts(strategy: Strategy, model: Any) -> None:
    """Require that it works on a pool of texts."""
    _asks_twelve(strategy, model, texts())


def check_equal_rows(strategy: Strategy, model: Any) -> None:
    """Require that it works where many rows are equal and a column has one value."""
    _asks_twelve(strategy, model, equal_rows())


def _asks_twelve(strategy: Strategy, model: Any, known: Known) -> None:
    rows = ask(begin(strategy, model, known), known.codes)
    require(len(set(rows)) == 12, f"three queries of four ask rows {rows}.")


def check_candidates_and_selection(strategy: Strategy, model: Any) -> None:
    """Require that it works on a part of the rows, and where the batch is drawn at random."""
    known = two_classes()
    made = begin(strategy, model, known, candidates=RandomRows(12), selection=Stochastic())
    for _ in range(3):
        query = made.query(3)
        fresh = len(set(query.rows)) == 3 and not set(query.rows) & set(made.labelled[0])
        require(fresh, f"a query of three asks rows {query.rows.tolist()}.")
        p = query.probabilities
        is_one = p is not None and ((p > 0) & (p <= 1)).all()
        require(is_one, f"the probabilities of the draws are {p}.")
        made.teach(query.rows, known.codes[query.rows])


def check_pointwise(strategy: Strategy, model: Any) -> None:
    """Require that a row's utility does not hang on the others, if it says ``pointwise``."""
    if not strategy.pointwise:
        return
    made = begin(strategy, model, two_classes())
    view = made._view(made.unlabelled, 5)
    whole, half = strategy.utilities(view), view.narrow(view.rows[::2])
    parts = strategy.utilities(half)
    require(
        np.allclose(parts, np.asarray(whole)[::2], rtol=1e-6, atol=1e-9),
        "it says pointwise=True, and utilities change where other rows are candidates.",
    )


ALL = (
    check_what_it_is,
    check_finite_in_every_state,
    check_best_are_asked,
    check_every_row_once,
    check_reasons,
    check_names_of_classes,
    check_same_seed,
    check_asking_twice,
    check_copies,
    check_is_a_value,
    check_changes_nothing,
    check_order_of_pool,
    check_three_classes,
    check_class_not_seen,
    check_sparse,
    check_texts,
    check_equal_rows,
    check_candidates_and_selection,
    check_pointwise,
)
