"""Commands that copy a project, move it, and find what is wrong with it."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Database, ProjectFolder, need_extra

app = typer.Typer()


@app.command()
def backup(
    project: ProjectFolder,
    to: Annotated[Path, typer.Option(help="A new folder for the copy, which is a project too.")],
) -> None:
    """Copy a project, also while people label in it, and check the copy."""
    need_extra()
    from .._backup import backup

    backup(project, to)


@app.command()
def restore(
    backup: Annotated[Path, typer.Argument(help="What `backup` made.", metavar="BACKUP")],
    project: Annotated[Path, typer.Argument(help="A new folder.", metavar="PROJECT")],
    database: Database = None,
) -> None:
    """Make a project of a backup that has not changed; nothing is overwritten."""
    need_extra()
    from .._backup import restore

    restore(backup, project, database)


@app.command()
def move(
    project: ProjectFolder,
    database: Annotated[
        str, typer.Option(help="postgresql://… for a team, or sqlite for a file in PROJECT.")
    ],
) -> None:
    """Move the labels to another database, while nobody labels, and compare them."""
    need_extra()
    from .._move import move

    move(project, database)


@app.command()
def check(project: ProjectFolder) -> None:
    """Say all that is missing, damaged or out of date in a project, and what to do."""
    need_extra()
    from .._check import check

    check(project)


@app.command()
def trust(project: ProjectFolder) -> None:
    """Accept the database of a project that somebody sent, after showing its address."""
    need_extra()
    from .._trust import trust

    trust(project)
