"""The model to ship: what it is fitted on beside the labels, and where it decides.

A search for positives labels the hard negatives, those that look positive, and hardly any of
the easy ones. A model fitted on such labels alone ranks the rest of the pool poorly. Where the
class sought is rare, random unlabelled rows are nearly all negative and fill the gap. Each of
them counts for little, so that the few positives among them do no harm.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier

from .arrays import Codes, Floats, Matrix, Rows
from .errors import InputError
from .matrix import take
from .models.classifier import FittedClassifier, fit_classifier
from .models.held_out import held_out_probabilities
from .models.prior import PriorCorrected, correct_prior, estimated_prior
from .models.threshold import best_threshold
from .models.weights import takes_weights
from .unlabelled import Unlabelled

_MOST = 300
_WEIGHT = 2.0  # of all presumed negatives together, for each known positive
_RICHER = 2.5  # times the pool's share of positives, from which on labels are those of a search
_AT_LEAST = 0.1  # of the mean probability of unlabelled rows is their share of positives
_SAMPLE = 5_000
_FOLDS = 5
_FAR = 25.0  # log odds


class Presumed(NamedTuple):
    """Unlabelled rows that a fit takes for negative.

    Attributes
    ----------
    rows : ndarray of int64
        Global ids.
    weight : float
        What each counts for, a labelled row counting 1.
    """

    rows: Rows
    weight: float = 1.0


NOBODY = Presumed(np.empty(0, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Learned:
    """All that a session knows, in the form that models are fitted from.

    Attributes
    ----------
    X : matrix of n rows
        What the model reads, of the whole pool.
    rows, codes : ndarray of shape (m,)
        Labelled rows, and their labels as positions in `classes`.
    classes : ndarray of shape (k,)
    sought : tuple of int
        Positions of the class or classes sought.
    unlabelled : Unlabelled
        Rows that can still be asked.
    seed : sequence of int
    """

    X: Matrix
    rows: Rows
    codes: Codes
    classes: np.ndarray[Any, Any]
    sought: tuple[int, ...]
    unlabelled: Unlabelled
    seed: tuple[int, ...]

    def fit(
        self,
        model: Any,
        presumed: Presumed = NOBODY,
        *,
        earlier: FittedClassifier | None = None,
    ) -> FittedClassifier:
        """Fit ``model`` on the labelled rows, and on ``presumed`` ones as not sought.

        A network that is to start warm goes on from ``earlier``.
        """
        rows, codes, weights = self._with(presumed)
        X, y = take(self.X, rows), self.classes[codes]
        return fit_classifier(model, X, y, self.classes, self._seed(), weights, earlier)

    def presumed(self, model: Any) -> Presumed:
        """Rows that the final fit of ``model`` may presume negative; none but for two classes."""
        if len(self.classes) != 2:
            return NOBODY
        positives = int(np.isin(self.codes, self.sought).sum())
        rng = np.random.default_rng(self.seed)
        return presumed_negatives(self.unlabelled, positives, rng, weighted=takes_weights(model))

    def suffices(self, presumed: Presumed) -> bool:
        """Whether there are rows of two classes to fit on, ``presumed`` ones among them."""
        return len(np.unique(self._with(presumed)[1])) > 1

    def of_a_search(self, fitted: FittedClassifier, presumed: Presumed) -> bool:
        """Whether the labels hold many more positives than the pool, as ``fitted`` sees it.

        Labels of a random sample show the easy negatives themselves, and those of one class none.

        Parameters
        ----------
        fitted : FittedClassifier
            Fitted with ``presumed`` rows.
        presumed : Presumed
        """
        if not self.suffices(NOBODY):
            return True
        share = self._of_pool(float(self._sought(self._of_sample(fitted)).mean()))
        return float(np.isin(self.codes, self.sought).mean()) >= _RICHER * share

    def calibrated(
        self, shipped: Any, fitted: FittedClassifier, data: Matrix, presumed: Presumed
    ) -> PriorCorrected:
        """``shipped`` with its probabilities moved to the share of positives in the pool.

        The share is the one that best explains what the model says of unlabelled rows, and no
        less than the positives that are known.

        Parameters
        ----------
        shipped : fitted classifier
            Takes rows of ``data``.
        fitted : FittedClassifier
            The same fit, which takes rows of `X`.
        data : the pool as handed in
        presumed : Presumed
            Those of its fit.
        """
        trained, rest = self._trained(presumed), self._of_sample(fitted)
        prior = self._moved_to(self._prevalence(rest, trained), trained, fitted, rest)
        # The model's columns may stand in another order than the declared classes.
        own = [self.classes.tolist().index(label) for label in shipped.classes_.tolist()]
        moved = PriorCorrected(FrozenEstimator(shipped), prior=prior[own], trained=trained[own])
        return moved.fit(*self._one_each(data, presumed))

    def cut(self, fitted: FittedClassifier, model: Any, presumed: Presumed, target: Any) -> float:
        """From which probability of ``fitted`` on to call a row positive, for ``target``.

        It is chosen on probabilities from a cross-validation of ``model``, weighted to the
        prevalence that the model finds in the pool.

        Parameters
        ----------
        fitted : FittedClassifier
        model : the unfitted model of the same kind
        presumed : Presumed
            Those of its fit.
        target : see `motherlode.models.threshold.as_target`

        Raises
        ------
        InputError
            If there are more than two classes, or fewer than two labelled rows of either.
        """
        if len(self.classes) != 2:
            raise InputError(
                f"A threshold is for two classes and there are {len(self.classes)}; leave it out."
            )
        if np.bincount(self.codes, minlength=2).min() < 2:
            raise InputError(
                "A threshold needs at least two labelled rows of each class, to hold some out; "
                "teach more of the rarer one or leave the threshold out."
            )
        rows, codes, weights = self._with(presumed)
        held_out = held_out_probabilities(
            model, take(self.X, rows), self.classes[codes], self.classes, folds=_FOLDS,
            seed=self._seed(), sample_weight=weights,
        )  # fmt: skip
        share = self._prevalence(self._of_sample(fitted), self._trained(presumed))
        positive = np.isin(codes, self.sought)
        return best_threshold(self._sought(held_out), positive, target, prevalence=share)

    def moved(self, cut: float, by: PriorCorrected) -> float:
        """A cut of a model's probabilities, as one of those that ``calibrated`` made of them."""
        sought = by.classes_.tolist().index(self.classes[self.sought[0]].item())
        both = correct_prior([_two(sought, cut)], by.trained_prior_, by.prior_)
        return float(both[0, sought])

    def deciding(self, shipped: Any, cut: float, data: Matrix) -> FixedThresholdClassifier:
        """``shipped``, which takes rows of ``data``, with its decision at a cut."""
        decided = FixedThresholdClassifier(
            FrozenEstimator(shipped),
            threshold=cut,
            pos_label=self.classes[self.sought[0]].item(),
            response_method="auto" if not hasattr(shipped, "predict_proba") else "predict_proba",
        )
        return decided.fit(*self._one_each(data, NOBODY))

    def _trained(self, presumed: Presumed) -> Floats:
        """The shares of the two classes in a fit."""
        _, codes, weights = self._with(presumed)
        counts = np.bincount(codes, weights, minlength=2)
        return np.asarray(counts / counts.sum())

    def _of_sample(self, fitted: FittedClassifier) -> Floats:
        """What a model says of a random sample of the unlabelled rows."""
        size = min(_SAMPLE, len(self.unlabelled))
        rows = self.unlabelled.sample(size, np.random.default_rng(self.seed))
        return fitted.predict_proba(take(self.X, rows))

    def _prevalence(self, rest: Floats, trained: Floats) -> float:
        """The share of positives in the pool, as far as can be told from what is said of some.

        Saerens' estimate errs low, often to nothing, where few of many positives were shown; the
        mean probability errs high where the model is shy. So it is half-way between, by ratio.
        """
        if not len(rest):
            return self._of_pool(float(trained[self.sought[0]]))
        mean = float(self._sought(rest).mean())
        em = float(estimated_prior(rest, trained)[self.sought[0]])
        return self._of_pool(float(np.sqrt(mean * max(em, _AT_LEAST * mean))))

    def _of_pool(self, left: float) -> float:
        """The share in the pool, given that among unlabelled rows."""
        sought, n = self.sought[0], len(self.rows) + len(self.unlabelled)
        found = (self.codes == sought).sum() + left * len(self.unlabelled)
        return float(_two(sought, found / n)[sought])

    def _moved_to(
        self, share: float, trained: Floats, fitted: FittedClassifier, rest: Floats
    ) -> Floats:
        """The prior under which the model's mean probability, over the pool, is ``share``.

        It is not the share itself: rows that were picked are harder than most of their class.
        """
        sought, known = self.sought[0], fitted.predict_proba(take(self.X, self.rows))
        each = len(self.unlabelled) / max(len(rest), 1)
        weights = np.concatenate([np.ones(len(known)), np.full(len(rest), each)])
        P = np.concatenate([known, rest])

        def excess(log_odds: float) -> float:
            prior = _two(sought, float(expit(log_odds)))
            mean = np.average(correct_prior(P, trained, prior)[:, sought], weights=weights)
            return float(mean) - share

        if excess(-_FAR) > 0 or excess(_FAR) < 0:  # probabilities of 0 and 1 cannot be moved
            return trained
        return _two(sought, float(expit(brentq(excess, -_FAR, _FAR))))

    def _one_each(self, data: Matrix, presumed: Presumed) -> tuple[Matrix, np.ndarray[Any, Any]]:
        """A row of each class: enough to 'fit' what wraps a model that is fitted already."""
        rows, codes, _ = self._with(presumed)
        positive = np.isin(codes, self.sought)
        each = np.array([positive.argmin(), positive.argmax()])
        return take(data, rows[each]), self.classes[codes[each]]

    def _with(self, presumed: Presumed) -> tuple[Rows, Codes, Floats | None]:
        """Rows, codes and weights of a fit; None where all count alike."""
        if not len(presumed.rows):
            return self.rows, self.codes, None
        other = next(c for c in range(len(self.classes)) if c not in self.sought)
        each = [np.ones(len(self.rows)), np.full(len(presumed.rows), presumed.weight)]
        return (
            np.concatenate([self.rows, presumed.rows]),
            np.concatenate([self.codes, np.full(len(presumed.rows), other)]),
            np.concatenate(each) if presumed.weight != 1.0 else None,
        )

    def _sought(self, P: Floats) -> Floats:
        return np.asarray(P[:, list(self.sought)].sum(axis=1))

    def _seed(self) -> int:
        return int(np.random.SeedSequence(self.seed).generate_state(1)[0]) % (2**31)


