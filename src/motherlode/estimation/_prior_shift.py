"""How common a class is where no label is: from what a model says of the rows."""

from ..models._prior import correct_prior, estimated_prior

__all__ = ["PRIOR_CAVEAT", "correct_prior", "estimated_prior"]

PRIOR_CAVEAT = (
    "This holds if the rows of a class look alike where the model was trained and where it is "
    "used. Rows that an active learner picked do not look like the rest of their class, so after "
    "such training it is biased: calibrate on rows drawn at random instead."
)
"""What has to be said wherever such a number is shown."""
