"""Where the runs of one setting and one state of the code are kept."""

from hashlib import sha256
from pathlib import Path

import motherlode
from benchmarks.datasets.packages import DATA

RUNS = DATA / "runs"


def journal(start: str, budget: int, batch: int, max_rows: int | None) -> Path:
    """A JSONL file under `RUNS`; an interrupted comparison goes on from it.

    Its name holds a digest of motherlode's source, so that runs of an older state of a strategy
    are never taken for those of the present one.
    """
    RUNS.mkdir(parents=True, exist_ok=True)
    cut = "" if max_rows is None else f"-of-{max_rows}-rows"
    return RUNS / f"start-{start}-{budget}-by-{batch}{cut}-{_code()}.jsonl"


def _code() -> str:
    source = Path(motherlode.__file__).parent
    digest = sha256()
    for path in sorted(source.rglob("*.py")):
        digest.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
