"""Whatever people hand in, as one of the forms that a pool works with."""

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse

from .._rows.arrays import Matrix
from .._rows.blocks import Stored
from ..errors import InputError, first_line
from ._columns import open_frame
from ._natives import type_of

_MOST_INDICES = np.iinfo(np.int32).max


def as_known_form(data: Any) -> Any:
    """Make a frame, a list, or an array or matrix of what is one in all but its type.

    Arrow's batches become tables, its arrays lists of values. Masked cells become NaN, half
    precision becomes single, since sums of it overflow, and extended precision becomes double. An
    `InputError` is raised for frames that are not collected, or whose columns have no name each,
    and for arrays with named fields.
    """
    if isinstance(data, np.ndarray):
        return _plain_array(data)
    if issparse(data):
        return _plain_sparse(data)
    if type(data).__module__.startswith("pyarrow"):
        data = _plain_arrow(data)
    if isinstance(data, Stored | list | tuple):
        return data
    found = _wrap(data)
    if isinstance(found, nw.LazyFrame):
        raise InputError(
            f"The pool's {type(data).__name__} is not in memory; give what its collect() or "
            "compute() returns, or the path of a file."
        )
    if isinstance(found, nw.Series) and _holds_texts(found):
        return data if hasattr(data, "dtype") else found.to_list()
    if isinstance(found, nw.Series):
        raise InputError(
            f"The pool is one column of {type_of(found)} values and no texts; give a frame, as "
            "its to_frame() is."
        )
    return data


def _wrap(data: Any) -> Any:
    if hasattr(data, "iloc") and hasattr(data, "columns"):
        return open_frame(data)
    try:
        found = nw.from_native(data, allow_series=True, pass_through=True)
    except nw.exceptions.DuplicateError:  # of an Arrow table
        return open_frame(data)
    if isinstance(found, nw.DataFrame):
        return open_frame(data)
    return found


def _holds_texts(series: "nw.Series[Any]") -> bool:
    if series.dtype in (nw.String, nw.Categorical, nw.Enum) or not len(series):
        return True
    return series.dtype == nw.Object and any(isinstance(v, str) for v in series.head(100).to_list())


def _plain_arrow(data: Any) -> Any:
    import pyarrow as pa

    if isinstance(data, pa.RecordBatch):
        return pa.Table.from_batches([data])
    if isinstance(data, pa.Array):
        return pa.chunked_array([data])
    return data


def _plain_array(array: NDArray[Any]) -> NDArray[Any]:
    if array.dtype.names:
        raise InputError(
            f"The pool's array has the named fields {', '.join(array.dtype.names)}; give a frame, "
            "as pandas.DataFrame(array) is."
        )
    if isinstance(array, np.ma.MaskedArray):
        masked = np.ma.getmaskarray(array)
        array = array.data
        if masked.any():
            numbers = array.dtype.kind in "biuf"
            array = array.astype(np.result_type(array, np.float32) if numbers else object)
            array[masked] = np.nan if numbers else None
    return array.astype(_ordinary(array.dtype), copy=False)


def _plain_sparse(matrix: Any) -> Any:
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise InputError(f"The pool's sparse matrix has {_explain_shape(matrix.shape)}")
    if matrix.dtype.kind not in "biuf":
        raise InputError(
            f"The pool's sparse matrix holds {matrix.dtype} values; give real numbers."
        )
    csr = matrix.tocsr()
    csr = csr.astype(_ordinary(csr.dtype) if csr.dtype.kind == "f" else np.float64, copy=False)
    if csr.indices.dtype == np.int32 or max(csr.nnz, *csr.shape) > _MOST_INDICES:
        return csr
    # Support vector machines and other models take short indices only.
    indices, starts = (part.astype(np.int32) for part in (csr.indices, csr.indptr))
    return type(csr)((csr.data, indices, starts), shape=csr.shape)


def _explain_shape(shape: tuple[int, ...]) -> str:
    cure = "one feature alone is X.reshape(-1, 1)"
    if 0 in shape:
        cure = "give at least one of each"
    elif len(shape) > 2:
        cure = "rows such as images are X.reshape(len(X), -1)"
    return f"shape {shape} where (rows, features) is needed; {cure}."


def _ordinary(dtype: Any) -> Any:
    """Choose single or double precision for numbers of less or more, which sums need."""
    if dtype.kind != "f" or dtype.itemsize in (4, 8):
        return dtype
    return np.float32 if dtype.itemsize < 4 else np.float64


def as_numbers(data: Any) -> Matrix:
    """Take rows of numbers as an array or csr matrix, or raise an `InputError`."""
    if issparse(data):
        return data
    try:
        array = np.asarray(data)
    except ValueError:
        raise InputError(_explain_not_numeric(data)) from None
    except (RuntimeError, TypeError) as error:  # tensors with gradients, or of another device
        why = first_line(error)
        raise InputError(
            f"The pool's {type(data).__name__} cannot be read as an array ({why.rstrip('.')})."
        ) from None
    array = _plain_array(array)
    if array.dtype.kind in "OUST":
        array = _floats_of_objects(array, data)
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"The pool's array has {_explain_shape(array.shape)}")
    if array.dtype.kind not in "biuf":
        raise InputError(
            f"The pool's array holds {array.dtype} values; give numbers, or a frame whose text "
            "columns can be encoded."
        )
    if np.issubdtype(array.dtype, np.floating) or isinstance(data, np.memmap):
        return array  # a memory map stays on disk, and is read block by block
    return array.astype(np.float64)


def _floats_of_objects(array: NDArray[Any], data: Any) -> NDArray[Any]:
    """Convert objects that are numbers; digits in a text may be a code, so texts are refused."""
    values = array.ravel().tolist()
    texts = [isinstance(value, str) for value in values]
    if any(isinstance(value, bytes) for value in values):
        raise InputError("The pool's array holds bytes; decode them first, as by value.decode().")
    if array.ndim == 2 and array.shape[1] == 1 and all(texts):
        raise InputError(
            f"The pool's array of texts has shape {array.shape}; give one text a row, as by "
            "array.ravel(), or a frame."
        )
    if array.dtype != object:
        return array  # of texts, as the message then says
    try:
        if any(texts):
            raise ValueError
        return array.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        raise InputError(_explain_not_numeric(data)) from None


def _explain_not_numeric(data: Any) -> str:
    if isinstance(data[0], Mapping):
        return "The pool's rows are of type dict; give a frame, as pandas.DataFrame(rows) is."
    lengths = [len(row) if isinstance(row, list | tuple | np.ndarray) else 1 for row in data]
    odd = [i for i, length in enumerate(lengths) if length != lengths[0]]
    if odd:
        return (
            f"Row {odd[0]} of the pool has length {lengths[odd[0]]} and row 0 has {lengths[0]}; "
            "every row needs the same number of features."
        )
    return (
        "The pool's array mixes numbers with other values; give numbers, or a pandas or polars "
        "frame, whose columns are encoded one by one."
    )
