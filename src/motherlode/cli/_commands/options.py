"""Options that several commands of a project share, and the packages that all of them need."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from ...errors import InputError

ProjectFolder = Annotated[Path, typer.Argument(help="The project's folder.", metavar="PROJECT")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Annotator = Annotated[
    str | None, typer.Option("--as", help="The annotator; your user name if not given.")
]
Database = Annotated[
    str | None, typer.Option(help="postgresql://… for a team; a file in PROJECT otherwise.")
]
FileFormat = Annotated[
    str | None, typer.Option(help="The format of the file, where its ending does not tell it.")
]
PriorKeywords = Annotated[
    str | None, typer.Option(help="The same as words, with commas between: hip,fractur*.")
]
PriorColumn = Annotated[
    str | None, typer.Option(help="The same as a column of scores, higher for likelier.")
]
PriorJudge = Annotated[
    str | None,
    typer.Option(help="The same as a judge that an installed package adds, by its name."),
]
Every = Annotated[str, typer.Option(help="How often a source is read again, as in 30s, 10m or 2h.")]
Update = Annotated[
    bool,
    typer.Option(
        "--update",
        help="Rows whose ids are there already get the new content; they keep id and labels.",
    ),
]
Host = Annotated[str, typer.Option(help="Where to listen; other than 127.0.0.1 needs accounts.")]
Port = Annotated[int, typer.Option(min=0, max=65_535, help="The port; 0 takes a free one.")]

_PACKAGES = ("sqlalchemy", "alembic", "pyarrow")


def need_extra(*packages: str, extra: str = "app") -> None:
    """See that the packages of every project, and these besides, are installed."""
    if any(find_spec(package) is None for package in (*_PACKAGES, *packages)):
        raise InputError(f'Labelling projects need an extra: pip install "motherlode[{extra}]".')
