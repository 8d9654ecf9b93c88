"""Where results are kept, and digests of the code that they hang on, so that none outlives it."""

import json
from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple, TypeVar

import motherlode
from benchmarks.datasets.packages import DATA

RUNS = DATA / "runs"
Line = TypeVar("Line")

# Files of motherlode that cannot change a result: its faces, and what reads finished runs.
_FACES = (
    "cli/",
    "web/",
    "project/",
    "_registry.py",
    "stopping/",
    "estimation/",
    "simulation/_curves.py",
    "simulation/_page.py",
    "simulation/_palette.py",
    "simulation/_report.py",
    "simulation/_results.py",
    "simulation/_svg.py",
    "simulation/_tables.py",
)
_ASKING = (
    "strategies/",
    "learner/_candidates",
    "pool/_search.py",
    "_round/cluster_margin.py",
    "_round/selection.py",
    "simulation/",
)
_DEALT = ("simulation/_dataset.py", "simulation/_start.py")
_SCORED = ("simulation/_dataset.py", "simulation/_scoring.py", "metrics.py")


class Code(NamedTuple):
    """Files and folders of motherlode, some of them not, those of benchmarks, and packages."""

    package: tuple[str, ...]
    without: tuple[str, ...]
    benchmarks: tuple[str, ...]
    versions: tuple[str, ...] = ("scikit-learn",)


HANGS_ON = {
    "own": Code(("",), _FACES, ()),
    "random": Code((*_DEALT, "strategies/_chance.py"), (), ("datasets/",)),
    # Nothing of motherlode but the deal of rows: peers take days.
    "peer": Code(
        _DEALT, (), ("datasets/", "efficiency/peers/"), ("scikit-learn", "scikit-activeml")
    ),
    "default": Code(("",), (*_FACES, *_ASKING), ("efficiency/models.py",)),
    "labelled": Code(("",), (*_FACES, *_ASKING), ("efficiency/models.py",)),
    "scored": Code(_SCORED, (), ()),
    "logistic": Code(("pool/", "_rows/matrix.py", *_SCORED), (), ("efficiency/models.py",)),
}
"""By kind of arm, what its questions hang on; by final model, what its fits do."""


def read_lines(path: Path, kind: type[Line]) -> Iterator[Line]:
    """What a file of JSON lines holds; lines that a crash tore are left out.

    Parameters
    ----------
    path : Path
        It need not be there.
    kind : type
        Made of the fields of a line.
    """
    if not path.exists():
        return
    for line in path.read_text().splitlines():
        try:
            yield kind(**json.loads(line))
        except (ValueError, TypeError):
            continue


def journal(name: str, *kinds: str) -> Path:
    """A JSONL file under `RUNS`; what is cut short goes on from it.

    Parameters
    ----------
    name : str
        Of what the file holds, setting and all.
    kinds : str
        Keys of `HANGS_ON`; by default "own".
    """
    RUNS.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    for kind in kinds or ("own",):
        for text in _texts(HANGS_ON[kind]):
            digest.update(text)
    return RUNS / f"{name}-{digest.hexdigest()[:12]}.jsonl"


def _texts(code: Code) -> Iterator[bytes]:
    package, benchmarks = Path(motherlode.__file__).parent, Path(__file__).parents[1]
    yield from _files(package, code.package, code.without)
    if code.benchmarks:
        yield from _files(benchmarks, code.benchmarks, ())
    for name in code.versions:
        yield f"{name} {_version(name)}".encode()


def _files(folder: Path, within: tuple[str, ...], without: tuple[str, ...]) -> Iterator[bytes]:
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.npz")]):  # code and weights
        name = path.relative_to(folder).as_posix()
        if name.startswith(within) and not name.startswith(without):
            yield name.encode() + b"\0" + path.read_bytes()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
