"""``motherlode init``: make a labelling project of a file."""

import time
import warnings
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .._files.choices import Choices, Found
from .._files.class_names import ClassNames
from .._files.reading import read_file
from .._files.sources import holds_tables, is_address, is_dataset_folder, split_part
from .._inert.description import pluralise
from .._inert.shell_words import as_typed
from ..embedding import image_files
from ..errors import InputError
from ..learner._arguments import COPIES
from ..project._data.encoders import default_encoder, get_encoder
from ..project._data.folder import Project, create_project
from ..project._data.planning import RowPlan, decode_dictionaries, plan_rows
from ..project._data.settings import Recipe, Settings
from ..project._data.stated import JUDGE, Stated, holds_words, say_search
from ..project._data.written import keep_cells
from ..project._insight.advice import check_rules
from ..project._insight.prior import IT_SAYS_NOTHING, describe_prior
from ..project._log.fold import State
from ..project._log.log import read_state
from ..project._serving.papers_again import say_again
from ..project._serving.teaching import teach
from ..project._training.prior import check_prior
from ..project._training.recipe import check_recipe
from ..project._training.training import CurrentPool, rank_queue
from ..strategies._adaptive import GOALS
from ._choices import check_kinds, make_choices, read_minority, split_names
from ._columns import show_read
from ._encoding import show_encoding
from ._interrupt import Interrupted
from ._leaks import say_leaks
from ._progress import Steps
from ._screen import make_console, say
from ._text_files import read_text
from ._who import find_annotator

if TYPE_CHECKING:
    import pyarrow as pa

_IMAGE = "image"  # the column of a folder's images
_MOST_NAMED = 20  # columns in one sentence
_MOST_ORDERED = 20_000  # rows, which takes some seconds


@dataclass(frozen=True)
class Request:
    """What to make, as typed."""

    project: Path
    data: str
    classes: list[str]
    text: str | None
    image: str | None
    features: str | None
    minority: list[str] | None
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
    labels: str | None
    types: list[str] | None
    missing: list[str] | None
    encoding: str | None
    who: str | None
    prior: Stated | None = None


def init(request: Request) -> None:
    """Make the project, and say what to do next."""
    if request.goal not in GOALS:
        raise InputError(f"--goal is {request.goal!r}; it is one of {', '.join(GOALS)}.")
    if request.copies not in COPIES:
        raise InputError(f"--copies is {request.copies!r}; it is one of {', '.join(COPIES)}.")
    check_recipe(request.strategy, request.model)
    check_rules(_listed(request.stop))
    names = ClassNames(classes := read_classes(request.classes), request.missing or [])
    annotator = None if request.labels is None else find_annotator(request.who)
    with Steps().show("File read"):
        found = _read(request)
    table = decode_dictionaries(found.table)
    known = table.column_names
    is_of_images = _is_of_images(request.data)
    planned = plan_rows(
        table,
        text=split_names(request.text or "", known),
        image=_IMAGE if is_of_images else request.image,
        features=split_names(request.features or "", known),
        id=_IMAGE if is_of_images else request.id,  # a file is known by its name
        labels=request.labels,
        classes=names,
    )
    labels = _find_labels(table, request.labels, names)
    encoder = request.encoder or default_encoder(planned.kind)
    settings = _settings(request, classes, planned, encoder)
    check_prior(request.prior, settings, table)
    table = keep_cells(table, found.written, settings.shown)
    with _create(request, settings, table) as project:
        if annotator is not None:
            _teach(project, annotator, labels)
        _order(project, request.project)
        told = [said for said in (say_again(project.rows), _say_prior(project)) if said]
    _conclude(request, found, planned, labels, told)


def _create(request: Request, settings: Settings, table: "pa.Table") -> Project:
    """Make the project, and show what its encoder costs."""
    project, encoder, kind = request.project, settings.recipe.encoder, settings.kind
    if encoder is None:
        with Steps().show("Project made"):
            return create_project(project, settings, table, request.database)
    get_encoder(encoder, kind)  # so that a wrong name shows at once
    with show_encoding(make_console(), table.num_rows, encoder, kind) as progress:
        return create_project(project, settings, table, request.database, progress)


def _read(request: Request) -> Found:
    if _is_of_images(request.data):
        _check_no_columns(request)
        return Found(_list_images(Path(request.data)))
    texts = frozenset(name for name in (request.id, request.labels) if name is not None)
    choices = make_choices(request.types, request.missing, request.encoding, texts)
    found = read_file(request.data, choices)
    check_kinds(choices, found.table.column_names)
    return found


def read_classes(given: list[str]) -> tuple[str, ...]:
    """Read classes: one with commas between, several as they are, or a file of one a line."""
    if len(given) > 1:
        return tuple(given)
    if not given[0].startswith("@"):
        return split_names(given[0])
    path = Path(given[0][1:])
    lines = read_text(path).splitlines()
    return tuple(line.strip() for line in lines if line.strip())


def _find_labels(table: "pa.Table", column: str | None, names: ClassNames) -> dict[int, str]:
    """Find the classes of the rows that have a label already."""
    if column is None:
        return {}
    found = (names.find(value) for value in table.column(column).to_pylist())
    return {row: name for row, name in enumerate(found) if name is not None}


