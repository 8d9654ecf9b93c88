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
            help="A file of rows (docs/files.md lists the formats), a table of a database, or a "
            "folder of images."
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
        double, control, lease, batch, guidelines,
        state_prior(prior, split_words(prior_keywords), prior_column, prior_judge),
        no_prior or None, webhook,
    )  # fmt: skip
    set_project(project, request, undo, who, json)


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
        typer.Option(help="A .csv, .tsv, .jsonl, .json, .parquet, .arrow, .xlsx or .ris file."),
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
def check(project: _Project) -> None:
    """See that no file and no label of a project is missing or damaged."""
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
            "positive classes for each of them."
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
    to: Annotated[Path, typer.Option(help="Where the rows go, as a file that export writes.")],
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
def account(
    project: _Project,
    name: Annotated[str, typer.Argument(help="Who may log in.", metavar="NAME")],
    role: Annotated[str, typer.Option(help="annotator, or admin.")] = "annotator",
    remove: Annotated[bool, typer.Option("--remove", help="Remove the account.")] = False,
) -> None:
    """Add an account, or change its password or role; the password is asked for."""
    _needs(*_NEEDED, "argon2")
    from ._account import account

    account(project, name, role, remove)


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
) -> None:
    """Serve the page, the REST API and its description at /docs."""
    _needs(*_NEEDED, "fastapi", "uvicorn", "jinja2", "argon2")
    from ._serve import serve

    serve(project, host, port, trainer, public_url, proxy)


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
