"""Commands that make a labelling project, change its settings and add rows."""

from typing import Annotated

import typer

from ..._inert.shell_words import as_typed
from ...errors import InputError
from .._choices import Encoding, Missing, Types
from .._percents import percent_option
from .options import (
    Annotator,
    Database,
    Every,
    Json,
    PriorColumn,
    PriorJudge,
    PriorKeywords,
    ProjectFolder,
    Update,
    need_extra,
)

app = typer.Typer()


@app.command()
def init(
    project: ProjectFolder,
    data: Annotated[
        list[str],
        typer.Option(
            help="A file of rows (docs/reference/files.md lists the formats), a table of a "
            "database, or a folder of images."
        ),
    ],
    classes: Annotated[
        list[str],
        typer.Option(
            help="All classes, with commas between; or once for each class; or @FILE, a class a "
            "line."
        ),
    ],
    text: Annotated[
        str | None, typer.Option(help="The column of texts, or several with commas between.")
    ] = None,
    image: Annotated[str | None, typer.Option(help="The column of image paths or bytes.")] = None,
    features: Annotated[
        str | None, typer.Option(help="Columns that models read, with commas between.")
    ] = None,
    minority: Annotated[
        list[str] | None, typer.Option(help="The positive class; repeatable.")
    ] = None,
    id: Annotated[
        str | None, typer.Option(help="The column of ids, which stay as they are written.")
    ] = None,
    labels: Annotated[
        str | None, typer.Option(help="The column of labels that rows have already.")
    ] = None,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
    database: Database = None,
    strategy: Annotated[str, typer.Option(help="A name from `motherlode strategies`.")] = "auto",
    model: Annotated[str | None, typer.Option(help="The model that learns.")] = None,
    encoder: Annotated[
        str | None,
        typer.Option(
            help="Of texts: minilm, use; images: sketched_net, efficientnet, sketch, pixels, hog."
        ),
    ] = None,
    goal: Annotated[str, typer.Option(help="What labels are for: both, find or learn.")] = "both",
    prior: Annotated[
        str | None,
        typer.Option(help="What you are looking for, in a sentence: a review's title, say."),
    ] = None,
    prior_keywords: PriorKeywords = None,
    prior_column: PriorColumn = None,
    prior_judge: PriorJudge = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed asks the same rows.")] = 0,
    double: Annotated[
        float,
        percent_option(
            "Per cent of rows that two annotators label, half of them of the positive class."
        ),
    ] = 0.0,
    control: Annotated[
        float, percent_option("Per cent of rows drawn at random, to estimate what is left.")
    ] = 5.0,
    lease: Annotated[
        float, typer.Option(min=1, help="Seconds for which a row is one annotator's.")
    ] = 600.0,
    copies: Annotated[
        str,
        typer.Option(help="Whether equal rows and records of one paper are asked once or each."),
    ] = "once",
    stop: Annotated[
        str, typer.Option(help="Stopping rules that advise, as in knee,budget:500.")
    ] = "knee,target_recall",
    who: Annotator = None,
) -> None:
    """Make a labelling project of a file."""
    need_extra()
    if len(data) > 1:
        raise InputError(
            f"--data is given {len(data)} times; make the project of one, and bring the others in "
            f"by `motherlode add {as_typed(project)} {as_typed(data[1])}`."
        )
    from ...project._data.stated import split_words, state_prior
    from .._init import Request, init

    init(
        Request(
            project, data[0], classes, text, image, features, minority, id, database,
            strategy, model, encoder, goal, seed, double, control, lease, copies, stop,
            labels, type, missing, encoding, who,
            state_prior(prior, split_words(prior_keywords), prior_column, prior_judge),
        )
    )  # fmt: skip


@app.command("set")
def set_project(
    project: ProjectFolder,
    add_class: Annotated[
        list[str] | None, typer.Option("--add-class", help="A new class; repeatable.")
    ] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(help="Give a class another name, as in dry=wet; repeatable."),
    ] = None,
    merge: Annotated[
        list[str] | None,
        typer.Option(help="Make a class a part of another, as in junk=spam; repeatable."),
    ] = None,
    minority: Annotated[
        list[str] | None,
        typer.Option(help="The positive class; repeatable; '' for none that is named."),
    ] = None,
    strategy: Annotated[
        str | None, typer.Option(help="A name from `motherlode strategies`.")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="The model that learns; '' for the default.")
    ] = None,
    goal: Annotated[
        str | None, typer.Option(help="What labels are for: both, find or learn.")
    ] = None,
    stop: Annotated[
        str | None, typer.Option(help="Stopping rules that advise, as in knee,budget:500.")
    ] = None,
    double: Annotated[
        float | None, percent_option("Per cent of rows that two annotators label.")
    ] = None,
    control: Annotated[float | None, percent_option("Per cent of rows drawn at random.")] = None,
    lease: Annotated[
        float | None, typer.Option(min=1, help="Seconds for which a row is one annotator's.")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Rows that `motherlode query` gives out.")
    ] = None,
    guidelines: Annotated[
        str | None,
        typer.Option(
            help="What annotators are told, as Markdown: the text, or @FILE; '' for the file "
            "guidelines.md in PROJECT."
        ),
    ] = None,
    tags: Annotated[
        str | None,
        typer.Option(help="Tags that have a key each on the page, with commas: blurred,ask again."),
    ] = None,
    prior: Annotated[
        str | None, typer.Option(help="What you are looking for, in a sentence.")
    ] = None,
    prior_keywords: PriorKeywords = None,
    prior_column: PriorColumn = None,
    prior_judge: PriorJudge = None,
    no_prior: Annotated[
        bool, typer.Option("--no-prior", help="Use none of these any more; labels stay.")
    ] = False,
    webhook: Annotated[
        list[str] | None,
        typer.Option(
            help="Where a server sends word of labels and of advice to stop, as in "
            "https://host/path; repeatable; '' for nowhere."
        ),
    ] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take the last change back.")] = False,
    who: Annotator = None,
    json: Json = False,
) -> None:
    """List the settings and who changed them, or change some, also while people label."""
    need_extra()
    from ...project._data.stated import split_words, state_prior
    from .._set import Request, set_project

    request = Request(
        add_class, rename, merge, minority, strategy, model, goal, stop,
        double, control, lease, batch, guidelines, tags,
        state_prior(prior, split_words(prior_keywords), prior_column, prior_judge),
        no_prior or None, webhook,
    )  # fmt: skip
    set_project(project, request, undo, who, json)


@app.command()
def add(
    project: ProjectFolder,
    rows: Annotated[
        str | None,
        typer.Argument(
            help="Rows: a file of any format, a folder of images, or a table of a database.",
            metavar="[ROWS]",
        ),
    ] = None,
    watch: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="In place of ROWS: a source that is read again and again, until Ctrl-C.",
        ),
    ] = None,
    every: Every = "10m",
    update: Update = False,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
    who: Annotator = None,
) -> None:
    """Add rows, also while the server runs; ids and labels stay."""
    need_extra()
    from .._add import Request, add

    add(Request(project, rows, watch, every, update, type, missing, encoding, who))
