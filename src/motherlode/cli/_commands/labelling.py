"""Commands that ask for rows, take their labels, and say where a project stands."""

from pathlib import Path
from typing import Annotated

import typer

from .._choices import Encoding, Missing, Types
from .options import Annotator, Json, ProjectFolder, need_extra

app = typer.Typer()


@app.command()
def query(
    project: ProjectFolder,
    n: Annotated[
        int | None,
        typer.Option("-n", min=1, help="How many rows; as many as the project says by default."),
    ] = None,
    at_random: Annotated[
        bool,
        typer.Option("--at-random", help="Draw them at random, to prove that a recall is reached."),
    ] = False,
    json: Json = False,
) -> None:
    """Print the rows to label next, with the reason for each."""
    need_extra()
    from .._query import query

    query(project, n, json, at_random)


@app.command()
def teach(
    project: ProjectFolder,
    file: Annotated[
        str, typer.Argument(help="Columns: row (or the id column) and label.", metavar="FILE")
    ],
    label: Annotated[str, typer.Option(help="The column that holds the labels.")] = "label",
    correct: Annotated[
        bool, typer.Option("--correct", help="Let labels replace others that rows have.")
    ] = False,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
    who: Annotator = None,
) -> None:
    """Record the labels of a file; doing so twice changes nothing."""
    need_extra()
    from .._teach import Request, teach

    teach(Request(project, file, label, correct, who, type, missing, encoding))


@app.command()
def label(project: ProjectFolder, who: Annotator = None) -> None:
    """Label in the terminal, with a key for each class."""
    need_extra()
    from .._label import label

    label(project, who)


@app.command()
def status(project: ProjectFolder, json: Json = False) -> None:
    """Print where a project stands."""
    need_extra()
    from .._status import status

    status(project, json)


@app.command()
def export(
    project: ProjectFolder,
    to: Annotated[
        Path,
        typer.Option(
            help="A .csv, .tsv, .jsonl, .json, .parquet, .arrow, .xlsx or .ris file; - for CSV on "
            "standard output."
        ),
    ],
    format: Annotated[
        str | None,
        typer.Option(
            help="The format where the ending does not tell it: label-studio, doccano, prodigy, "
            "hugging-face."
        ),
    ] = None,
    events: Annotated[
        bool, typer.Option("--events", help="Write the whole log, an event a line.")
    ] = False,
    all_rows: Annotated[
        bool,
        typer.Option(
            "--all-rows", help="Write every row, with the model's probability of each class."
        ),
    ] = False,
) -> None:
    """Write the labels with their provenance."""
    need_extra()
    from .._export import export

    export(project, to, format, events, all_rows)
