"""Conditions on the columns of a frame, as people write them: read, and met row by row.

A condition is Python's own comparison, with the words of databases beside it: ``is null``,
``AND``, one ``=``, dates without quotes, names of columns with spaces. It is never run: its tree is
walked, and what is no comparison of columns is refused in a sentence.
"""

import ast
import operator
import re
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import reduce
from typing import Any

import narwhals.stable.v2 as nw

from .._inert.percents import are_percents
from ..errors import InputError

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.LtE: ast.GtE,
    ast.Gt: ast.Lt,
    ast.GtE: ast.LtE,
}
_DEEPEST = 30
_NAME_WITH_SIGNS = re.compile(r"[^\W\d][\w .%/#:-]*[\w%#]")  # found as it stands, without quotes
_JOINING = {"and", "or", "not", "in", "is"}
_CONSTANTS = {"null": "None", "none": "None", "missing": "None", "true": "True", "false": "False"}
_WORDS = _CONSTANTS | {word: word for word in _JOINING}
_MOMENT = r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?"
_PERCENT = r"-?(?:\d+(?:\.\d*)?|\.\d+) ?%"
_SIGNS = {"<>": "!=", "=": "=="}
_TRUE, _FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")


def find_met(
    frame: "nw.DataFrame[Any]", condition: str, written: Mapping[str, str] | None = None
) -> "nw.Series[Any]":
    """Find which rows meet a condition, as true and false.

    Parameters
    ----------
    frame : narwhals DataFrame
        The columns that the condition may name, and those of `written`.
    condition : str
        As `where` describes it.
    written : mapping of str to str, optional
        For columns whose values were read from texts: the column with these texts. A text in the
        condition then also means the value that the file has so.
    """
    written = {} if written is None else written
    hidden = set(written.values())
    kinds = {name: kind for name, kind in frame.schema.items() if name not in hidden}
    text, names = _translate(condition, list(kinds))
    reading = _Reading(condition, kinds, names, written, _find_percents(frame, kinds, written))
    tree = reading.parse(text)
    try:
        return frame.select(met=reading.condition(tree))["met"].fill_null(False)
    except InputError:
        raise
    except Exception:
        raise InputError(
            f"The condition {condition!r} compares values of different kinds; compare numbers "
            "with numbers, dates with dates and texts with texts."
        ) from None


def _find_percents(
    frame: "nw.DataFrame[Any]", kinds: Mapping[str, Any], written: Mapping[str, str]
) -> set[str]:
    """Find the columns of numbers that the file has as per cents."""
    return {
        name
        for name, cells in written.items()
        if kinds[name].is_numeric() and are_percents(frame[cells].drop_nulls().head(1).to_list())
    }


def _translate(condition: str, columns: Sequence[str]) -> tuple[str, dict[str, str]]:
    """Write a condition as Python reads it, with a stand-in for each name of a column."""
    names: dict[str, str] = {}

    def stand_in(name: str) -> str:
        return names.setdefault(name, f"_column_{len(names)}")

    def one(found: "re.Match[str]") -> str:
        if (name := found["quoted"] or found["signs"]) is not None:
            return f" {stand_in(name)} "
        if as_text := found["moment"] or found["percent"]:
            return repr(as_text)
        if word := found["word"]:
            if word in columns and word not in _JOINING:
                return stand_in(word)
            return _WORDS.get(word.lower()) or stand_in(word)
        return _SIGNS.get(found[0], found[0])

    text = _find_tokens(columns).sub(one, condition)
    return text.strip(), {placed: name for name, placed in names.items()}


