"""Networks ask the same rows of a pool on disk as of one in memory, a block at a time."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from motherlode import ActiveLearner, Pool
from motherlode._rows.blocks import Stored
from motherlode.models._neural.classifier import NetworkClassifier
from motherlode.strategies import BALD, Badge

from .networks import FRAMEWORKS, bells, classifier

X, Y = bells((1900, 100))
X = X.astype(np.float32)
TABLE = pa.table({name: X[:, i] for i, name in enumerate("abcd")})
BLOCK = 500


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """The same rows as a Parquet file and as an array that is mapped, left where they are."""
    monkeypatch.setattr("motherlode._files.opening.HELD", 0)
    monkeypatch.setattr("motherlode._rows.blocks._MOST", BLOCK)
    monkeypatch.setattr("motherlode._rows.blocks._FEWEST", BLOCK)
    parquet.write_table(TABLE, tmp_path / "pool.parquet", row_group_size=BLOCK)
    np.save(tmp_path / "pool.npy", X)
    return {form: Pool(tmp_path / f"pool.{form}") for form in ("parquet", "npy")}


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("strategy", ["margin", BALD(committee="mc_dropout"), Badge()], ids=str)
def test_the_same_rows_are_asked_as_in_memory(framework, strategy, stored, monkeypatch):
    seen = []
    forward = NetworkClassifier._forward

    def noted(self, rows, **how):
        seen.append(len(rows))
        return forward(self, rows, **how)

    monkeypatch.setattr(NetworkClassifier, "_forward", noted)
    assert isinstance(stored["parquet"].features, Stored)
    assert isinstance(stored["npy"].data.base, np.memmap)
    asked = []
    for pool in (Pool(TABLE), stored["parquet"], Pool(X), stored["npy"]):
        learner = ActiveLearner(pool, [0, 1], classifier(framework, epochs=2), strategy, minority=1)
        learner.teach(range(60), Y[:60])
        asked.append(learner.query(4).rows.tolist())
    assert asked[0] == asked[1]
    assert asked[2] == asked[3]
    assert max(seen) <= BLOCK
    assert sum(seen) >= 4 * (len(X) - 60)
