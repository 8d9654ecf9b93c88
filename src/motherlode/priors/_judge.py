"""A judge: a function of the user, as of a language model, that says which rows are looked for."""

import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from hashlib import blake2b
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from scipy.sparse import issparse

from .._inert.description import Described, Description, pluralise
from .._inert.whole_numbers import check_whole
from .._rows.arrays import Floats, Rows
from .._rows.matrix import is_frame, n_rows
from ..errors import InputError, first_line
from ..pool import Pool
from ..pool._columns import open_frame
from ..pool._digest import read_image_file
from ._kept_answers import KeptAnswers, Score
from ._prior import Prior

_WORDS = {"yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0, "unsure": 0.5}
_IN_A_ROW = 3  # failed batches after which the service is taken to be away
_MOST_NAMED = 5  # rows in one sentence
_LONGEST = 200  # characters of what somebody else's error says
_FILE = "judged.jsonl"  # in the folder of a pool's cache


class Judge(Described, Prior):
    """Ask a function which rows are looked for: a language model, a service, a rule of your own.

    The function sees only rows that come into question, some at a time, and each row once: answers
    are kept under a digest of the row's content. How many rows it will see is said before it is
    called. When `most` rows were given to it, no further row is: those have no answer (NaN), and so
    do rows for which the function failed.

    Parameters
    ----------
    function : callable
        Takes a list of rows and returns a list of as many answers. A row is a text, a dict of the
        columns of a table, a ``Path`` of an image, or an array of numbers. An answer is a number
        from 0 (surely none) to 1, True or False, "yes", "no" or "unsure" (0.5), or None for
        a row that it cannot tell about.
    most : int
        How many rows the function is given at most, in all rounds together, and in all processes
        if there is a `cache`. A failed attempt counts too.
    batch : int
        How many rows it is given at a time.
    name : str, optional
        What the judge is called. Its answers are kept on disk under this name, so change it with
        the model or the question, as in "gpt-4o-mini, question 2". By default it is called as the
        function is, and answers are kept in memory alone: a name in the code does not tell one
        question from the next.
    price : float, optional
        What one row costs, in any currency, to be told with the number of rows.
    cache : path, optional
        A file of JSON lines that keeps the answers for the next process. It may hold those of
        several judges, and processes may share it. By default it is "judged.jsonl" in the folder
        of the pool's cache, if there is one and the judge has a `name`.
    tell : callable, optional
        Called with the sentence that says how many rows are about to be judged. By default it is
        written to the standard error.

    Raises
    ------
    InputError
        If an argument cannot be used, or there is a `cache` and no `name`.

    Notes
    -----
    The same labels ask the same rows as long as the answers are kept. A function that answers
    otherwise each time is no problem then; without its answers a search goes another way.

    Examples
    --------
    >>> def is_fruit(texts):
    ...     return ["yes" if "apple" in text else "no" for text in texts]
    >>> judge = Judge(is_fruit, tell=lambda sentence: print(sentence))
    >>> judge(["red apple", "old boat"])
    is_fruit: 2 rows to judge now, 0 known already; 498 of at most 500 are left after them.
    array([1., 0.])
    >>> judge(["old boat"])
    array([0.])
    """

    lazy: ClassVar[bool] = True

    # The base class is a dataclass, which compares fields; judges are the same if they are one.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __init__(
        self,
        function: Callable[[list[Any]], Sequence[Any]],
        *,
        most: int = 500,
        batch: int = 10,
        name: str | None = None,
        price: float | None = None,
        cache: str | PathLike[str] | None = None,
        tell: Callable[[str], object] | None = None,
    ) -> None:
        if not callable(function):
            raise InputError(f"A judge is made of {function!r}; give a function of a list of rows.")
        self.function = function
        self.most, self.batch = check_whole(most, "most"), check_whole(batch, "batch")
        self.name = _name_of(function) if name is None else name
        if not self.name.strip():
            raise InputError("The judge's name is empty; its answers are kept under that name.")
        if cache is not None and name is None:
            raise InputError(
                "Answers in a file are kept under the judge's name; say Judge(function, name=...), "
                "and change the name with the model or the question."
            )
        self._is_named = name is not None
        if price is not None and not (
            isinstance(price, int | float | np.number) and isfinite(price) and price >= 0
        ):
            raise InputError(f"price is {price!r}; give what one row costs, a number from 0 on.")
        self.price = price
        self.tell = _write_to_stderr if tell is None else tell
        self.problems: list[str] = []
        self._kept = KeptAnswers(self.name, None if cache is None else Path(cache))
        self._failed: set[str] = set()
        self._failed_in_a_row = 0  # batches, in all rounds together
        self._said_full = False

    @property
    def asked(self) -> int:
        """How many rows the function was given so far, as far as is kept."""
        self._kept.refresh()
        return self._kept.asked

    @property
    def left(self) -> int:
        """How many rows it may still be given."""
        return max(0, self.most - self.asked)

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Judge rows of a pool.

        Parameters
        ----------
        pool : Pool
            All rows.
        rows : ndarray of int64 of shape (m,)
            Global ids.

        Returns
        -------
        ndarray of shape (m,)
            From 0 to 1; NaN where there is no answer.
        """
        if pool._cache is not None:
            self.keep_in(pool._cache.folder)
        return self(pool[rows], rows.tolist()) if len(rows) else np.empty(0)

    def keep_in(self, folder: Path) -> None:
        """Keep the answers in a folder too, if the judge has a name and no file of its own.

        Parameters
        ----------
        folder : path
            It is made when the first answer comes.
        """
        if self._is_named and self._kept.path is None:
            self._kept = self._kept.move_to(Path(folder) / _FILE)

    def describe(self) -> str:
        """Name the judge."""
        return f"the judge {self.name!r}"

    def __call__(self, rows: Any, ids: Sequence[int] | None = None) -> Floats:
        """Judge rows, as they are given.

        Parameters
        ----------
        rows : list of texts, paths or dicts, array, or frame, of m rows
        ids : sequence of int of length m, optional
            Their global row ids, to name them in messages; by default they are counted from 0.

        Returns
        -------
        ndarray of shape (m,)
            From 0 to 1; NaN where there is no answer.
        """
        listed = list_rows(rows)
        names = range(len(listed)) if ids is None else ids
        digests = [digest_row(row) for row in listed]
        self._kept.refresh()
        unknown = {
            digest: i
            for i, digest in reversed([*enumerate(digests)])  # of equal rows the first is named
            if digest not in self._kept.scores and digest not in self._failed
        }
        wanted = sorted(unknown.values())
        known = sum(digest in self._kept.scores for digest in digests)
        self._ask([(digests[i], listed[i], int(names[i])) for i in wanted], known)
        scores = [self._kept.scores.get(digest) for digest in digests]
        return np.array([np.nan if s is None else s for s in scores], dtype=np.float64)

    def plan(self, rows: Any) -> int:
        """Count the rows that the function would be given, without calling it.

        Parameters
        ----------
        rows : list of texts, paths or dicts, array, or frame
        """
        self._kept.refresh()
        digests = {digest_row(row) for row in list_rows(rows)}
        return min(len(digests - self._kept.scores.keys() - self._failed), self.left)

    def _ask(self, wanted: list[tuple[str, Any, int]], known: int) -> None:
        allowed = wanted[: self.left]
        if allowed:
            self.tell(self._say_plan(len(allowed), known))
        for low in range(0, len(allowed), self.batch):
            # Other processes may have asked meanwhile, and have spent what was left.
            batch = [one for one in allowed[low : low + self.batch] if one[0] not in self._known()]
            batch = batch[: self.left]
            if not batch:
                continue
            self._failed_in_a_row = 0 if self._ask_batch(batch) else self._failed_in_a_row + 1
            rest = len(allowed) - low - len(batch)
            # From then on one batch of each call is an attempt, so that `most` is not spent on it.
            if self._failed_in_a_row >= _IN_A_ROW and rest > 0:
                self._report(
                    f"The judge {self.name!r} failed {self._failed_in_a_row} times in a row, so "
                    f"{rest:,} rows more are not given to it for now."
                )
                break
        if len(allowed) < len(wanted) and not self._said_full:
            self._said_full = True
            self.tell(
                f"The judge {self.name!r} was given {self.most:,} rows, the most that it may see; "
                "further rows have no answer of it. Raise most= to let it see more."
            )

    def _known(self) -> Any:
        self._kept.refresh()
        return self._kept.scores.keys()

    def _say_plan(self, n: int, known: int) -> str:
        price = "" if self.price is None else f", for at most {self.price * n:,.2f}"
        rows = "1 row" if n == 1 else f"{n:,} rows"
        return (
            f"{self.name}: {rows} to judge now{price}, {known:,} known already; "
            f"{self.left - n:,} of at most {self.most:,} are left after them."
        )

    def _ask_batch(self, batch: list[tuple[str, Any, int]]) -> bool:
        """Ask about some rows, keep what comes, and say whether any answer could be used."""
        ids = [row for _, _, row in batch]
        try:
            found = _list_answers(self.function([content for _, content, _ in batch]), len(batch))
        except Exception as problem:
            said = first_line(problem)
            why = said if isinstance(problem, _NoList) else f"{type(problem).__name__}: {said}"
            why = why[:_LONGEST].rstrip(" .")
            self._keep({}, {digest: why for digest, _, _ in batch})
            self._report(f"The judge {self.name!r} failed on {_name_rows(ids)}: {why}.")
            return False
        scores: dict[str, Score] = {}
        odd: dict[str, str] = {}
        for (digest, _, _), answer in zip(batch, found, strict=True):
            try:
                scores[digest] = read_answer(answer)
            except ValueError:
                odd[digest] = f"it said {answer!r}"[:_LONGEST]
        self._keep(scores, odd)
        if odd:
            named = _name_rows([row for digest, _, row in batch if digest in odd])
            said = next(iter(odd.values()))
            self._report(
                f"The judge {self.name!r} failed on {named}: {said}; an answer is a number from 0 "
                "to 1, yes, no or unsure."
            )
        return bool(scores)

    def _keep(self, scores: dict[str, Score], failed: dict[str, str]) -> None:
        self._kept.add(scores, failed)
        self._failed |= failed.keys()  # asked again by the next process, not in each round

    def _report(self, sentence: str) -> None:
        self.problems.append(sentence)
        warnings.warn(sentence, UserWarning, stacklevel=2)

    def _describe(self) -> Description:
        facts = [("rows judged", f"{self.asked:,} of at most {self.most:,}")]
        if self.price is not None:
            facts.append(("paid at most", f"{self.price * self.asked:,.2f}"))
        if self._kept.path is not None:
            facts.append(("answers are kept in", str(self._kept.path)))
        facts += [("problem", self.problems[-1])] if self.problems else []
        return Description("Judge", self.name, facts)


class _NoList(ValueError):
    """What a function gave is no list of as many answers as it got rows."""


def _list_answers(given: Any, n: int) -> list[Any]:
    """List the answers to `n` rows, in their order."""
    if given is None or isinstance(given, str | bytes | Mapping | Set) or not np.iterable(given):
        what = f"it gave {'None' if given is None else f'one {type(given).__name__}'}"
    else:
        found = list(given)
        if len(found) == n:
            return found
        what = f"it gave {pluralise(len(found), 'answer')}"
    raise _NoList(
        f"{what} for {pluralise(n, 'row')}; it gets a list of rows, and returns a list of as many "
        "answers"
    )


def read_answer(answer: Any) -> Score:
    """Read one answer as a number from 0 to 1, or None; raise a `ValueError` for anything else.

    Examples
    --------
    >>> [read_answer(said) for said in ("Yes.", "unsure", False, 0.25, None)]
    [1.0, 0.5, 0.0, 0.25, None]
    """
    if answer is None:
        return None
    if isinstance(answer, str):
        word = answer.strip().strip(".!").casefold()
        number = _WORDS[word] if word in _WORDS else float(word)
    else:
        try:
            number = float(answer)
        except TypeError:
            raise ValueError(answer) from None
        if np.isnan(number):
            return None
    if not 0 <= number <= 1:
        raise ValueError(answer)
    return number


def list_rows(rows: Any) -> list[Any]:
    """List rows one by one: texts, paths and dicts as they are, those of a frame as dicts."""
    if is_frame(rows):
        return list(open_frame(rows).iter_rows(named=True))
    if issparse(rows):
        raise InputError(
            "The pool holds sparse numbers, which a judge can't read; make the pool of the texts."
        )
    if isinstance(rows, np.ndarray) and rows.ndim == 1:
        return list(rows.tolist())
    return [rows[i] for i in range(n_rows(rows))]


def digest_row(row: Any) -> str:
    """Compute a digest of the content of a row, the same in each process."""
    found = blake2b(digest_size=16)
    for piece in _pieces(row):
        found.update(len(piece).to_bytes(8, "big"))
        found.update(piece)
    return found.hexdigest()


def _pieces(row: Any) -> Iterator[bytes]:
    if isinstance(row, str):
        yield b"t" + row.encode("utf-8", "surrogatepass")
    elif isinstance(row, Path):
        yield b"f" + read_image_file(row)
    elif isinstance(row, bytes):
        yield b"f" + row
    elif isinstance(row, dict):
        for name, value in row.items():
            yield f"{name}".encode("utf-8", "surrogatepass")
            yield from _pieces(value)
    elif isinstance(row, np.ndarray):
        yield b"a" + repr(row.shape).encode() + row.astype(np.float64).tobytes()
    else:
        yield b"r" + repr(row.item() if isinstance(row, np.generic) else row).encode()


def _name_of(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "a function" if name == "<lambda>" else str(name)


def _name_rows(ids: Sequence[int]) -> str:
    shown = ", ".join(map(str, ids[:_MOST_NAMED]))
    more = f" and {len(ids) - _MOST_NAMED:,} more" if len(ids) > _MOST_NAMED else ""
    return f"row {shown}" if len(ids) == 1 else f"rows {shown}{more}"


def _write_to_stderr(sentence: str) -> None:
    sys.stderr.write(f"{sentence}\n")
