"""The commands of a labelling project and their options; each command has its own module."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ..errors import InputError
from ._choices import Encoding, Missing, Types

app = typer.Typer()

_Project = Annotated[Path, typer.Argument(help="The project's folder.", metavar="PROJECT")]
_Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
_Who = Annotated[
    str | None, typer.Option("--as", help="The annotator; your user name if not given.")
]
_NEEDED = ("sqlalchemy", "alembic", "pyarrow")


def _needs(*packages: str, extra: str = "app") -> None:
    if any(find_spec(package) is None for package in packages):
        raise InputError(f'Labelling projects need an extra: pip install "motherlode[{extra}]".')


@app.command()
def init(
    project: _Project,
    data: Annotated[
        str,
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
    database: Annotated[
        str | None, typer.Option(help="postgresql://… for a team; a file in PROJECT otherwise.")
    ] = None,
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
    prior_keywords: Annotated[
        str | None, typer.Option(help="The same as words, with commas between: hip,fractur*.")
    ] = None,
    prior_column: Annotated[
        str | None, typer.Option(help="The same as a column of scores, higher for likelier.")
    ] = None,
    prior_judge: Annotated[
        str | None,
        typer.Option(help="The same as a judge that an installed package adds, by its name."),
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed asks the same rows.")] = 0,
    double: Annotated[
        float,
        typer.Option(
            min=0,
            max=100,
            help="Per cent of rows that two annotators label, half of them of the positive class.",
        ),
    ] = 0.0,
    control: Annotated[
        float,
        typer.Option(
            min=0, max=100, help="Per cent of rows drawn at random, to estimate what is left."
        ),
    ] = 5.0,
    lease: Annotated[
        float, typer.Option(min=1, help="Seconds for which a row is one annotator's.")
    ] = 600.0,
    copies: Annotated[
        str, typer.Option(help="Whether rows with equal features are asked once or each.")
    ] = "once",
    stop: Annotated[
        str, typer.Option(help="Stopping rules that advise, as in knee,budget:500.")
    ] = "knee,target_recall",
    who: _Who = None,
) -> None:
    """Make a labelling project of a file."""
    _needs(*_NEEDED)
    from ..project._data.stated import split_words, state_prior
    from ._init import Request, init

    init(
        Request(
            project, data, classes, text, image, features, minority, id, database,
            strategy, model, encoder, goal, seed, double, control, lease, copies, stop,
            labels, type, missing, encoding, who,
            state_prior(prior, split_words(prior_keywords), prior_column, prior_judge),
        )
    )  # fmt: skip


@app.command("set")
def set_project(
    project: _Project,
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
        float | None,
        typer.Option(min=0, max=100, help="Per cent of rows that two annotators label."),
    ] = None,
    control: Annotated[
        float | None, typer.Option(min=0, max=100, help="Per cent of rows drawn at random.")
    ] = None,
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
    prior_keywords: Annotated[
        str | None, typer.Option(help="The same as words, with commas between: hip,fractur*.")
    ] = None,
    prior_column: Annotated[
        str | None, typer.Option(help="The same as a column of scores, higher for likelier.")
    ] = None,
    prior_judge: Annotated[
        str | None,
        typer.Option(help="The same as a judge that an installed package adds, by its name."),
    ] = None,
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
    who: _Who = None,
    json: _Json = False,
) -> None:
    """List the settings and who changed them, or change some, also while people label."""
    _needs(*_NEEDED)
    from ..project._data.stated import split_words, state_prior
    from ._set import Request, set_project

    request = Request(
        add_class, rename, merge, minority, strategy, model, goal, stop,
        double, control, lease, batch, guidelines, tags,
        state_prior(prior, split_words(prior_keywords), prior_column, prior_judge),
        no_prior or None, webhook,
    )  # fmt: skip
    set_project(project, request, undo, who, json)


_Every = Annotated[
    str, typer.Option(help="How often a source is read again, as in 30s, 10m or 2h.")
]
_Update = Annotated[
    bool,
    typer.Option(
        "--update",
        help="Rows whose ids are there already get the new content; they keep id and labels.",
    ),
]


@app.command()
def add(
    project: _Project,
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
    every: _Every = "10m",
    update: _Update = False,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
    who: _Who = None,
) -> None:
    """Add rows, also while the server runs; ids and labels stay."""
    _needs(*_NEEDED)
    from ._add import Request, add

    add(Request(project, rows, watch, every, update, type, missing, encoding, who))


@app.command()
def query(
    project: _Project,
    n: Annotated[
        int | None,
        typer.Option("-n", min=1, help="How many rows; as many as the project says by default."),
    ] = None,
    at_random: Annotated[
        bool,
        typer.Option("--at-random", help="Draw them at random, to prove that a recall is reached."),
    ] = False,
    json: _Json = False,
) -> None:
    """Print the rows to label next, with the reason for each."""
    _needs(*_NEEDED)
    from ._query import query

    query(project, n, json, at_random)


@app.command()
def teach(
    project: _Project,
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
    who: _Who = None,
) -> None:
    """Record the labels of a file; doing so twice changes nothing."""
    _needs(*_NEEDED)
    from ._teach import Request, teach

    teach(Request(project, file, label, correct, who, type, missing, encoding))


@app.command()
def label(project: _Project, who: _Who = None) -> None:
    """Label in the terminal, with a key for each class."""
    _needs(*_NEEDED)
    from ._label import label

    label(project, who)


@app.command()
def status(project: _Project, json: _Json = False) -> None:
    """Print where a project stands."""
    _needs(*_NEEDED)
    from ._status import status

    status(project, json)


@app.command()
def export(
    project: _Project,
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
    _needs(*_NEEDED)
    from ._export import export

    export(project, to, format, events, all_rows)


@app.command()
def backup(
    project: _Project,
    to: Annotated[Path, typer.Option(help="A new folder for the copy, which is a project too.")],
) -> None:
    """Copy a project, also while people label in it, and check the copy."""
    _needs(*_NEEDED)
    from ._backup import backup

    backup(project, to)


@app.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="What `backup` made.", metavar="BACKUP")],
    project: Annotated[Path, typer.Argument(help="A new folder.", metavar="PROJECT")],
    database: Annotated[
        str | None, typer.Option(help="postgresql://… for a team; a file in PROJECT otherwise.")
    ] = None,
) -> None:
    """Make a project of a backup that has not changed; nothing is overwritten."""
    _needs(*_NEEDED)
    from ._backup import restore

    restore(backup, project, database)


@app.command()
def move(
    project: _Project,
    database: Annotated[
        str, typer.Option(help="postgresql://… for a team, or sqlite for a file in PROJECT.")
    ],
) -> None:
    """Move the labels to another database, while nobody labels, and compare them."""
    _needs(*_NEEDED)
    from ._move import move

    move(project, database)


@app.command()
def check(project: _Project) -> None:
    """Say all that is missing, damaged or out of date in a project, and what to do."""
    _needs(*_NEEDED)
    from ._check import check

    check(project)


@app.command()
def train(
    project: _Project,
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
    _needs(*_NEEDED)
    _needs("skops", extra="app,skops")
    from ._train import train

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
        typer.Option(help="From which score on a row is called positive; .5 for probabilities."),
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
        float, typer.Option(help="Half the width of the intervals that is asked for.")
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
    host: Annotated[
        str, typer.Option(help="Where to listen; other than 127.0.0.1 needs accounts.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port; 0 takes a free one.")
    ] = 8700,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
    who: _Who = None,
) -> None:
    """Find how good a model is, from its scores and few labels."""
    _needs(*_NEEDED, *(("fastapi", "uvicorn", "jinja2", "argon2") if serve else ()))
    from ..project._data.score_files import ScoreColumns
    from ._evaluate import Request, evaluate

    columns = ScoreColumns(id, score, decision, label, positive)
    evaluate(
        Request(
            target, scores, columns, oracle_column, data, text, image, measure, width, budget,
            threshold, seed, report, who, end, serve, host, port, type, missing, encoding,
        )
    )  # fmt: skip


_Model = Annotated[
    Path | None,
    typer.Option(
        help="A file that train wrote; by default the one in PROJECT, and without one a model is "
        "fitted now."
    ),
]
_Format = Annotated[
    str | None, typer.Option(help="The format of the file, where its ending does not tell it.")
]


@app.command()
def predict(
    project: _Project,
    data: Annotated[
        str,
        typer.Argument(
            help="New rows: a file of any format, a folder of images, a table of a database, or - "
            "for CSV from standard input.",
            metavar="DATA",
        ),
    ],
    to: Annotated[Path, typer.Option(help="Where the rows go, as for export.")],
    format: _Format = None,
    model: _Model = None,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
) -> None:
    """Write new rows with a decision, probabilities and reasons by the final model."""
    _needs(*_NEEDED)
    from ._predict import Request, predict

    predict(Request(project, data, to, format, model, type, missing, encoding))


@app.command()
def rank(
    project: _Project,
    n: Annotated[
        int | None,
        typer.Option("-n", min=1, help="How many rows; by default 10, and all in a file."),
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Write them here, as export does.")] = None,
    format: _Format = None,
    model: _Model = None,
    json: _Json = False,
) -> None:
    """Print or write the rows that nobody answered, likeliest first."""
    _needs(*_NEEDED)
    from ._predict import rank

    rank(project, n, to, format, model, json)


@app.command()
def answers(
    project: _Project,
    annotator: Annotated[str | None, typer.Option(help="Who gave them; all if not given.")] = None,
    label: Annotated[
        list[str] | None,
        typer.Option("--class", help="Answers of this class; repeatable."),
    ] = None,
    note: Annotated[str | None, typer.Option(help="What the note holds, in any case.")] = None,
    tag: Annotated[str | None, typer.Option(help="A tag of the answer, in any case.")] = None,
    unsure: Annotated[bool, typer.Option("--unsure", help="Unsure, beside any --class.")] = False,
    skipped: Annotated[
        bool, typer.Option("--skipped", help="Skipped, beside any --class.")
    ] = False,
    disputed: Annotated[
        bool, typer.Option("--disputed", help="On rows that annotators differ on.")
    ] = False,
    words: Annotated[
        str | None, typer.Option(help='Words that the row holds; in "quotes" a phrase.')
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="A day or time of UTC, as 2026-11-30.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(help="A day, with all of it, or a time that is left out.")
    ] = None,
    n: Annotated[
        int | None,
        typer.Option("-n", min=1, help="How many, the last first; by default 20, in a file all."),
    ] = None,
    to: Annotated[Path | None, typer.Option(help="Write them here, as export does.")] = None,
    format: _Format = None,
    json: _Json = False,
) -> None:
    """List the answers that people gave, the last first."""
    _needs(*_NEEDED)
    from ..project._insight.listed_answers import Wanted, read_day
    from ._answers import answers

    wanted = Wanted(
        annotator, tuple(label or ()), unsure, skipped, disputed, note, tag, words,
        read_day(since), read_day(until, end=True),
    )  # fmt: skip
    answers(project, wanted, n, to, format, json)


@app.command()
def account(
    project: _Project,
    name: Annotated[
        str | None,
        typer.Argument(help="Who may log in; without it all accounts are listed.", metavar="NAME"),
    ] = None,
    role: Annotated[
        str | None,
        typer.Option(
            help="annotator, reviewer or admin; a new account is an annotator without it."
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the account.")] = False,
    disable: Annotated[
        bool, typer.Option("--disable", help="Let nobody in by the account for now.")
    ] = False,
    enable: Annotated[bool, typer.Option("--enable", help="Let its owner log in again.")] = False,
    json: _Json = False,
) -> None:
    """List who may log in, add an account, or change its password or its role."""
    _needs(*_NEEDED, "argon2")
    from ._account import Request, account

    account(project, name, Request(role, remove, disable, enable), json)


@app.command()
def pause(project: _Project, who: _Who = None) -> None:
    """Give nobody a row until `motherlode resume`; answers are still taken and kept."""
    _needs(*_NEEDED)
    from ._pause import pause

    pause(project, who, paused=True)


@app.command()
def resume(project: _Project, who: _Who = None) -> None:
    """End a pause."""
    _needs(*_NEEDED)
    from ._pause import pause

    pause(project, who, paused=False)


@app.command()
def assign(
    project: _Project,
    name: Annotated[
        str | None,
        typer.Argument(help="An annotator; without it all assignments are listed.", metavar="NAME"),
    ] = None,
    where: Annotated[
        str | None, typer.Option(help="A condition on columns, as in \"country == 'DE'\".")
    ] = None,
    rows: Annotated[
        Path | None,
        typer.Option(help="A file of ids, or of row numbers where there are none, one a line."),
    ] = None,
    share: Annotated[
        float | None,
        typer.Option(
            min=0, max=100, help="Per cent of all rows, drawn at random, apart from other shares."
        ),
    ] = None,
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Take the assignment back: all rows again.")
    ] = False,
    who: _Who = None,
    json: _Json = False,
) -> None:
    """Ask an annotator about a part of the rows alone."""
    _needs(*_NEEDED)
    from ._assign import Request, assign

    assign(project, name, Request(where, rows, share, all_rows), who, json)


@app.command()
def trust(project: _Project) -> None:
    """Accept the database of a project that somebody sent, after showing its address."""
    _needs(*_NEEDED)
    from ._trust import trust

    trust(project)


@app.command()
def serve(
    project: Annotated[
        list[Path],
        typer.Argument(
            help="The project's folder; of several, each gets a path of its own below a page that "
            "lists them. A folder of projects stands for all in it.",
            metavar="PROJECT...",
        ),
    ],
    host: Annotated[
        str, typer.Option(help="Where to listen; other than 127.0.0.1 needs accounts.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port; 0 takes a free one.")
    ] = 8700,
    trainer: Annotated[bool, typer.Option(help="Rank in a process beside the server.")] = True,
    public_url: Annotated[
        str | None,
        typer.Option(
            help="What people type if a proxy stands before the server, as in https://host/path; "
            "it needs accounts."
        ),
    ] = None,
    proxy: Annotated[
        str | None,
        typer.Option(
            help="The proxy's own address, as in 127.0.0.1; it is believed where requests come "
            "from."
        ),
    ] = None,
    watch: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE",
            help="A source of rows that is read again and again, as by add --watch.",
        ),
    ] = None,
    every: _Every = "10m",
    update: _Update = False,
) -> None:
    """Serve the page, the REST API and its description at /docs."""
    _needs(*_NEEDED, "fastapi", "uvicorn", "jinja2", "argon2")
    from ._serve import Watched, serve

    watched = None if watch is None else Watched(watch, every, update)
    serve(project, host, port, trainer, public_url, proxy, watched)


@app.command("label-studio")
def label_studio(
    project: _Project,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65_535, help="The port; 0 takes a free one.")
    ] = 9090,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Who a user of Label Studio is, by number, as in 3=ann; repeatable."),
    ] = None,
    trainer: Annotated[bool, typer.Option(help="Rank in a process beside the server.")] = True,
) -> None:
    """Serve a project to Label Studio as a machine learning backend."""
    _needs(*_NEEDED, "fastapi", "uvicorn", "jinja2")
    from ._label_studio import label_studio

    label_studio(project, host, port, name, trainer)
