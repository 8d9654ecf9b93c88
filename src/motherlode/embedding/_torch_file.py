"""The arrays of a file that ``torch.save`` wrote, read without torch."""

import io
import pickle
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided

from ..errors import InputError

Weights = dict[str, np.ndarray[Any, Any]]


@dataclass(frozen=True)
class _Tensor:
    """Where an array lies: in which storage, from which number on, and how far apart."""

    storage: str
    dtype: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, numbers: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Take the array out of the numbers of its storage, or raise a `ValueError`."""
        last = self.offset + sum(
            (n - 1) * step for n, step in zip(self.shape, self.strides, strict=True)
        )
        if min(self.shape, default=1) < 1 or min(self.strides, default=0) < 0:
            raise ValueError
        if not 0 <= self.offset <= last < len(numbers):
            raise ValueError
        steps = [step * numbers.itemsize for step in self.strides]
        return as_strided(numbers[self.offset :], self.shape, steps, writeable=False)


def read_weights(content: bytes) -> Weights:
    """Read the arrays of a state dict, by name.

    Parameters
    ----------
    content : bytes
        A file as PyTorch wrote them up to release 1.5: five pickles, then the numbers. Nothing that
        the pickles name is called but what is in `_KNOWN`.

    Returns
    -------
    dict from str to ndarray

    Raises
    ------
    InputError
        If it is no such file.
    """
    file = io.BytesIO(content)
    try:
        _magic, _protocol, _system, tensors, storages = (_Reader(file).load() for _ in range(5))
        types = {one.storage: np.dtype(one.dtype) for one in tensors.values()}
        numbers = {}
        for key in storages:
            count = int.from_bytes(file.read(8), "little")
            numbers[key] = np.frombuffer(content, types[key], count, file.tell())
            file.seek(numbers[key].nbytes, io.SEEK_CUR)
        return {name: one.of(numbers[one.storage]) for name, one in tensors.items()}
    except (pickle.UnpicklingError, EOFError, LookupError, ValueError, TypeError, AttributeError):
        raise InputError("The file of weights is none that PyTorch 1.5 or older wrote.") from None


def _rebuild(
    storage: tuple[str, str], offset: int, shape: Sequence[int], strides: Sequence[int], *_: Any
) -> _Tensor:
    return _Tensor(*storage, offset, tuple(shape), tuple(strides))


_KNOWN: dict[tuple[str, str], Any] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
    ("torch", "FloatStorage"): "<f4",
    ("torch", "LongStorage"): "<i8",
}


class _Reader(pickle.Unpickler):
    """A reader of pickles in which four names stand for what is here, and no other for anything."""

    def find_class(self, module: str, name: str) -> Any:
        try:
            return _KNOWN[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name}") from None

    def persistent_load(self, given: Any) -> tuple[str, str]:
        kind, dtype, key, *_ = given
        if kind != "storage":
            raise pickle.UnpicklingError(kind)
        return key, dtype
