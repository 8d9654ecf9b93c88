"""Find and learn the rare class in a large unlabelled pool, with as few labels as possible."""

from .asking import Query
from .errors import InputError
from .learner import ActiveLearner
from .pool import Pool

__all__ = ["ActiveLearner", "InputError", "Pool", "Query", "__version__"]

__version__ = "0.1.0"
