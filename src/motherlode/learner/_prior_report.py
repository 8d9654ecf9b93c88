"""What a prior did in a search, and how right it was."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._inert.description import Described, Description, pluralise
from .._round.stated_prior import MATERIAL, SAYS_NOTHING
from ..errors import InputError
from ..estimation._exact import binomial_interval
from ..estimation._separation import estimate_separation
from ..estimation._value import Estimate, MaybeEstimate, NoEstimate
from ..priors._slope import Slope
from ..session import CONTROL
from ..strategies._review import ContinuousLearning

_FIRST = 0.1  # of the pool by the prior: the rows that it says to look at
_FIRST_FROM = 1.2815515655446004  # the normal score from which on rows are among them
_SPEAKS_FOR = "It speaks of the rows that were unlabelled when they were drawn."


@dataclass(frozen=True, repr=False)
class PriorReport(Described):
    """What was stated, what weight the labels leave it, and how right it was.

    Attributes
    ----------
    stated : str
        What was stated, in a few words.
    slope : Slope
        Its weight beside the model: log odds for one standard deviation of it, with an interval
        (``low``, ``high``). 0 means that it tells nothing beside the model, and a negative one that
        it is the wrong way round.
    labels : int
        Labels so far.
    moved_up : int
        Labelled rows among those that were asked whose odds the prior at least doubles, by the
        present slope.
    separation : Estimate or NoEstimate
        The probability that a positive has a higher score than another row (the area under the
        ROC curve), of control draws.
    precision : Estimate or NoEstimate
        The share of positives among control draws in the tenth of the pool that the prior puts
        first.
    share : Estimate or NoEstimate
        The share of positives among all control draws, to compare with.
    separation_of_labels : float
        The same as `separation` of all labels, which a search has chosen, so it is biased; NaN
        without labels of both kinds.
    says_nothing : bool
        Whether the prior tells no row of the pool from another: none holds its words, say.
    """

    stated: str
    slope: Slope
    labels: int
    moved_up: int
    separation: MaybeEstimate
    precision: MaybeEstimate
    share: MaybeEstimate
    separation_of_labels: float
    says_nothing: bool = False

    @property
    def verdict(self) -> str:
        """What the labels say of the prior, in a sentence."""
        if self.says_nothing:
            return f"It {SAYS_NOTHING}"
        if self.slope.high < 0:
            return "The labels say that it is the wrong way round, and it is used so."
        if self.slope.low > 0:
            return "The labels say that it tells something beside the model."
        return "The labels do not tell yet whether it tells something beside the model."

    def _describe(self) -> Description:
        s = self.slope
        facts = [
            ("slope", f"{s.value:.2g} (95%: {s.low:.2g} to {s.high:.2g}). {self.verdict}"),
            ("moved up by the prior", f"{self.moved_up:,} of {pluralise(self.labels, 'label')}"),
            ("a positive before another row, on control draws", str(self.separation)),
            (f"positives in its first {100 * _FIRST:.0f} %, on control draws", str(self.precision)),
            ("positives among all control draws", str(self.share)),
        ]
        if np.isfinite(self.separation_of_labels):
            said = f"{self.separation_of_labels:.2g}, biased: a search chose these rows"
            facts.append(("a positive before another row, on all labels", said))
        return Description("PriorReport", self.stated, facts)


def report_prior(learner: Any) -> PriorReport:
    """Report on the prior of a learner."""
    training = learner.training_set
    prior = training.prior
    if prior is None:
        raise InputError(
            "No prior is stated, so there is nothing to report; state one by learner.prior = ..."
        )
    channels = np.array(learner.channels, dtype=object)
    positive, scores = training.is_positive, prior.at(training.rows)
    drawn = channels == CONTROL
    slope = _slope_of(learner)
    asked = (channels == "query") & (slope.value * scores >= MATERIAL)
    separation = estimate_separation(positive, scores)
    first = drawn & (scores >= _FIRST_FROM)
    return PriorReport(
        prior.prior.describe(),
        slope,
        len(training.rows),
        int(asked.sum()),
        estimate_separation(positive[drawn], scores[drawn], speaks_for=_SPEAKS_FOR),
        _share(positive[first], f"in the first {100 * _FIRST:.0f} % by the prior"),
        _share(positive[drawn], "of any score"),
        separation.value if isinstance(separation, Estimate) else float("nan"),
        prior.says_nothing,
    )


def _slope_of(learner: Any) -> Slope:
    """Fit the slope beside the model that asks the likeliest rows, or alone while there is none."""
    view = learner._view(learner.training_set.left, 1)
    found: Slope = view.prior_slope(ContinuousLearning().presumption)
    return found


def _share(positive: Any, where: str) -> MaybeEstimate:
    n, found = len(positive), int(np.sum(positive))
    if not n:
        return NoEstimate(f"No control draw {where} is labelled; have some drawn.")
    low, high = binomial_interval(found, n)
    return Estimate(
        found / n,
        low,
        high,
        0.95,
        f"{found} of {n} control draws {where}, with Clopper and Pearson's interval",
        "control draws are random",
        _SPEAKS_FOR,
        "share",
    )
