"""A learner in a folder: its settings as JSON, and its labels as an Arrow file beside it.

The JSON file is written last and names the Arrow file by a digest of its content. So the folder
holds the old save or the new one, and what does not belong together is noticed.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import fields, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

import numpy as np

from .._rows.arrays import Floats
from .._rows.whole_file import write_whole
from ..errors import InputError
from ..pool import Pool
from ..priors import Prior, Scores, as_prior
from ..priors import from_json as read_prior
from ..priors import to_json as write_prior
from ..session import Origin
from ._arriving import ArrivedRows
from ._naming import CannotBeNamed, of_json, to_json
from ._record import Skip

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
"""Of the folder; raise it when a save means something else than before."""

OBJECTS = ("model", "query_model", "strategy", "candidates", "selection", "control")
PRIOR = "prior"
VALUES = ("minority", "refit_every", "goal", "copies", "seed")
_FILE = "learner.json"
_LABEL, _OPINION, _SETTLED, _SKIP, _ASKED = "label", "opinion", "settled", "skip", "asked"
_FITTED, _SKIPPED_AT_FIT = "fitted", "fit skipped"
_NEEDS_ARROW = (
    'A learner is saved as Arrow, which needs pyarrow: pip install "motherlode[parquet]".'
)


def save_learner(learner: Any, folder: Path) -> None:
    """Write an `ActiveLearner` to a folder, whole or not at all."""
    try:
        import pyarrow as pa
    except ImportError:
        raise InputError(_NEEDS_ARROW) from None
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not _is_ours(folder)):
        raise InputError(f"{folder} holds something else than a learner; give another folder.")
    table = _table_of(learner)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    content = sink.getvalue().to_pybytes()
    name = f"rows-{blake2b(content, digest_size=16).hexdigest()}.arrow"
    said = json.dumps(_describe(learner, name), indent=1, ensure_ascii=False) + "\n"
    try:
        folder.mkdir(exist_ok=True)
        scores = _write_scores(learner.prior, folder)
        with write_whole(folder / name) as made:
            made.write_bytes(content)
        with write_whole(folder / _FILE) as made:
            made.write_text(said, "utf-8")
        for old in [*folder.glob("rows-*.arrow"), *folder.glob("prior-*.arrow")]:
            if old.name not in (name, scores):
                old.unlink()
    except OSError as problem:
        raise InputError(f"The learner can't be written to {folder}: {problem.strerror}.") from None


def folder_of(path: Any) -> Path:
    """Take the path of a saved learner, or say in a sentence that it is none."""
    try:
        return Path(path)
    except TypeError:
        raise InputError(
            f"path is a {type(path).__name__}; give the folder that holds the saved learner."
        ) from None


def load_learner(kind: Any, folder: Path, pool: Pool, given: Mapping[str, Any]) -> Any:
    """Make the `ActiveLearner` of a folder again; what is ``given`` replaces what is named."""
    said = _read(folder)
    _check_pool(said["pool"], pool, folder)
    settings = {name: of_json(said[name]) for name in VALUES}
    for name in OBJECTS:
        settings[name] = _take_object(name, said[name], given.get(name), folder)
    learner = kind(pool, of_json(said["classes"]), **settings)
    learner.prior = _take_prior(said[PRIOR], given.get(PRIOR), folder)
    lines = _read_rows(folder, said["rows"])
    try:
        _take_up(learner, said["arrivals"], lines)
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError) as problem:
        raise InputError(f"The learner in {folder} is damaged: {problem}") from None
    return learner


def _is_ours(folder: Path) -> bool:
    return (folder / _FILE).is_file()


def _describe(learner: Any, rows: str) -> dict[str, Any]:
    model, query_model = learner._given_models
    objects = {name: getattr(learner, name) for name in OBJECTS}
    objects |= {"model": model, "query_model": query_model}
    pool = learner.pool
    return {
        "format": FORMAT,
        "rows": rows,
        "pool": {"rows": len(pool), "digest": pool.digest},
        "classes": to_json(learner.classes.tolist()),
        **{name: _value_of(getattr(learner, name)) for name in VALUES},
        **{name: _name_object(each) for name, each in objects.items()},
        PRIOR: _name_prior(learner.prior),
        "arrivals": learner._record.arrived.to_dict(),
    }


def _value_of(value: Any) -> Any:
    if isinstance(value, np.ndarray | set | frozenset):  # of classes, as the positive ones
        value = list(value)
    return to_json(value)


def _name_object(value: Any) -> Any:
    try:
        return to_json(value)
    except CannotBeNamed as problem:
        return {"not named": str(problem)}


def _name_prior(prior: Prior | None) -> Any:
    if isinstance(prior, Scores):
        return {"prior": "scores", "file": prior.file_name}
    try:
        return None if prior is None else write_prior(prior)
    except InputError:
        assert prior is not None
        return {"not named": prior.describe()}


def _write_scores(prior: Prior | None, folder: Path) -> str | None:
    """Write the scores of a prior beside, and name their file."""
    return write_prior(prior, folder)["file"] if isinstance(prior, Scores) else None


def _take_prior(said: Any, given: Any, folder: Path) -> Prior | None:
    if given is not None:
        return as_prior(given)
    if isinstance(said, dict) and "not named" in said:
        raise InputError(
            f"The prior of the learner in {folder} is {said['not named']}, which cannot be written "
            "down; hand it in: ActiveLearner.load(path, pool, prior=...)."
        )
    return None if said is None else read_prior(said, folder)


def _take_object(name: str, said: Any, given: Any, folder: Path) -> Any:
    if given is not None:
        return given
    if isinstance(said, dict) and "not named" in said:
        raise InputError(
            f"The {name} of the learner in {folder} is or holds a {said['not named']}, which JSON "
            f"cannot name; hand it in: ActiveLearner.load(path, pool, {name}=...)."
        )
    return of_json(said)


def _read(folder: Path) -> Any:
    try:
        said = json.loads((folder / _FILE).read_text("utf-8"))
        found = said["format"]
    except (FileNotFoundError, NotADirectoryError):
        raise InputError(f"There is no learner in {folder}: it has no {_FILE}.") from None
    except OSError as problem:
        raise InputError(f"The learner in {folder} can't be read: {problem.strerror}.") from None
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{folder / _FILE} is damaged; take an earlier save.") from None
    if found != FORMAT:
        newer = isinstance(found, int) and found > FORMAT
        what = "update motherlode" if newer else "load it with the motherlode that saved it"
        raise InputError(
            f"The learner in {folder} is saved in format {found!r} and this version reads format "
            f"{FORMAT}; {what}."
        )
    said.setdefault(PRIOR, None)  # a save of before there were any
    expected = {"rows", "pool", "classes", "arrivals", *VALUES, *OBJECTS}
    if missing := sorted(expected - set(said)):
        raise InputError(f"{folder / _FILE} is damaged: it has no {missing[0]!r}.")
    return said


def _check_pool(said: Any, pool: Pool, folder: Path) -> None:
    if said == {"rows": len(pool), "digest": pool.digest}:
        return
    rows = said.get("rows") if isinstance(said, dict) else None
    differ = (
        f"{rows:,} rows and this one {len(pool):,}"
        if isinstance(rows, int) and rows != len(pool)
        else "other rows than this one, or the same in another order"
    )
    raise InputError(
        f"The pool of the learner in {folder} has {differ}; give the pool that it had."
    )


def _table_of(learner: Any) -> "pa.Table":
    """Put all that is known of rows into one table; a column says what each line is of."""
    import pyarrow as pa

    record, fit = learner._record, learner._query_fit
    labels = record.labels
    lines = [
        _line(_LABEL, row, code, changes, origin)
        for row, code, changes, origin in zip(
            labels.rows.tolist(), labels.first_codes.tolist(), labels.changes.tolist(),
            labels.origins, strict=True,
        )
    ]  # fmt: skip
    lines += [
        _line(_OPINION, row, code, annotator=who)
        for row, said in labels.named.items()
        for who, code in said.items()
    ]
    lines += [_line(_SETTLED, row, code) for row, code in labels.settled.items()]
    skipped = record.skips.items()
    lines += [_line(_SKIP, row, int(skip.drawn), skip.known) for row, skip in skipped]
    lines += [_line(_ASKED, row, origin=origin) for row, origin in record.asked.items()]
    if fit is not None and fit.events < record.events:  # it stays for some more labels
        fitted_on = fit.training
        trust = np.ones(len(fitted_on.rows)) if fitted_on.trust is None else fitted_on.trust
        known = zip(fitted_on.rows.tolist(), fitted_on.codes.tolist(), trust.tolist(), strict=True)
        count = fit.events
        lines += [_line(_FITTED, row, code, count, trust=how_far) for row, code, how_far in known]
        lines += [_line(_SKIPPED_AT_FIT, row) for row in fitted_on.skipped.tolist()]
    reached = record.arrived.reached(line["row"] for line in lines).tolist()
    for line, some in zip(lines, reached, strict=True):
        line["reached"] = some
    return pa.Table.from_pylist(lines, schema=_schema())


def _line(
    what: str,
    row: int,
    code: int = -1,
    count: int = 0,
    origin: Origin | None = None,
    *,
    annotator: str = "",
    trust: float = 1.0,
) -> dict[str, Any]:
    origin = origin or Origin()
    said = {f.name: getattr(origin, f.name) for f in fields(Origin)}
    ours = {"what": what, "row": row, "code": code, "count": count}
    return ours | {"annotator": annotator, "trust": trust} | said


def _schema() -> "pa.Schema":
    import pyarrow as pa

    kinds = {str: pa.string(), float: pa.float64(), int: pa.int64()}
    columns = [("what", pa.string()), ("row", pa.int64()), ("code", pa.int64())]
    columns += [("count", pa.int64()), ("reached", pa.int64())]
    columns += [("annotator", pa.string()), ("trust", pa.float64())]
    columns += [(name, kinds[kind]) for name, kind in get_type_hints(Origin).items()]
    return pa.schema(columns)


def _read_rows(folder: Path, name: Any) -> list[dict[str, Any]]:
    try:
        import pyarrow as pa
    except ImportError:
        raise InputError(_NEEDS_ARROW) from None
    damaged = f"The learner in {folder} is damaged: {name} is not what was saved."
    if not isinstance(name, str) or os.path.basename(name) != name:
        raise InputError(damaged)
    try:
        content = (folder / name).read_bytes()
    except OSError:
        raise InputError(f"The learner in {folder} is damaged: it has no {name}.") from None
    if name != f"rows-{blake2b(content, digest_size=16).hexdigest()}.arrow":
        raise InputError(damaged)
    try:
        table = pa.ipc.open_file(pa.BufferReader(content)).read_all()
        table.validate(full=True)
        found = table.select(_schema().names)
    except (pa.ArrowException, KeyError):
        raise InputError(damaged) from None
    if found.schema != _schema():
        raise InputError(damaged)
    lines: list[dict[str, Any]] = found.to_pylist()
    return lines


def _take_up(learner: Any, arrivals: Mapping[str, Any], lines: list[dict[str, Any]]) -> None:
    """Give a new learner the state of the saved one."""
    by = {what: [line for line in lines if line["what"] == what] for what in _WHATS}
    labelled = by[_LABEL]
    record = learner._record
    record.labels.row_ids([line["row"] for line in lines])  # all of the pool
    record.labels.restore(
        _column(labelled, "row"),
        _column(labelled, "code"),
        _column(labelled, "count"),
        [_origin_of(line) for line in labelled],
        _read_opinions(by[_OPINION]),
        {line["row"]: line["code"] for line in by[_SETTLED]},
    )
    record.skips = {line["row"]: Skip(line["count"], bool(line["code"])) for line in by[_SKIP]}
    record.asked = {line["row"]: _origin_of(line) for line in by[_ASKED]}
    reached = {line["row"]: line["reached"] for line in labelled + by[_ASKED]}
    record.arrived = ArrivedRows.of_dict(arrivals, reached)
    if by[_FITTED]:
        learner._fit_again(
            replace(
                learner.training_set,
                rows=_column(by[_FITTED], "row"),
                codes=_column(by[_FITTED], "code"),
                seed=(learner.seed, int(by[_FITTED][0]["count"])),
                skipped=_column(by[_SKIPPED_AT_FIT], "row"),
                trust=_read_trust(by[_FITTED]),
            )
        )


_WHATS = (_LABEL, _OPINION, _SETTLED, _SKIP, _ASKED, _FITTED, _SKIPPED_AT_FIT)


def _read_opinions(lines: list[dict[str, Any]]) -> dict[int, dict[str, int]]:
    found: dict[int, dict[str, int]] = {}
    for line in lines:
        found.setdefault(line["row"], {})[line["annotator"]] = line["code"]
    return found


def _read_trust(lines: list[dict[str, Any]]) -> Floats | None:
    """Read how far labels were trusted; None, as a fit has it, where all were in full."""
    found = np.array([line["trust"] for line in lines], dtype=np.float64)
    return None if (found == 1.0).all() else found


def _column(lines: list[dict[str, Any]], name: str) -> Any:
    return np.array([line[name] for line in lines], dtype=np.int64)


def _origin_of(line: Mapping[str, Any]) -> Origin:
    return Origin(**{f.name: line[f.name] for f in fields(Origin)})