def _two(position: int, share: float) -> Floats:
    """The shares of two classes, from that of the one at ``position``; never 0 or 1."""
    shares = np.full(2, 1.0 - min(max(share, 1e-12), 1.0 - 1e-12))
    shares[position] = 1.0 - shares[0]
    return shares


def presumed_negatives(
    unlabelled: Unlabelled, positives: int, rng: np.random.Generator, *, weighted: bool
) -> Presumed:
    """Unlabelled rows to presume negative in the final fit of two classes.

    Up to 300 random ones, which together count for twice as much as the known positives.
    Among ``n`` of them hide some ``n p`` positives at a prevalence ``p``, which count for
    ``2 p`` times the known ones: at 1 in 20 a tenth, however few are known.

    Parameters
    ----------
    unlabelled : Unlabelled
        Rows to draw from.
    positives : int
        Labelled rows of the class sought.
    rng : numpy Generator
    weighted : bool
        Whether the model can be told what a row counts for. One that can't gets fewer rows
        instead, two for each known positive.

    Returns
    -------
    Presumed
        Without rows where no positive is known.

    References
    ----------
    Mordelet & Vert (2014), A bagging SVM to learn from positive and unlabeled examples, Pattern
    Recognition Letters 37 (unlabelled rows taken for negative, few of them at a time).
    """
    total = _WEIGHT * positives
    n = min(_MOST, len(unlabelled)) if weighted else int(min(_MOST, total, len(unlabelled)))
    if not positives or not n:
        return NOBODY
    weight = min(1.0, total / n) if weighted else 1.0
    return Presumed(unlabelled.sample(n, rng), weight)
