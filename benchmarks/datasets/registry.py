"""The names of all sets, which half they belong to, and loading by name."""

from benchmarks.datasets import images, keel, mail, mlbench, surveys, text, wordnet
from benchmarks.datasets.dataset import Dataset, Entry
from motherlode.errors import InputError

ENTRIES: dict[str, Entry] = {
    **keel.ENTRIES,
    **mlbench.ENTRIES,
    **surveys.ENTRIES,
    **text.ENTRIES,
    **mail.ENTRIES,
    **wordnet.ENTRIES,
    **images.ENTRIES,
}

DEVELOP = (
    "satimage",
    "wine_red4",
    "caravan",
    "car_vgood",
    "shuttle_fpvopen",
    "shuttle_fpvclose",
    "census_income",
    "sms_spam",
    "reuters_gold",
    "reuters_grain",
    "digits8",
)
"""Sets that defaults are tuned on."""

JUDGE = (
    "abalone19",
    "sylva",
    "page_blocks",
    "yeast6",
    "letter_z",
    "fars_unknown",
    "news_religion",
    "spamassassin20",
    "tweets_positive",
    "wordnet_feeling",
    "wordnet_food",
    "mnist9_200",
)
"""Sets that no default has seen."""

NAMES = DEVELOP + JUDGE
"""Every set that `load` knows."""


def load(name: str) -> Dataset:
    """Read one data set.

    Parameters
    ----------
    name : str
        One of `NAMES`.

    Returns
    -------
    Dataset

    Raises
    ------
    InputError
        If the name is unknown, or if the package holds other rows than it used to.
    NotFetched
        If its package is not on this machine.
    """
    if name not in ENTRIES:
        raise InputError(f"there is no data set {name!r}; choose from {', '.join(NAMES)}")
    return ENTRIES[name].load(name)


def available() -> dict[str, str | None]:
    """Which sets can be loaded here: None if it can, else what is missing.

    Returns
    -------
    dict of str to (str or None)
        In the order of `NAMES`.
    """
    return {name: ENTRIES[name].missing() for name in NAMES}
