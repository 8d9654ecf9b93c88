"""Where the runs of one setting and one state of the code are kept."""

from collections.abc import Iterator
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import motherlode
from benchmarks.datasets.packages import DATA

RUNS = DATA / "runs"

# Files of motherlode that cannot change a run: its faces, and what only reads finished runs.
_NOT_RUN = (
    "cli/",
    "simulation/curves.py",
    "simulation/page.py",
    "simulation/palette.py",
    "simulation/report.py",
    "simulation/results.py",
    "simulation/svg.py",
    "simulation/tables.py",
)
# Files that cannot change what another library asks, or the final model.
_NOT_OF_PEERS = (
    *_NOT_RUN,
    "strategies/",
    "batches.py",
    "candidates.py",
    "geometry/",
    "measures.py",
    "neighbourhoods.py",
)


def journal(name: str, *, peers: bool = False) -> Path:
    """A JSONL file under `RUNS`; an interrupted comparison goes on from it.

    Its name holds a digest of the code that the runs hang on, so that runs of an older state of
    a strategy are never taken for those of the present one. The runs of peers do not hang on
    motherlode's strategies, and outlive changes to them.

    Parameters
    ----------
    name : str
        Of what the file holds, setting and all.
    peers : bool
        Whether that hangs on motherlode's simulation and models only.
    """
    RUNS.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    source, peers_too = Path(motherlode.__file__).parent, Path(__file__).with_name("peers")
    for text in _code(source, _NOT_OF_PEERS if peers else _NOT_RUN):
        digest.update(text)
    for text in _code(peers_too, ()) if peers else ():
        digest.update(text)
    for package in ("scikit-learn", "scikit-activeml") if peers else ("scikit-learn",):
        digest.update(f"{package} {_version(package)}".encode())
    return RUNS / f"{name}{'-of-peers' * peers}-{digest.hexdigest()[:12]}.jsonl"


def _code(folder: Path, without: tuple[str, ...]) -> Iterator[bytes]:
    for path in sorted(folder.rglob("*.py")):
        name = path.relative_to(folder).as_posix()
        if not name.startswith(without):
            yield name.encode() + b"\0" + path.read_bytes()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
