"""Motherlode's default, a label at a time."""

from time import perf_counter

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.screening.reviews import Deal
from benchmarks.screening.session import Session
from motherlode import ActiveLearner, Pool

ARMS = {"motherlode": "both", 'motherlode, goal "find"': "find"}
"""The goal of each arm; all else is the default."""


def screen(version: str, deal: Deal, arm: str, start: str, seed: int) -> Session:
    """Lead a learner until the last inclusion is read."""
    with threadpool_limits(1, user_api="blas"):
        began = perf_counter()
        pool = Pool(deal.texts())
        learner = ActiveLearner(pool, [0, 1], minority=1, goal=ARMS[arm], seed=seed)
        known = deal.known(start)
        learner.teach(known, np.ones(len(known), dtype=int))
        left, answers = int(deal.included.sum()) - len(known), ""
        while answers.count("1") < left:
            rows = learner.query(1).rows
            learner.teach(rows, deal.included[rows].astype(int))
            answers += "1" if deal.included[rows[0]] else "0"
        seconds = perf_counter() - began
    records = len(deal.included) - len(known)
    return Session(
        deal.review, arm, start, seed, records, left, answers, round(seconds, 3), version
    )
