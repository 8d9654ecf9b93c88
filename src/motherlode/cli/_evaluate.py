"""``motherlode evaluate``: how good a model is, from few labels that a person gives."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from rich.console import Console
from rich.text import Text

from .._files.cell_texts import format_cells
from .._files.choices import Found
from .._files.reading import read_file
from .._files.sources import split_part
from .._inert.description import enumerate_words
from .._inert.shell_words import as_typed
from ..errors import InputError
from ..estimation._evaluation import NAMES
from ..project._data.evaluated import (
    Aim,
    Evaluated,
    end_evaluation,
    read_aim,
    read_evaluated,
    write_evaluated,
)
from ..project._data.folder import ABOUT, Project, create_project, open_project
from ..project._data.ids import check_ids
from ..project._data.planning import RowPlan, decode_dictionaries, plan_rows
from ..project._data.score_files import IDS, ScoreColumns, Scored, read_scored, say_unknown
from ..project._data.settings import Recipe, Settings
from ..project._data.written import keep_cells
from ..project._log.log import read_state
from ..project._serving.evaluating import make_run
from ..project._serving.live import Live
from ._choices import make_choices
from ._init import _teach
from ._interrupt import Interrupted
from ._keyboard import Keyboard, open_keyboard
from ._label import Labelling
from ._outputs import prepare
from ._screen import make_console, make_table, say
from ._who import find_annotator

if TYPE_CHECKING:
    from ..estimation._evaluation_report import EvaluationReport

_ENDING = ".evaluation"
_ALL = "all"


@dataclass(frozen=True)
class Request:
    """What to evaluate, as typed."""

    target: str
    scores: str | None
    columns: ScoreColumns
    oracle: str | None
    data: str | None
    text: str | None
    image: str | None
    measure: str
    width: float
    budget: int | None
    threshold: float | None
    seed: int
    report: Path | None
    who: str | None
    end: bool
    serve: bool
    host: str
    port: int
    types: list[str] | None
    missing: list[str] | None
    encoding: str | None


def evaluate(request: Request) -> None:
    """Evaluate a model of a file in a folder beside it, or in a project that is there."""
    if request.report is not None:
        prepare(request.report, inputs=(Path(request.target),))
    folder = Path(request.target)
    if (folder / ABOUT).exists():
        _refuse_idle(request)
        _evaluate_in_project(request, folder)
        return
    if request.scores is not None:
        raise InputError(f"There is no project {folder}; of two files, name one.")
    if request.end:
        raise InputError(f"{folder} is no project; --end ends the evaluation in one.")
    scored = _read(request, request.target, request.columns)
    if request.oracle is not None:
        _simulate(request, scored)
        return
    folder = _folder_beside(request.target)
    aim = _make_aim(request, request.target, alone=True)
    make_run(Evaluated(aim, scored.scores, scored.decisions))  # says what is wrong
    if (folder / ABOUT).exists():
        _go_on(request, scored, folder, aim)
    else:
        _make_project(request, scored, folder, aim)
    if not request.serve:
        _ask(request, folder)
        return
    try:
        _serve(request, folder)
    except KeyboardInterrupt:  # so a server ends
        with open_project(folder) as project:
            _sum_up(request, project)
        raise


def _refuse_idle(request: Request) -> None:
    """Refuse options that would change nothing where a project is evaluated."""
    columns = request.columns
    of_files = {
        "--label": columns.label,
        "--oracle-column": request.oracle,
        "--data": request.data,
        "--text": request.text,
        "--image": request.image,
    }
    of_scores = {
        "--id": columns.id,
        "--score": columns.score,
        "--decision": columns.decision,
        "--positive": columns.positive,
        "--threshold": request.threshold,
        "--budget": request.budget,
        "--type": request.types,
        "--missing": request.missing,
        "--encoding": request.encoding,
    }
    idle = [name for name, value in of_files.items() if value is not None]
    if idle:
        raise InputError(
            f"{request.target} is a project, which has its own rows and labels; leave out "
            f"{', '.join(idle)}."
        )
    idle = [name for name, value in of_scores.items() if value is not None]
    if idle and request.scores is None:
        raise InputError(
            f"{', '.join(idle)} would change nothing without a file of scores; name one, as in "
            f"`motherlode evaluate {as_typed(request.target)} scores.csv`."
        )


def _evaluate_in_project(request: Request, folder: Path) -> None:
    console = make_console()
    with open_project(folder) as project:
        if request.end:
            ended = end_evaluation(folder)
            say(console, "Nothing is evaluated any more." if ended else "Nothing was evaluated.")
            return
        if request.scores is not None:
            columns = replace(request.columns, id=request.columns.id or project.settings.id)
            scored = _read(request, request.scores, columns)
            scores, decisions = scored.align(project.rows.numbers)
            before = read_aim(folder)
            is_alone = before is not None and before.alone
            aim = _make_aim(request, request.scores, alone=is_alone)
            evaluated = Evaluated(aim, scores, decisions)
            make_run(evaluated)  # says what is wrong
            write_evaluated(folder, evaluated)
        else:
            read_evaluated(folder, 0)
        _sum_up(request, project)
        say(
            console,
            "Rows of the evaluation are asked first, by `motherlode label "
            f"{as_typed(folder)}` and on the page; rows that have a label already are not asked "
            "again.",
        )
    if request.serve:
        _serve(request, folder)


def _read(request: Request, source: str, columns: ScoreColumns) -> Scored:
    if request.oracle is not None:
        columns = replace(columns, label=request.oracle)
    texts = {n for n in (*IDS, columns.id, columns.label, columns.decision) if n is not None}
    choices = make_choices(request.types, request.missing, request.encoding, frozenset(texts))
    return read_scored(source, columns, choices)


def _make_aim(request: Request, source: str, *, alone: bool) -> Aim:
    listed = tuple(name.strip().replace("-", "_") for name in request.measure.split(","))
    every = tuple(NAMES)
    measures = every if listed == (_ALL,) else listed
    name = Path(split_part(source, make_choices(None, None, None))[0]).name
    return Aim(
        name, measures, request.width, request.budget, request.threshold, alone, request.seed
    )


def _simulate(request: Request, scored: Scored) -> None:
    """Evaluate with the labels of a column."""
    if None in scored.labels:
        raise InputError(f"Column {request.oracle!r} has gaps; --oracle-column needs every label.")
    positive = request.columns.positive
    if positive is not None and True not in scored.labels:
        raise InputError(
            f"Column {request.oracle!r} holds no {positive!r}; say by --positive which of its "
            "values is positive."
        )
    aim = _make_aim(request, request.target, alone=True)
    run = make_run(Evaluated(aim, scored.scores, scored.decisions))
    console, shown = make_console(), 0
    while len(rows := run.ask()):
        run.teach(rows, [scored.labels[row] for row in rows.tolist()])
        for look in run.looks[shown:]:
            say(console, str(look))
        shown = len(run.looks)
    _show(request, run.report(), console)


def _folder_beside(source: str) -> Path:
    path = Path(split_part(source, make_choices(None, None, None))[0])
    return path.with_name(f"{path.name.split('.')[0]}{_ENDING}")


def _go_on(request: Request, scored: Scored, folder: Path, aim: Aim) -> None:
    """Go on in the folder of an earlier run; labels that the file has by now count too."""
    with open_project(folder) as project:
        numbers = project.rows.numbers
        scores, decisions = scored.align(numbers)
        _refuse_settled(request, scored, project)
        if any(label is not None for label in scored.labels):
            with project.database.reading() as connection:
                answered = read_state(connection).rows
            labels = zip(scored.ids(), scored.labels, strict=True)
            new = {numbers[id]: label for id, label in labels if numbers[id] not in answered}
            _bring_labels(request, project, new)
        write_evaluated(folder, Evaluated(aim, scores, decisions))


def _refuse_settled(request: Request, scored: Scored, project: Project) -> None:
    """Refuse options that say something else than what the folder was made with."""
    settings, positive = project.settings, request.columns.positive
    said = {}
    if positive not in (None, settings.minority):
        said["--positive"] = (
            f"evaluates a model of the class {settings.minority!r}, not {positive!r}"
        )
    for kind, name in (("text", request.text), ("image", request.image)):
        if name is not None and (settings.kind, settings.columns) != (kind, (name,)):
            columns = enumerate_words([repr(column) for column in settings.columns])
            said[f"--{kind}"] = f"shows {settings.kind} of {columns}, not {kind} of {name!r}"
    if request.data is not None and not _holds_data(request, scored, project):
        said["--data"] = f"shows other rows than {request.data} holds"
    if said:
        raise InputError(
            f"{project.folder} {enumerate_words(list(said.values()))}; leave {', '.join(said)} "
            "out, or move the folder away to begin anew."
        )


def _holds_data(request: Request, scored: Scored, project: Project) -> bool:
    """Tell whether a project holds the columns of a file of data, and shows no others."""
    held, made, theirs = project.rows.table, _join(request, scored).table, scored.table.column_names
    names = {name for name in made.column_names if name not in theirs}
    if not {*project.settings.shown} - {*theirs} <= names <= {*held.column_names}:
        return False
    order = np.argsort([project.rows.numbers[id] for id in scored.ids()])
    pairs = ((held.column(name), made.column(name).take(order)) for name in sorted(names))
    return all(a.equals(b) or format_cells(a) == format_cells(b) for a, b in pairs)


def _bring_labels(request: Request, project: Project, labels: Mapping[int, bool | None]) -> None:
    """Record labels of the file, and say how many they are."""
    positive, negative = project.settings.classes
    told = {
        row: positive if label else negative for row, label in labels.items() if label is not None
    }
    if told:
        _teach(project, find_annotator(request.who), told)
        counts = (f"{list(told.values()).count(name):,} {name}" for name in (positive, negative))
        said = f"Labels from column {request.columns.label!r}: {', '.join(counts)}."
        say(make_console(), said)


def _make_project(request: Request, scored: Scored, folder: Path, aim: Aim) -> None:
    rows = _join(request, scored)
    table = decode_dictionaries(rows.table)
    positive = request.columns.positive or "positive"
    classes = (positive, "negative" if positive == "positive" else f"not {positive}")
    plan = _plan(request, table, scored.id)
    where = request.data or request.target
    settings = Settings(
        name=folder.name.removesuffix(_ENDING),
        classes=classes,
        minority=positive,
        kind=plan.kind,
        columns=plan.columns,
        shown=plan.shown,
        id=scored.id,
        rows=0,
        digest="",
        image_root=str(Path(where).parent.resolve()) if plan.kind == "image" else None,
        recipe=Recipe("random", seed=aim.seed),
        stop=(),
    )
    table = keep_cells(table, rows.written, plan.shown)
    with create_project(folder, settings, table, None) as project:
        _bring_labels(request, project, dict(enumerate(scored.labels)))
        write_evaluated(folder, Evaluated(aim, scored.scores, scored.decisions))


def _plan(request: Request, table: pa.Table, id: str | None) -> RowPlan:
    """Plan what people see; no model learns here, so texts may be as short as they like."""
    others = tuple(name for name in table.column_names if name != id)
    texts = tuple(n for n in others or table.column_names if table.schema.field(n).type == "string")
    is_named = request.text is not None or request.image is not None
    if not others:  # people know rows by their ids alone
        return RowPlan("text", texts, texts, id, {}, {})
    text = () if request.text is None else (request.text,)
    try:
        return plan_rows(table, text=text, image=request.image, id=id)
    except InputError:
        if is_named or not texts:
            raise
        return RowPlan("text", texts, others, id, {}, {})


def _join(request: Request, scored: Scored) -> Found:
    """Make what people see: further columns of the scores, and those of --data."""
    if scored.id is None:
        if request.data is not None:
            raise InputError("--data is joined by ids, and the scores have none; say --id.")
        rows = pa.table({"row": [str(row) for row in range(scored.table.num_rows)]})
        table = scored.table.select(scored.others) if scored.others else rows
        return Found(table, written=scored.written)
    table = scored.table.select([scored.id, *scored.others])
    if request.data is None:
        return Found(table, written=scored.written)
    choices = make_choices(request.types, request.missing, request.encoding, frozenset({scored.id}))
    file = read_file(request.data, choices)
    data = file.table
    if scored.id not in data.column_names:
        raise InputError(f"{request.data} has no column {scored.id!r}, by which it is joined.")
    check_ids(data.column(scored.id), scored.id, request.data)
    places = {str(id): place for place, id in enumerate(data.column(scored.id).to_pylist())}
    lacking = [id for id in scored.ids() if id not in places]
    if lacking:
        raise InputError(f"{say_unknown(lacking, request.data, next(iter(places)))}.")
    order = np.array([places[id] for id in scored.ids()])
    more = [name for name in data.column_names if name not in table.column_names]
    for name in more:
        table = table.append_column(name, data.column(name).take(order))
    cells = {name: file.written[name].take(order) for name in more if name in file.written}
    return Found(table, written={**scored.written, **cells})


class _Evaluating(Labelling):
    """Labelling that says with each row how narrow the intervals are."""

    def _count(self) -> str:
        return self.live.evaluations.say_progress(self.live.now())

    def _say_end(self) -> str:
        if self.live.evaluations.is_done(self.live.now()):
            return "The evaluation is done."
        settings = self.project.settings
        if settings.paused or self.name in settings.assigned:
            return super()._say_end()
        return (
            "Others hold the rows that the evaluation waits for; it goes on once they have "
            "answered, or some minutes after they left."
        )

    def _turn_back(self, keyboard: Keyboard, classes: dict[str, str]) -> bool:
        """End at once: the result follows."""
        return False


def _ask(request: Request, folder: Path) -> None:
    name, console = find_annotator(request.who), make_console()
    with open_project(folder) as project:
        project.rows.check()
        live = Live(project)
        labelling = _Evaluating(project, live, name, console)
        again = f"`motherlode evaluate {as_typed(request.target)}` goes on from here."
        try:
            with open_keyboard(sys.stdin) as keyboard:
                labelling.run(keyboard)
            report = _conclude(request, live)
        except KeyboardInterrupt:
            raise Interrupted(f"{labelling.count_saved()}; {again}") from None
        finally:
            live.close()
        if not report.is_done:
            say(console, f"{labelling.count_saved()}; {again}")


def _sum_up(request: Request, project: Project) -> None:
    live = Live(project)
    try:
        _conclude(request, live)
    finally:
        live.close()


def _conclude(request: Request, live: Live) -> "EvaluationReport":
    """Show what is known by now; to work it out again from all labels would take long."""
    found = live.evaluations.report(live.now())
    assert found is not None
    _show(request, found[1], make_console())
    return found[1]


def _show(request: Request, report: "EvaluationReport", console: Console) -> None:
    table = make_table("Measure", "Estimate", "From", "To", "±")
    table.add_column("What it is")
    for cells in report.list_cells():
        table.add_row(*map(Text, cells))
    console.print(table)
    say(console, report.sentence)
    if request.report is not None:
        request.report.write_text(report.to_html(), encoding="utf-8")
        say(console, f"Report: {request.report}")


def _serve(request: Request, folder: Path) -> None:
    from ._serve import serve

    with_trainer = not read_evaluated(folder, 0).aim.alone
    serve([folder], request.host, request.port, with_trainer, None, None)
