"""A pool on Dask workers: two processes, one of which dies in the middle of a round."""

import gc
import os
import signal
import time
from multiprocessing import forkserver

import forked  # noqa: F401  what the fork server has loaded
import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode.learner._candidates import RandomRows
from motherlode.strategies import KDE, Interleave, Margin, MostLikely, Random, Strategy

dask = pytest.importorskip("dask")
distributed = pytest.importorskip("distributed")
da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")

N = 1_000
RNG = np.random.default_rng(0)
Y = (RNG.random(N) < 0.1).astype(int)
X = RNG.normal(size=(N, 4)) + 2.0 * Y[:, None]
FRAME = pd.DataFrame(X, columns=list("abcd"))
MIXED = FRAME.assign(
    colour=RNG.choice(["red", "green", "blue"], N), b=FRAME["b"].where(RNG.random(N) < 0.9)
)
POINTWISE = [
    "random",
    "margin",
    "entropy",
    "most_likely",
    "continuous_learning",
    "query_by_committee",
    Interleave(MostLikely(), Margin(), Random()),
]


@pytest.fixture(scope="module")
def cluster():
    # Workers are forked too; the server is started first, as Dask would change what it preloads.
    forkserver.ensure_running()
    # Any free port: None means 8787, which another test process may hold.
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}),
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
        ) as cluster,
    ):
        yield cluster


@pytest.fixture
def client(cluster):
    with distributed.Client(cluster) as client:
        client.wait_for_workers(2)
        yield client


def rounds(pool, strategy, model=None, n=2, **settings):
    made = ActiveLearner(
        pool,
        [0, 1],
        LogisticRegression() if model is None else model,
        strategy,
        **({"minority": 1, "seed": 2} | settings),
    )
    start = np.concatenate([np.flatnonzero(c == Y)[:4] for c in (0, 1)])
    made.teach(start, Y[start])
    for _ in range(n):
        rows = made.query(6).rows
        made.teach(rows, Y[rows])
    return made


@pytest.mark.parametrize("strategy", POINTWISE, ids=str)
def test_the_same_rows_are_asked_as_in_memory(client, strategy):
    whole = rounds(Pool(X), strategy).labelled[0].tolist()
    array = da.from_array(X, chunks=(300, 2))
    assert rounds(Pool.from_dask(array), strategy).labelled[0].tolist() == whole


@pytest.mark.parametrize("strategy", ["random", "query_by_committee", POINTWISE[-1]], ids=str)
def test_the_same_rows_of_a_frame_are_asked_as_in_memory(client, strategy):
    # What a pool reads of partitions is one thing, and what a strategy does with it another.
    frame = dd.from_pandas(FRAME, npartitions=3)
    whole = rounds(Pool(FRAME), strategy).labelled[0].tolist()
    assert rounds(Pool.from_dask(frame), strategy).labelled[0].tolist() == whole


def test_a_forest_and_a_final_model(client):
    model = RandomForestClassifier(10, random_state=0)
    pool = Pool.from_dask(dd.from_pandas(FRAME, npartitions=4))
    made, twin = rounds(pool, "margin", model), rounds(Pool(FRAME.to_numpy()), "margin", model)
    assert made.labelled[0].tolist() == twin.labelled[0].tolist()
    assert made.final_model().predict_proba(FRAME) == pytest.approx(
        twin.final_model().predict_proba(FRAME.to_numpy())
    )
    assert made.predict_proba([3, 999, 3]) == pytest.approx(twin.predict_proba([3, 999, 3]))


def test_mixed_columns_are_encoded_on_the_workers(client):
    pool = Pool.from_dask(dd.from_pandas(MIXED, npartitions=3))
    whole = Pool(MIXED)
    some = np.array([999, 0, 500, 500])
    assert pool.features.take(some) == pytest.approx(whole.features[some], abs=1e-6)
    wanted = MIXED.iloc[some].reset_index(drop=True)
    pd.testing.assert_frame_equal(pool[some], wanted, check_dtype=False)
    assert rounds(pool, "margin").labelled[0].tolist() == (
        rounds(whole, "margin").labelled[0].tolist()
    )