def _teach(project: Project, annotator: str, labels: dict[int, str]) -> None:
    with project.database.writing() as connection:
        state, rows = read_state(connection), list(labels)
        words = list(labels.values())
        teach(connection, state, project.settings_at(state), annotator, rows, words, time.time())


def _order(project: Project, folder: Path) -> None:
    """Order the rows by what is stated, so that the first row that anybody sees is of this order.

    Else a trainer that is still starting would leave the first rows to chance. A judge is not asked
    before somebody labels, since its calls may cost money.
    """
    stated = project.settings.prior
    if stated is None or stated["prior"] == JUDGE or project.settings.rows > _MOST_ORDERED:
        return
    try:
        with (
            Steps().show("Rows ordered"),
            suppress(Exception),  # the trainer says what is wrong
            warnings.catch_warnings(action="ignore"),  # what is stated is told of below
        ):
            rank_queue(project, CurrentPool(project), State())
    except KeyboardInterrupt:
        raise Interrupted(
            f"{folder} is made; its rows are ordered by `motherlode label {as_typed(folder)}` or "
            f"`motherlode serve {as_typed(folder)}`."
        ) from None


def _say_prior(project: Project) -> str:
    """Say what is looked for and what that does, or ask for it where words can say it."""
    settings, table = project.settings, project.rows.table
    stated, folder = settings.prior, project.folder
    if stated is None and settings.kind == "text":
        return (
            "What are you looking for? Say it in a sentence, and the first rows are better than "
            f'chance: `motherlode set {as_typed(folder)} --prior "…"`.'
        )
    if stated is None and settings.kind == "table":
        words = ' or what their cells say, `--prior "…"`,' * holds_words(settings, table)
        return (
            "What do you know already? A column of scores, as of an older model,"
            f"{words} says what to look at first: "
            f"`motherlode set {as_typed(folder)} --prior-column NAME`."
        )
    if stated is None:
        return ""
    if stated["prior"] == JUDGE:
        return (
            f"{say_search(stated)}: it is asked of some rows once somebody labels or a server runs."
        )
    with project.database.reading() as connection:
        did = describe_prior(connection, settings, read_state(connection))["did"]
    if IT_SAYS_NOTHING in did:
        return f"{say_search(stated)}. {IT_SAYS_NOTHING}"
    return f"{say_search(stated)}: it orders the first rows."


def _is_of_images(data: str) -> bool:
    """Tell whether the data are a folder of images, not of tables."""
    folder = Path(data)
    if is_address(data) or not folder.is_dir() or is_dataset_folder(folder):
        return False
    with suppress(InputError):
        return bool(image_files(folder))
    return not holds_tables(folder)


def _check_no_columns(request: Request) -> None:
    """Refuse options that choose or read columns, of which a folder of images has none."""
    given = {"--id": request.id, "--text": request.text, "--image": request.image,
             "--features": request.features, "--labels": request.labels, "--type": request.types,
             "--missing": request.missing, "--encoding": request.encoding}  # fmt: skip
    for option, value in given.items():
        if value:
            raise InputError(
                f"{option} is for files with columns, and {request.data} is a folder of images, "
                "whose ids are the paths in it; leave it out, or hand in a table with a column of "
                "paths, by --image."
            )


def _list_images(folder: Path) -> "pa.Table":
    """Make a table of the images in a folder, by their paths in it."""
    import pyarrow as pa

    names = [path.relative_to(folder).as_posix() for path in image_files(folder)]
    return pa.table({_IMAGE: names})


def _settings(
    request: Request, classes: tuple[str, ...], planned: RowPlan, encoder: str | None
) -> Settings:
    return Settings(
        name=request.project.name or request.project.resolve().name,
        classes=classes,
        minority=read_minority(request.minority, ClassNames(classes)),
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
            encoder,
            request.copies,
        ),
        double=request.double / 100,
        control=request.control / 100,
        lease=request.lease,
        stop=_listed(request.stop),
        prior=request.prior,
    )


def _image_root(data: str) -> str:
    """Give the folder that paths of images begin in: of a database, the one that one is in."""
    path = Path() if is_address(data) else Path(split_part(data, Choices())[0])
    return str((path if path.is_dir() else path.parent).resolve())


def _listed(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _conclude(
    request: Request,
    found: Found,
    planned: RowPlan,
    labels: dict[int, str],
    told: Sequence[str],
) -> None:
    console = make_console()
    rows, columns = found.table.num_rows, ", ".join(planned.columns[:_MOST_NAMED])
    more = f" and {len(planned.columns) - _MOST_NAMED:,} more" * (
        len(planned.columns) > _MOST_NAMED
    )
    kind = planned.kind
    say(
        console,
        f"{request.project}: {pluralise(rows, 'row')}; models read: {kind} of {columns}{more}.",
    )
    encoder = request.encoder or default_encoder(kind)
    show_read(console, found, planned, labels=request.labels, encoder=encoder)
    if request.labels is not None:
        have = pluralise(len(labels), "row has", "rows have")
        say(console, f"{have} a label already, by {request.labels}.")
        say_leaks(console, found.table, planned.columns, labels)
    for sentence in told:
        say(console, sentence)
    if request.minority is None:
        say(
            console,
            "Please name the positive class, by --minority: many labels are needed to see which "
            "class is rare.",
        )
    typed = as_typed(request.project)
    say(console, f"Label with `motherlode label {typed}` or `motherlode serve {typed}`.")
