"""Settings under which scikit-learn's newer versions announce no change."""

from inspect import signature

from sklearn.linear_model import LogisticRegressionCV

_ANNOUNCES = "use_legacy_attributes" in signature(LogisticRegressionCV).parameters
OWN_FOLDS = {"l1_ratios": (0,), "use_legacy_attributes": False} if _ANNOUNCES else {}
