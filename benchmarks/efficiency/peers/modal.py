"""modAL's default."""

from dataclasses import dataclass

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from benchmarks.efficiency.peers.base import Peer, seed_of
from motherlode._round.view import View
from motherlode._rows.arrays import Floats
from motherlode._rows.matrix import take


@dataclass(frozen=True)
class ModalDefault(Peer):
    """Least confidence of a random forest, as in the first example of modAL's README.

    The rule is run by our own code, because the package does not run here: modAL-python 0.4.2.1
    calls scikit-learn with an argument, ``force_all_finite``, that has since been removed, so that
    ``ActiveLearner.fit`` and ``teach`` raise a TypeError. Its rule is one minus the highest class
    probability, everything alike where nothing has been fitted. Ties, which modAL leaves to
    ``numpy.argpartition``, are broken at random.
    """

    def utilities(self, view: View) -> Floats:
        """One minus the probability of the likeliest class."""
        if not len(view.labelled_rows):
            return np.zeros(len(view))
        X = view.pool.words
        forest = RandomForestClassifier(random_state=seed_of(view))
        forest.fit(take(X, view.labelled_rows), view.labelled_codes)
        return np.asarray(1 - forest.predict_proba(take(X, view.rows)).max(axis=1))
