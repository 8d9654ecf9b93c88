"""Keep what takes long to read, so that it is made once a machine."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.datasets.packages import DATA
from benchmarks.proving.sources.source import Labelled

FOLDER = DATA / "proving"


def kept(name: str, make: Callable[[], Labelled], folder: Path = FOLDER) -> Labelled:
    """What `make` gives, from a file if it was made before.

    Parameters
    ----------
    name : str
        Of the file. Another content needs another name.
    make : callable
        Gives the rows and their classes.
    folder : Path
        Where the files are.

    Returns
    -------
    Labelled
    """
    path = folder / name
    for suffix, load in ((".npz", _array), (".parquet", _frame)):
        if (found := path.with_suffix(suffix)).exists():
            return load(found)
    made = make()
    folder.mkdir(parents=True, exist_ok=True)
    _save(path, made)
    return made


def _save(path: Path, made: Labelled) -> None:
    """Write under another name first, so that a reader never meets half a file."""
    part = path.with_name(f"{os.getpid()}-{path.name}.part")
    if isinstance(made.data, np.ndarray):
        with part.open("wb") as file:
            np.savez(file, data=made.data, labels=made.labels)
        part.replace(path.with_suffix(".npz"))
        return
    frame = pd.DataFrame({"text": made.data}) if isinstance(made.data, list) else made.data
    frame.assign(**{_LABEL: made.labels}).to_parquet(part)
    part.replace(path.with_suffix(".parquet"))


_LABEL = "the class"


def _array(path: Path) -> Labelled:
    with np.load(path) as held:
        return Labelled(held["data"], held["labels"])


def _frame(path: Path) -> Labelled:
    frame = pd.read_parquet(path)
    labels = frame.pop(_LABEL).to_numpy(dtype=str)
    return Labelled(frame["text"].tolist() if list(frame) == ["text"] else frame, labels)
