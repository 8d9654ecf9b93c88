"""Names of rows that stay when the rows are looked at again, in a file or in the project.

Rows that have ids are named by these. Others are named by what the model reads of them and of all
rows before them in their source. So a file that is read again, or has grown at its end, has the
same rows; and rows of other files are others, even if they happen to hold the same.
"""

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from ..._files.cell_texts import format_cells, kind_of_cells
from ..._rows.arrays import Matrix
from .._data.rows import join_texts
from .._data.settings import Settings

_BYTES = 8


class RowNames:
    """Names the rows of one source, block after block.

    Parameters
    ----------
    settings : Settings
        Of the project.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._so_far = blake2b(digest_size=_BYTES)

    def name(self, block: pa.Table, X: Matrix) -> list[str]:
        """Name the next rows, of which ``X`` is what the model reads.

        Names are digests, so that their order is a random one.
        """
        id_column = self._settings.id
        if id_column is not None and id_column in block.column_names:
            ids = (str(one).encode() for one in format_cells(block.column(id_column)))
            return [blake2b(one, digest_size=_BYTES).hexdigest() for one in ids]
        names = []
        for content in _write_contents(self._settings, block, X):
            self._so_far.update(len(content).to_bytes(8))
            self._so_far.update(content)
            names.append(self._so_far.hexdigest())
        return names


def _write_contents(settings: Settings, block: pa.Table, X: Matrix) -> Iterable[bytes]:
    """Write what each row holds, alike for cells of a text file and of the project."""
    columns = list(settings.columns)
    if settings.kind == "text":  # vectors of texts differ a little with the rows around them
        cells = [pa.array(format_cells(block.column(name)), pa.string()) for name in columns]
        return (text.encode() for text in join_texts(pa.table(cells, names=columns), columns))
    if isinstance(X, pa.Table):
        cells = [_as_numbers(X.column(name)) for name in columns]
        return (repr(row).encode() for row in zip(*map(format_cells, cells), strict=True))
    return (row.tobytes() for row in np.asarray(X, dtype=np.float32))


def _as_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    is_number = kind_of_cells(column.type) in ("number", "boolean")
    return column.cast(pa.float64(), safe=False) if is_number else column