def test_what_needs_rows_side_by_side_works_on_those_in_memory(client):
    pool = Pool.from_dask(da.from_array(X, chunks=(300, 4)))
    for strategy in (KDE(region="dense"), "auto"):
        asked = rounds(pool, strategy).labelled[0].tolist()
        assert asked == rounds(Pool(X), strategy).labelled[0].tolist()
    few = rounds(pool, KDE(region="dense"), candidates=RandomRows(50))
    assert len(set(few.labelled[0].tolist())) == 20
    with pytest.raises(InputError, match="stay on the Dask workers"):
        _ = pool.points


def test_partitions_may_be_empty(client):
    frame = dd.from_pandas(FRAME, npartitions=5)
    frame = frame[frame["a"] > frame["a"].compute().iloc[:400].max()]
    rows = FRAME[FRAME["a"] > FRAME["a"].iloc[:400].max()]
    assert len(Pool.from_dask(frame)) == len(rows)


class Slow(LogisticRegression):
    """Leaves time for something to happen."""

    def predict_proba(self, X):
        time.sleep(0.05)
        return super().predict_proba(X)


def test_a_worker_that_dies_in_the_middle_of_a_round_changes_nothing(cluster, client):
    pool = Pool.from_dask(da.from_array(X, chunks=(25, 4)))
    whole = rounds(Pool(X), "margin", n=1).query(6).rows.tolist()
    made = rounds(pool, "margin", Slow(), n=1)
    victim = client.run(os.getpid)
    doomed = sorted(victim.values())[0]
    killer = distributed.threadpoolexecutor.ThreadPoolExecutor(1)
    killed = killer.submit(lambda: (time.sleep(0.4), os.kill(doomed, signal.SIGKILL)))
    assert made.query(6).rows.tolist() == whole
    killed.result()
    client.wait_for_workers(2, timeout=60)
    assert doomed not in client.run(os.getpid).values()
    assert made.query(6).rows.tolist() == whole


def test_a_worker_that_dies_as_a_round_begins_changes_nothing(client):
    """It holds what was about to be sent to all."""
    made = rounds(Pool.from_dask(da.from_array(X, chunks=(25, 4))), "margin", n=1)
    whole = rounds(Pool(X), "margin", n=1).query(6).rows.tolist()
    doomed = sorted(client.run(os.getpid).values())[0]
    os.kill(doomed, signal.SIGKILL)
    assert made.query(6).rows.tolist() == whole
    client.wait_for_workers(2, timeout=60)


@pytest.mark.parametrize(
    "collection", [lambda: da.from_array(X, chunks=(300, 4)), lambda: dd.from_pandas(FRAME, 3)]
)
def test_persisted_rows_stay_while_the_pool_is_there(client, collection):
    pool = Pool.from_dask(collection().persist())
    gc.collect()
    assert len(rounds(pool, "margin", n=1).query(6)) == 6


class Broken(Strategy):
    pointwise = True

    def utilities(self, view):
        raise InputError("nothing to say")


def test_errors_come_through(client):
    pool = Pool.from_dask(da.from_array(X, chunks=(300, 4)))
    with pytest.raises(InputError, match="nothing to say"):
        ActiveLearner(pool, [0, 1], strategy=Broken()).query()
    with pytest.raises(InputError, match="give a dask DataFrame or Array"):
        Pool.from_dask(FRAME)
    with pytest.raises(InputError, match="1 dimensions"):
        Pool.from_dask(da.zeros(5))
    with pytest.raises(InputError, match="no finite numbers"):
        Pool.from_dask(da.full((5, 2), np.nan))


def test_encoders_are_for_pools_in_memory(client):
    with pytest.raises(InputError, match="encode its rows first"):
        Pool.from_dask(da.zeros((8, 2), chunks=(4, 2)), features=lambda X: X)


def test_a_client_is_needed():
    with pytest.raises(InputError, match="needs a client"):
        Pool.from_dask(da.from_array(X))
