"""Commands that make a model, use it on rows, and tell how good one is."""

from pathlib import Path
from typing import Annotated

import typer

from .._choices import Encoding, Missing, Types
from .._percents import share_option
from .options import Annotator, FileFormat, Host, Json, Port, ProjectFolder, need_extra

app = typer.Typer()

_ModelFile = Annotated[
    Path | None,
    typer.Option(
        help="A file that train wrote; by default the one in PROJECT, and without one a model is "
        "fitted now."
    ),
]


@app.command()
def train(
    project: ProjectFolder,
    to: Annotated[
        Path | None,
        typer.Option(
            help="A .skops file; its model card goes beside it. Without it, in PROJECT, where "
            "predict, rank and serve find it."
        ),
    ] = None,
    threshold: Annotated[
        str | None,
        typer.Option(
            help="Decide at the best cut for f1, g_mean or balanced_accuracy, with several "
            "positive classes for each of them; or, as in precision=0.8, at the lowest at which "
            "new rows have this precision, with 95 % confidence."
        ),
    ] = None,
    mlflow: Annotated[
        str | None,
        typer.Option(
            help="Log it as a run of MLflow at this address, as in http://host:5000 or "
            "sqlite:///runs.db; '' for where MLflow's own settings say."
        ),
    ] = None,
) -> None:
    """Write the final model and its model card."""
    need_extra()
    need_extra("skops", extra="app,skops")
    from .._train import train

    train(project, to, threshold, mlflow)


@app.command()
def evaluate(
    target: Annotated[
        str,
        typer.Argument(
            help="A file of scores: an id, a score, and columns that people see; or a project.",
            metavar="TARGET",
        ),
    ],
    scores: Annotated[
        str | None,
        typer.Argument(help="The scores of a project's rows, by their ids.", metavar="SCORES"),
    ] = None,
    id: Annotated[str | None, typer.Option(help="The column of ids; id if not given.")] = None,
    score: Annotated[
        str | None, typer.Option(help="The column of scores: any numbers, 0 and 1 too.")
    ] = None,
    decision: Annotated[
        str | None, typer.Option(help="The column of the model's decisions, for a threshold.")
    ] = None,
    threshold: Annotated[
        float | None,
        share_option("From which score on a row is called positive; .5 for probabilities."),
    ] = None,
    label: Annotated[
        str | None, typer.Option(help="The column of labels that some rows have already.")
    ] = None,
    oracle_column: Annotated[
        str | None, typer.Option(help="A column of all labels: nobody is asked, to try it out.")
    ] = None,
    positive: Annotated[
        str | None,
        typer.Option(help="What the positive class is called, in columns of labels too."),
    ] = None,
    data: Annotated[
        str | None, typer.Option(help="A file of what people see of the rows, by the same ids.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="The column of texts to read.")] = None,
    image: Annotated[str | None, typer.Option(help="The column of image paths.")] = None,
    measure: Annotated[
        str,
        typer.Option(
            help="precision, recall, f1, average_precision, prevalence, with commas; or all."
        ),
    ] = "f1",
    width: Annotated[
        float, share_option("Half the width of the intervals that is asked for.")
    ] = 0.05,
    budget: Annotated[int | None, typer.Option(min=1, help="Rows to ask at most.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed draws the same rows.")] = 0,
    report: Annotated[Path | None, typer.Option(help="Write an HTML report here.")] = None,
    end: Annotated[
        bool, typer.Option("--end", help="End the evaluation in PROJECT; labels stay.")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Ask on the page, in place of the terminal.")
    ] = False,
    host: Host = "127.0.0.1",
    port: Port = 8700,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
    who: Annotator = None,
) -> None:
    """Find how good a model is, from its scores and few labels."""
    need_extra(*(("fastapi", "uvicorn", "jinja2", "argon2") if serve else ()))
    from ...project._data.score_files import ScoreColumns
    from .._evaluate import Request, evaluate

    columns = ScoreColumns(id, score, decision, label, positive)
    evaluate(
        Request(
            target, scores, columns, oracle_column, data, text, image, measure, width, budget,
            threshold, seed, report, who, end, serve, host, port, type, missing, encoding,
        )
    )  # fmt: skip


@app.command()
def predict(
    project: ProjectFolder,
    data: Annotated[
        str,
        typer.Argument(
            help="New rows: a file of any format, a folder of images, a table of a database, or - "
            "for CSV from standard input.",
            metavar="DATA",
        ),
    ],
    to: Annotated[Path, typer.Option(help="Where the rows go, as for export.")],
    format: FileFormat = None,
    model: _ModelFile = None,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
) -> None:
    """Write new rows with a decision, probabilities and reasons by the final model."""
    need_extra()
    from .._predict import Request, predict

    predict(Request(project, data, to, format, model, type, missing, encoding))


@app.command()
def rank(
    project: ProjectFolder,
    n: Annotated[
        int | None,
        typer.Option("-n", min=1, help="How many rows; by default 10, and all in a file."),
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Write them here, as export does.")] = None,
    format: FileFormat = None,
    model: _ModelFile = None,
    json: Json = False,
) -> None:
    """Print or write the rows that nobody answered, likeliest first."""
    need_extra()
    from .._predict import rank

    rank(project, n, to, format, model, json)
