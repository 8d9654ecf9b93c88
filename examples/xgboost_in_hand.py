"""Find fraud with the XGBoost model that you have already.

    pip install motherlode xgboost pandas
    python examples/xgboost_in_hand.py

4,000 payments, one in fifty a fraud; classes are words. The settings of the model are in use
elsewhere and shall stay, `scale_pos_weight` too. One fraud is known. An auditor opens 100 payments,
ten at a time. The same model then scores new payments.
"""

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score
from xgboost import XGBClassifier

from motherlode import ActiveLearner, Pool


def payments(rows: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Make payments, and what an audit of each would say."""
    rng = np.random.default_rng(seed)
    fraud = rng.random(rows) < 0.02
    hour = np.where(fraud, rng.normal(3, 2, rows), rng.normal(14, 4, rows)).round() % 24
    table = pd.DataFrame(
        {
            "amount": np.exp(rng.normal(3 + 1.5 * fraud, 1, rows)).round(2),
            "hour": hour.astype(int),
            "account_age": rng.exponential(np.where(fraud, 90, 900)).round(),
            "channel": rng.choice(["shop", "web", "phone"], rows),
        }
    )
    return table, np.where(fraud, "fraud", "fine")


def main(labels: int = 100, rows: int = 4_000) -> dict[str, float]:
    """Audit, and say what was found and how well the model ranks new payments."""
    table, truth = payments(rows, seed=0)
    model = XGBClassifier(
        n_estimators=60, max_depth=4, learning_rate=0.2, min_child_weight=0,
        scale_pos_weight=20, n_jobs=1,
    )  # fmt: skip
    learner = ActiveLearner(Pool(table), ["fine", "fraud"], model, minority="fraud", seed=0)
    known = int(np.flatnonzero(truth == "fraud")[0])
    learner.teach([known], ["fraud"])
    for _ in range(labels // 10):
        query = learner.query(10)
        learner.teach(query, truth[query.rows])  # what the auditor says

    new, outcome = payments(rows, seed=1)
    final = learner.final_model()
    probability = final.predict_proba(new)[:, list(final.classes_).index("fraud")]
    said = {
        "found": int((learner.labelled[1] == "fraud").sum()) - 1,
        "by chance": labels * (truth == "fraud").mean(),
        "average precision": average_precision_score(outcome == "fraud", probability),
    }
    print(f"{labels} payments opened: {said['found']} frauds, {said['by chance']:.1f} by chance.")
    print(f"Average precision on {rows:,} new payments: {said['average precision']:.2f}")
    print(new.assign(probability=probability).nlargest(5, "probability").to_string(index=False))
    return said


if __name__ == "__main__":
    main()
