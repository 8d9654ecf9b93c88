"""Search rows by hand: by words, by conditions on columns, by likeness to a row.

With fewer positives than one in a thousand, a person who knows the rare class finds the first one
sooner than any strategy. Rows found so are no random sample: teach them with ``channel="search"``,
so that later estimates can leave them out.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from .._rows.arrays import Rows
from .._rows.matrix import is_frame
from ..errors import InputError
from . import Pool
from ._columns import open_frame
from ._likeness import likeness
from ._texts import texts_of_rows

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_DEEPEST = 30


def containing(pool: Pool, words: str) -> Rows:
    """Find the rows whose text holds every word, in any case.

    Parameters
    ----------
    pool : Pool
        Of texts, or of a frame with columns of text, which are searched together.
    words : str
        Words, or "phrases in double quotes". A word also matches where it begins a longer one.

    Returns
    -------
    ndarray of int64
        Global ids, in increasing order.

    Raises
    ------
    InputError
        If there is no word, or the pool holds no text.

    Examples
    --------
    >>> containing(Pool(["Refund, please", "thank you", "no refunds"]), "refund")
    array([0, 2])
    >>> containing(Pool(["a price of $100", "see a#win", "#win now"]), "#win")
    array([2])
    """
    if not isinstance(words, str):
        raise InputError(f"The words are {words!r}; give them as one text.")
    parts = [phrase or word for phrase, word in re.findall(r'"([^"]+)"|(\S+)', words)]
    if not parts:
        raise InputError("The search holds no word; give at least one.")
    # Not \b, which before a word like "$100" asks for the end of another word.
    wanted = [re.compile(r"(?<!\w)" + re.escape(part), re.IGNORECASE) for part in parts]
    texts = _texts(pool)
    return np.array(
        [row for row, text in enumerate(texts) if all(w.search(text) for w in wanted)],
        dtype=np.int64,
    )


def where(pool: Pool, condition: str) -> Rows:
    """Find the rows of a frame that meet a condition on its columns.

    Parameters
    ----------
    pool : Pool
        Of a pandas, polars or Arrow frame.
    condition : str
        Comparisons of columns with numbers, texts, lists or each other, joined by ``and``,
        ``or`` and ``not``, as in ``"amount > 900 and country in ['BR', 'NG']"``. A gap meets no
        comparison. Put names that are no Python names in backquotes.

    Returns
    -------
    ndarray of int64
        Global ids, in increasing order.

    Raises
    ------
    InputError
        If the condition cannot be read, or names a column that is not there.

    Examples
    --------
    >>> import polars as pl
    >>> where(Pool(pl.DataFrame({"amount": [5, 950, 2000]})), "amount > 900")
    array([1, 2])
    """
    if not is_frame(pool.data):
        raise InputError("A condition speaks of columns, and this pool's data has no column names.")
    if not isinstance(condition, str):
        raise InputError(f"The condition is {condition!r}; give a text.")
    frame = open_frame(pool.data)
    quoted = re.findall(r"`([^`]+)`", condition)
    for i, name in enumerate(quoted):
        condition = condition.replace(f"`{name}`", f"_quoted_{i}")
    tree = _parse(condition)
    names = {f"_quoted_{i}": name for i, name in enumerate(quoted)}
    try:
        met = frame.select(met=_condition(tree, frame.schema, names))["met"]
    except InputError:
        raise
    except Exception as error:
        why = next(iter(str(error).splitlines()), type(error).__name__)
        raise InputError(f"The condition {condition!r} does not fit the columns ({why}).") from None
    return np.flatnonzero(met.fill_null(False).to_numpy().astype(bool))


def like(pool: Pool, rows: Any, n: int = 10, *, among: Rows | None = None) -> Rows:
    """Find the ``n`` rows most like any of the given ones, most alike first.

    Parameters
    ----------
    pool : Pool
        Of any kind of rows.
    rows : int or array-like of int
        Global ids of examples; they are left out of the answer.
    n : int
        How many rows to find; fewer come back if there are no more.
    among : ndarray of int64, optional
        Global ids of the rows to choose from; by default all rows of the pool.

    Returns
    -------
    ndarray of int64 of shape (n,)
        By cosine where the features are sparse, as of texts, and by distance between
        standardised points elsewhere.
    """
    examples = np.atleast_1d(np.asarray(rows))
    if examples.ndim != 1 or (examples.size and examples.dtype.kind not in "iu"):
        raise InputError(
            f"The examples are {rows!r}; give ids of rows, which are whole numbers, as "
            "containing(pool, words) finds them for words."
        )
    if examples.size == 0 or examples.min() < 0 or examples.max() >= len(pool):
        raise InputError(f"The examples {examples.tolist()} are not all rows 0 to {len(pool) - 1}.")
    others = np.arange(len(pool)) if among is None else among
    alike = np.max([likeness(pool, row, among) for row in examples.tolist()], axis=0)
    order = np.argsort(-alike, kind="stable")
    return others[order[~np.isin(others[order], examples)][:n]]


def _texts(pool: Pool) -> list[str]:
    texts = texts_of_rows(pool)
    if texts is None:
        raise InputError("A search for words needs texts, and this pool holds none.")
    return texts


def _parse(condition: str) -> ast.expr:
    try:
        tree = ast.parse(condition.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise InputError(
            f'The condition {condition!r} cannot be read; write it like "amount > 900 and '
            "country == 'BR'\"."
        ) from None
    if _find_depth(tree) > _DEEPEST:
        raise InputError(
            f"The condition is nested more than {_DEEPEST} deep; write it with fewer brackets or "
            "as several searches."
        )
    return tree


def _find_depth(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [n for node in level for n in ast.iter_child_nodes(node)]
    return depth


def _condition(node: ast.AST, columns: Mapping[str, Any], names: dict[str, str]) -> nw.Expr:
    if isinstance(node, ast.BoolOp):
        parts = [_condition(value, columns, names) for value in node.values]
        join = nw.all_horizontal if isinstance(node.op, ast.And) else nw.any_horizontal
        return join(*parts, ignore_nulls=False)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return ~_condition(node.operand, columns, names)
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        steps = zip(node.ops, sides, sides[1:], strict=False)
        if not any(isinstance(side, ast.Name) for side in sides):
            raise InputError(
                f"The condition holds {ast.unparse(node)!r}, which names no column, so it is the "
                "same for every row; compare a column."
            )
        parts = [_comparison(op, a, b, columns, names) for op, a, b in steps]
        return nw.all_horizontal(*parts, ignore_nulls=False)
    if isinstance(node, ast.Name):
        column = _column(node.id, columns, names)
        if columns[column] != nw.Boolean:
            raise InputError(
                f"The condition names the column {column!r} alone, which does not hold true or "
                f"false; compare it, as in {column} == 1."
            )
        return nw.col(column)
    raise InputError(
        f"The condition holds {ast.unparse(node)!r}; only comparisons of columns, joined by "
        "and, or and not, can be used."
    )


def _comparison(
    op: ast.cmpop,
    left: ast.AST,
    right: ast.AST,
    columns: Mapping[str, Any],
    names: dict[str, str],
) -> nw.Expr:
    a = _value(left, columns, names)
    if isinstance(op, ast.In | ast.NotIn):
        try:
            among = a.is_in(list(ast.literal_eval(right)))
        except (TypeError, ValueError, AttributeError):
            raise InputError(
                f"The condition holds '{ast.unparse(left)} in {ast.unparse(right)}'; on the right "
                "of 'in' stands a list such as ['a', 'b']."
            ) from None
        met = among if isinstance(op, ast.In) else ~among & ~a.is_null()
        return met.fill_null(False)
    if type(op) not in _COMPARISONS:
        raise InputError("The condition compares by 'is'; use == or !=.")
    # Frames differ in what a comparison with a gap gives; here it is not met.
    return _COMPARISONS[type(op)](a, _value(right, columns, names)).fill_null(False)


def _value(node: ast.AST, columns: Mapping[str, Any], names: dict[str, str]) -> Any:
    if isinstance(node, ast.Name):
        return nw.col(_column(node.id, columns, names))
    try:
        return nw.lit(ast.literal_eval(node))
    except ValueError:
        raise InputError(
            f"The condition holds {ast.unparse(node)!r}; a side of a comparison is a column, a "
            "number or a quoted text."
        ) from None


def _column(name: str, columns: Mapping[str, Any], names: dict[str, str]) -> str:
    name = names.get(name, name)
    if name not in columns:
        raise InputError(f"There is no column {name!r}; the columns are {', '.join(columns)}.")
    return name
