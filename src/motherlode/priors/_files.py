"""Priors as JSON: what can be written down, and for the rest the sentence that says so.

Scores lie in an Arrow file beside, which JSON names by a digest of its content.
"""

import re
from pathlib import Path
from typing import Any

import numpy as np

from .._rows.whole_file import write_whole
from ..errors import InputError
from ._given import Column, Scores
from ._keywords import Keywords
from ._prior import Prior
from ._sentence import Sentence

_NEEDS_ARROW = (
    'Scores are written as Arrow, which needs pyarrow: pip install "motherlode[parquet]".'
)


def to_json(prior: Prior, folder: Path | None = None) -> dict[str, Any]:
    """Write a prior down.

    Parameters
    ----------
    prior : Prior
        A sentence, keywords, a column or scores.
    folder : path, optional
        Where the file of `Scores` is put; other priors need none.

    Returns
    -------
    dict
        For `from_json`; it holds texts and lists alone.

    Raises
    ------
    InputError
        For a model, a function or a prior of your own, which has to be given again.
    """
    if isinstance(prior, Sentence) and prior.encoder in (None, "minilm"):
        return {"prior": "sentence", "text": prior.text, "encoder": prior.encoder}
    if isinstance(prior, Keywords):
        return {"prior": "keywords", "words": list(prior.words)}
    if isinstance(prior, Column):
        return {"prior": "column", "name": prior.name}
    if isinstance(prior, Scores):
        return {"prior": "scores", "file": _write_scores(prior, folder)}
    raise InputError(
        f"The prior is {prior.describe()}, which cannot be written down; give it again by prior= "
        "when this is opened."
    )


def from_json(said: dict[str, Any], folder: Path | None = None) -> Prior:
    """Make the prior that `to_json` wrote down.

    Parameters
    ----------
    said : dict
        What `to_json` gave.
    folder : path, optional
        Where the file of `Scores` lies.

    Returns
    -------
    Prior

    Raises
    ------
    InputError
        If it is none, or its file is missing or damaged.
    """
    try:
        kind = said["prior"]
        if kind == "sentence":
            return Sentence(said["text"], said.get("encoder"))
        if kind == "keywords":
            return Keywords(tuple(said["words"]))
        if kind == "column":
            return Column(str(said["name"]))
        if kind == "scores":
            return _read_scores(said["file"], folder)
    except (KeyError, TypeError):
        pass
    raise InputError(f"The prior {said!r} cannot be read; state it anew.")


def _write_scores(prior: Scores, folder: Path | None) -> str:
    if folder is None:
        raise InputError(
            f"The prior is {prior.describe()}, which need a file; give the folder to write it to."
        )
    try:
        import pyarrow as pa
    except ImportError:
        raise InputError(_NEEDS_ARROW) from None
    name = prior.file_name
    table = pa.table({"score": prior.values})
    with write_whole(folder / name) as made, pa.ipc.new_file(str(made), table.schema) as writer:
        writer.write_table(table)
    return name


def _read_scores(name: Any, folder: Path | None) -> Scores:
    try:
        import pyarrow as pa
    except ImportError:
        raise InputError(_NEEDS_ARROW) from None
    if folder is None or not isinstance(name, str) or not re.fullmatch(r"prior-\w+\.arrow", name):
        raise InputError("The scores of the prior lie in a file, which is not named; give prior=.")
    try:
        table = pa.ipc.open_file(pa.BufferReader((folder / name).read_bytes())).read_all()
        found = Scores(np.asarray(table["score"]))
    except (OSError, KeyError, pa.ArrowException):
        raise InputError(
            f"The scores of the prior in {folder / name} are missing or damaged; give prior=."
        ) from None
    if name != found.file_name:
        raise InputError(f"The scores of the prior in {folder / name} are not those written there.")
    return found
