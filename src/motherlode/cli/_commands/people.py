"""Commands about those who label: their answers, accounts and rows."""

from pathlib import Path
from typing import Annotated

import typer

from .._percents import percent_option
from .options import Annotator, FileFormat, Json, ProjectFolder, need_extra

app = typer.Typer()


@app.command()
def answers(
    project: ProjectFolder,
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
    format: FileFormat = None,
    json: Json = False,
) -> None:
    """List the answers that people gave, the last first."""
    need_extra()
    from ...project._insight.listed_answers import Wanted, read_day
    from .._answers import answers

    wanted = Wanted(
        annotator, tuple(label or ()), unsure, skipped, disputed, note, tag, words,
        read_day(since), read_day(until, end=True),
    )  # fmt: skip
    answers(project, wanted, n, to, format, json)


@app.command()
def account(
    project: ProjectFolder,
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
    json: Json = False,
) -> None:
    """List who may log in, add an account, or change its password or its role."""
    need_extra("argon2")
    from .._account import Request, account

    account(project, name, Request(role, remove, disable, enable), json)


@app.command()
def pause(project: ProjectFolder, who: Annotator = None) -> None:
    """Give nobody a row until `motherlode resume`; answers are still taken and kept."""
    need_extra()
    from .._pause import pause

    pause(project, who, paused=True)


@app.command()
def resume(project: ProjectFolder, who: Annotator = None) -> None:
    """End a pause."""
    need_extra()
    from .._pause import pause

    pause(project, who, paused=False)


@app.command()
def assign(
    project: ProjectFolder,
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
        percent_option("Per cent of all rows, drawn at random, apart from other shares."),
    ] = None,
    all_rows: Annotated[
        bool, typer.Option("--all-rows", help="Take the assignment back: all rows again.")
    ] = False,
    who: Annotator = None,
    json: Json = False,
) -> None:
    """Ask an annotator about a part of the rows alone."""
    need_extra()
    from .._assign import Request, assign

    assign(project, name, Request(where, rows, share, all_rows), who, json)
