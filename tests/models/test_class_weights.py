import numpy as np
import pytest
from catboost import CatBoostClassifier
from lightgbm import LGBMClassifier
from sklearn.ensemble import BaggingClassifier, VotingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from xgboost import XGBClassifier

from motherlode import ActiveLearner
from motherlode.models._class_weights import without_class_weights

WEIGHTED = {
    "xgboost": (XGBClassifier(scale_pos_weight=30, max_depth=2), "scale_pos_weight"),
    "lightgbm": (LGBMClassifier(scale_pos_weight=9, num_leaves=5), "scale_pos_weight"),
    "lightgbm, unbalanced": (LGBMClassifier(is_unbalance=True), "is_unbalance"),
    "lightgbm, by class": (LGBMClassifier(class_weight="balanced"), "class_weight"),
    "catboost": (CatBoostClassifier(auto_class_weights="Balanced"), "auto_class_weights"),
    "catboost, by class": (CatBoostClassifier(class_weights=(1, 9)), "class_weights"),
    "catboost, scaled": (CatBoostClassifier(scale_pos_weight=9), "scale_pos_weight"),
    "line": (LogisticRegression(class_weight={0: 1, 1: 9}), "class_weight"),
}
AROUND = {
    "bare": lambda model: model,
    "pipeline": lambda model: make_pipeline(StandardScaler(), model),
    "search": lambda model: GridSearchCV(model, {}),
    "searched": lambda model: GridSearchCV(make_pipeline(model), {"steps": [[("m", model)]]}),
    "bag": lambda model: BaggingClassifier(make_pipeline(model)),
    "vote": lambda model: VotingClassifier([("m", model), ("l", LogisticRegression())]),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", WEIGHTED)
def test_the_model_that_asks_has_no_weights_and_the_final_one_has(name, around):
    model, setting = WEIGHTED[name]
    learner = ActiveLearner(np.eye(4), [0, 1], AROUND[around](model))
    value = str(model.get_params()[setting])
    assert said(learner.model, setting) == {value}
    assert said(learner.query_model, setting) <= {"None", "False"}
    other = {n: v for n, v in model.get_params().items() if n != setting}
    if around == "bare":
        assert {n: learner.query_model.get_params()[n] for n in other} == other


def said(model, setting):
    """All values of a setting in a model, in whatever it holds."""
    if isinstance(model, list | tuple):
        return set().union(*(said(part, setting) for part in model))
    if isinstance(model, dict):
        return said(list(model.values()), setting)
    if not hasattr(model, "get_params"):
        return set()
    own = model.get_params(deep=False)
    inside = said([v for n, v in own.items() if n != setting], setting)
    is_boosted_or_line = "estimator" not in own and "estimators" not in own and "steps" not in own
    of_line = isinstance(model, LogisticRegression) and setting != "class_weight"
    wants = setting in own and is_boosted_or_line and not of_line
    plain = isinstance(model, LogisticRegression) and own.get(setting) is None
    return inside | ({str(own[setting])} if wants and not plain else set())


def test_weights_are_no_settings_to_search():
    search = GridSearchCV(
        XGBClassifier(), [{"scale_pos_weight": [1, 30], "max_depth": [2]}, {"max_depth": [3]}]
    )
    assert without_class_weights(search).param_grid == [{"max_depth": [2]}, {"max_depth": [3]}]
    assert "scale_pos_weight" in search.param_grid[0]


def test_a_model_without_weights_is_given_back():
    for model in (XGBClassifier(scale_pos_weight=1), LGBMClassifier(), CatBoostClassifier()):
        assert without_class_weights(model) is model
