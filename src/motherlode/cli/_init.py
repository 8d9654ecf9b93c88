"""``motherlode init``: make a labelling project of a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .._files.reading import read_table
from ..embedding import image_files
from ..errors import InputError
from ..learner._learner import COPIES
from ..project._data.encoders import get_encoder
from ..project._data.folder import create_project
from ..project._data.planning import RowPlan, decode_dictionaries, plan_rows
from ..project._data.settings import Recipe, Settings
from ..project._insight.advice import check_rules
from ..project._training.recipe import check_recipe
from ..strategies._adaptive import GOALS
from ._screen import make_console, say

if TYPE_CHECKING:
    import pyarrow as pa

_IMAGE = "image"  # the column of a folder's images


@dataclass(frozen=True)
class Request:
    """What to make, as typed."""

    project: Path
    data: Path
    classes: str
    text: str | None
    image: str | None
    features: str | None
    minority: str | None
    id: str | None
    database: str | None
    strategy: str
    model: str | None
    encoder: str | None
    goal: str
    seed: int
    double: float
    control: float
    lease: float
    copies: str
    stop: str


def init(request: Request) -> None:
    """Make the project, and say what to do next."""
    if request.goal not in GOALS:
        raise InputError(f"--goal is {request.goal!r}; it is one of {', '.join(GOALS)}.")
    if request.copies not in COPIES:
        raise InputError(f"--copies is {request.copies!r}; it is one of {', '.join(COPIES)}.")
    check_recipe(request.strategy, request.model)
    check_rules(_listed(request.stop))
    of_images = request.data.is_dir()
    table = (
        _list_images(request.data) if of_images else decode_dictionaries(read_table(request.data))
    )
    planned = plan_rows(
        table,
        text=request.text,
        image=_IMAGE if of_images else request.image,
        features=_listed(request.features),
        id=request.id,
    )
    if request.encoder is not None:
        get_encoder(request.encoder, planned.kind)  # so that a wrong name shows at once
        say(make_console(), f"Encoding {table.num_rows:,} rows by {request.encoder}, once.")
    project = create_project(request.project, _settings(request, planned), table, request.database)
    project.close()
    _conclude(request, planned, table.num_rows)


def _list_images(folder: Path) -> "pa.Table":
    """Make a table of the images in a folder, by their paths in it."""
    import pyarrow as pa

    names = [path.relative_to(folder).as_posix() for path in image_files(folder)]
    return pa.table({_IMAGE: names})


def _settings(request: Request, planned: RowPlan) -> Settings:
    return Settings(
        name=request.project.name or request.project.resolve().name,
        classes=_listed(request.classes),
        minority=request.minority,
        kind=planned.kind,
        columns=planned.columns,
        shown=planned.shown,
        id=planned.id,
        rows=0,
        digest="",
        image_root=_image_root(request.data) if planned.kind == "image" else None,
        recipe=Recipe(
            request.strategy,
            request.model,
            request.goal,
            request.seed,
            request.encoder,
            request.copies,
        ),
        double=request.double / 100,
        control=request.control / 100,
        lease=request.lease,
        stop=_listed(request.stop),
    )


def _image_root(data: Path) -> str:
    return str((data if data.is_dir() else data.parent).resolve())


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _conclude(request: Request, planned: RowPlan, rows: int) -> None:
    console = make_console()
    columns = ", ".join(planned.columns)
    say(console, f"{request.project}: {rows:,} rows; models read: {planned.kind} of {columns}.")
    if planned.left_out:
        reasons = ", ".join(f"{name} ({why})" for name, why in planned.left_out.items())
        say(console, f"Columns left out: {reasons}.")
    if request.minority is None:
        say(
            console,
            "Please name the positive class, by --minority: many labels are needed to see which "
            "class is rare.",
        )
    say(
        console,
        f"Label with `motherlode label {request.project}` or `motherlode serve {request.project}`.",
    )