def _find_tokens(columns: Sequence[str]) -> "re.Pattern[str]":
    """Make what finds the parts of a condition that Python would read in another way."""
    with_signs = sorted(filter(_is_plain_with_signs, columns), key=len, reverse=True)
    any_of_them = "|".join(map(re.escape, with_signs)) or "(?!)"
    quoted_texts = r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*\""""
    parts = [
        r"`(?P<quoted>[^`]+)`",
        quoted_texts,
        rf"(?<![\w.-])(?P<moment>{_MOMENT})(?![\w-])",
        rf"(?<![\w.])(?P<signs>{any_of_them})(?!\w)",
        rf"(?<![\w.])(?P<percent>{_PERCENT})(?!\w)",
        r"(?P<word>[^\W\d]\w*)",
        r"<>|==|[<>!]=|=",
    ]
    return re.compile("|".join(parts))


def _is_plain_with_signs(name: str) -> bool:
    is_one = _NAME_WITH_SIGNS.fullmatch(name) is not None and not name.isidentifier()
    return is_one and not _JOINING & set(name.lower().split())


@dataclass
class _Reading:
    """A condition that is being read: what it may name, and by which words it is refused."""

    said: str
    columns: Mapping[str, Any]
    names: Mapping[str, str]
    written: Mapping[str, str] = field(default_factory=dict)
    percents: Container[str] = ()

    def parse(self, text: str) -> ast.expr:
        try:
            tree = ast.parse(text, mode="eval").body
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise InputError(
                f"The condition {self.said!r} cannot be read; write it like "
                "\"amount > 900 and country == 'BR'\", with texts in quotes."
            ) from None
        if _find_depth(tree) > _DEEPEST:
            raise InputError(
                f"The condition is nested more than {_DEEPEST} deep; write it with fewer brackets "
                "or as several searches."
            )
        return tree

    def condition(self, node: ast.AST) -> nw.Expr:
        if isinstance(node, ast.BoolOp):
            parts = [self.condition(value) for value in node.values]
            join = nw.all_horizontal if isinstance(node.op, ast.And) else nw.any_horizontal
            return join(*parts, ignore_nulls=False)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return ~self.condition(node.operand)
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if not any(isinstance(side, ast.Name) for side in sides):
                raise InputError(
                    f"The condition holds {self.words(node)}, which names no column, so it is the "
                    "same for every row; compare a column."
                )
            steps = zip(node.ops, sides, sides[1:], strict=False)
            parts = [self.comparison(op, a, b) for op, a, b in steps]
            return nw.all_horizontal(*parts, ignore_nulls=False)
        if isinstance(node, ast.Name):
            column = self.column(node.id)
            if self.columns[column] != nw.Boolean:
                raise InputError(
                    f"The condition names the column {column!r} alone, which does not hold true "
                    f"or false; compare it, as in {column} == 1."
                )
            return nw.col(column).fill_null(False)
        raise InputError(
            f"The condition holds {self.words(node)}; only comparisons of columns, joined by "
            "and, or and not, can be used."
        )

    def comparison(self, op: ast.cmpop, left: ast.AST, right: ast.AST) -> nw.Expr:
        if isinstance(op, ast.In | ast.NotIn):
            return self.among(left, right, wanted=isinstance(op, ast.In))
        if isinstance(left, ast.Name) and isinstance(right, ast.Name):
            if type(op) not in _COMPARISONS:
                raise InputError(self.only_missing())
            a, b = nw.col(self.column(left.id)), nw.col(self.column(right.id))
            return _COMPARISONS[type(op)](a, b).fill_null(False)
        if isinstance(right, ast.Name):
            left, right, op = right, left, _MIRRORED.get(type(op), type(op))()
        if not isinstance(left, ast.Name):
            raise InputError(
                f"The condition holds {self.words(left)}; a side of a comparison is a column, a "
                "number or a quoted text."
            )
        column, value = self.column(left.id), self.value(right)
        if value is None:
            return self.missing(op, column)
        if isinstance(op, ast.Is | ast.IsNot):
            if not isinstance(value, bool):
                raise InputError(self.only_missing())
            op = ast.Eq() if isinstance(op, ast.Is) else ast.NotEq()
        return self.compare(type(op), column, value)

    def among(self, left: ast.AST, right: ast.AST, *, wanted: bool) -> nw.Expr:
        said = f"'{self.words(left, bare=True)} in {self.words(right, bare=True)}'"
        try:
            if not isinstance(left, ast.Name):
                raise TypeError
            listed = ast.literal_eval(right)
            if isinstance(listed, str | bytes | dict):
                raise TypeError
            values = list(listed)
        except (TypeError, ValueError, SyntaxError, MemoryError, RecursionError):
            raise InputError(
                f"The condition holds {said}; on the left of 'in' stands a column, and on the "
                "right a list such as ['a', 'b']."
            ) from None
        column = self.column(left.id)
        parts = [
            self.missing(ast.Is(), column) if value is None
            else self.compare(ast.Eq, column, value)
            for value in values
        ]  # fmt: skip
        met = reduce(operator.or_, parts) if parts else nw.col(column).is_null() & nw.lit(False)
        if wanted:
            return met
        return ~met & ~self.missing(ast.Is(), column)

    def missing(self, op: ast.cmpop, column: str) -> nw.Expr:
        if not isinstance(op, ast.Is | ast.IsNot | ast.Eq | ast.NotEq):
            raise InputError(
                f"The condition asks whether {column} is larger or smaller than nothing; write "
                f"'{column} is null' or '{column} is not null'."
            )
        gap = nw.col(column).is_null()
        if self.columns[column].is_float():
            gap = gap | nw.col(column).is_nan().fill_null(False)
        return gap if isinstance(op, ast.Is | ast.Eq) else ~gap

    def compare(self, op: type[ast.cmpop], column: str, value: Any) -> nw.Expr:
        """Compare a column with a value of the condition; a gap meets no comparison."""
        kind = self.columns[column]
        if kind.is_temporal() and not isinstance(kind, nw.Duration | nw.Time):
            met = self.compare_moment(op, column, value)
        elif kind == nw.Boolean:
            met = _COMPARISONS[op](nw.col(column), self.boolean(column, value))
        elif kind.is_numeric():
            met = self.compare_number(op, column, value)
        else:
            text = nw.col(column) if kind == nw.String else nw.col(column).cast(nw.String)
            is_number = isinstance(value, int | float) and not isinstance(value, bool)
            if is_number and op not in (ast.Eq, ast.NotEq):
                raise InputError(
                    f"The column {column!r} holds texts, which are not more or less than a "
                    f"number; compare it with a text in quotes, as in {column} > '{value}'."
                )
            is_told = isinstance(value, bool) and kind == nw.Object
            met = _COMPARISONS[op](
                nw.col(column) if is_told else text, nw.lit(value if is_told else str(value))
            )
            met = met & ~nw.col(column).is_null()  # some frames write a gap as a text of its own
        return met.fill_null(False)

    def compare_number(self, op: type[ast.cmpop], column: str, value: Any) -> nw.Expr:
        number = _read_number(value) if isinstance(value, str) else value
        if isinstance(value, str) and column in self.written and op in (ast.Eq, ast.NotEq):
            met = nw.col(self.written[column]) == nw.lit(value)
            if number is not None:
                met = met | (nw.col(column) == nw.lit(number))
            return met if op is ast.Eq else ~met
        if number is None or not isinstance(number, int | float):
            raise InputError(
                f"The column {column!r} holds numbers, and {value!r} is none; write it like 12.5."
            )
        if column in self.percents and value == number and abs(number) >= 1:
            raise InputError(
                f"The column {column!r} holds per cents, so {number:g} may mean {number:g}% or "
                f"{100 * number:g}%; write it with the sign."
            )
        # Larger whole numbers fit in no column of whole numbers.
        fits = isinstance(number, float) or -(2**63) <= number < 2**63
        return _COMPARISONS[op](nw.col(column), nw.lit(number if fits else float(number)))

    def compare_moment(self, op: type[ast.cmpop], column: str, value: Any) -> nw.Expr:
        """Compare dates; a date without a time is its whole day."""
        start, end = self.moment(column, value)
        kind = self.columns[column]
        at = nw.col(column)
        if kind == nw.Date:
            if end - start != timedelta(days=1):
                raise InputError(
                    f"The column {column!r} holds dates without a time; compare it with a date "
                    "such as 2026-08-31."
                )
            return _COMPARISONS[op](at, nw.lit(start.date()))
        if (zone := getattr(kind, "time_zone", None)) is not None:
            at = at.dt.convert_time_zone(zone).dt.replace_time_zone(None)
        if start == end:
            return _COMPARISONS[op](at, nw.lit(start))
        inside = (at >= nw.lit(start)) & (at < nw.lit(end))
        parts: dict[type[ast.cmpop], Callable[[], nw.Expr]] = {
            ast.Eq: lambda: inside,
            ast.NotEq: lambda: ~inside,
            ast.Lt: lambda: at < nw.lit(start),
            ast.LtE: lambda: at < nw.lit(end),
            ast.Gt: lambda: at >= nw.lit(end),
            ast.GtE: lambda: at >= nw.lit(start),
        }
        return parts[op]()

    def moment(self, column: str, value: Any) -> tuple[datetime, datetime]:
        """Read when a date or time begins and ends; a time has no length."""
        try:
            text = value.strip()
            start = datetime.fromisoformat(text)
            if start.tzinfo is not None:
                raise ValueError
            is_day = re.fullmatch(r"\d{4}-?\d\d-?\d\d", text) is not None
            return start, start + timedelta(days=1) if is_day else start
        except (AttributeError, ValueError, OverflowError):
            raise InputError(
                f"The column {column!r} holds dates, and {value!r} is none; write it like "
                "2026-08-31, or '2026-08-31 14:30'."
            ) from None

    def boolean(self, column: str, value: Any) -> Any:
        word = str(value).strip().lower()
        if word not in _TRUE | _FALSE:
            raise InputError(
                f"The column {column!r} holds true or false, and {value!r} is neither; write "
                f"'{column} == true', or '{column}' alone."
            )
        return nw.lit(word in _TRUE)

    def value(self, node: ast.AST) -> Any:
        try:
            value = ast.literal_eval(node)
            if value is None or isinstance(value, str | int | float):
                return value
        except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
            pass
        raise InputError(
            f"The condition holds {self.words(node)}; a side of a comparison is a column, a "
            "number or a quoted text."
        )

    def column(self, placed: str) -> str:
        name = self.names.get(placed, placed)
        if name in self.columns:
            return name
        near = get_close_matches(name, self.columns, n=1)
        same = [column for column in self.columns if column.lower() == name.lower()]
        found = same or near
        known = f"the columns are {', '.join(self.columns)}, and texts stand in quotes."
        hint = f"did you mean {found[0]!r}?" if found else known
        raise InputError(f"There is no column {name!r}; {hint}")

    def words(self, node: ast.AST, *, bare: bool = False) -> str:
        """Say a part of the condition as it was written."""
        text = ast.unparse(node)
        for placed, name in self.names.items():
            text = re.sub(rf"\b{placed}\b", lambda _, name=name: name, text)  # type: ignore[misc]
        return text if bare else repr(text)

    def only_missing(self) -> str:
        return (
            "The condition compares by 'is' with a value; use == or !=, and 'is null' or "
            "'is not null' for missing values."
        )


def _find_depth(tree: ast.AST) -> int:
    depth, level = 0, [tree]
    while level:
        depth, level = depth + 1, [n for node in level for n in ast.iter_child_nodes(node)]
    return depth


def _read_number(text: str) -> float | None:
    """Read a number as people write it, with a sign of money and commas between thousands.

    A per cent is a share. The point is moved in the digits, since a division rounds twice.
    """
    bare = _THOUSANDS.sub("", re.sub(r"[\s$€£¥]", "", text))
    try:
        return float(Decimal(bare[:-1]).scaleb(-2)) if bare.endswith("%") else float(bare)
    except (ValueError, ArithmeticError):
        return None
