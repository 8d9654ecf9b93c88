"""Commands that serve a project to people and to Label Studio."""

from pathlib import Path
from typing import Annotated

import typer

from .options import Every, Host, Port, ProjectFolder, Update, need_extra

app = typer.Typer()

_Trainer = Annotated[bool, typer.Option(help="Rank in a process beside the server.")]


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
    host: Host = "127.0.0.1",
    port: Port = 8700,
    trainer: _Trainer = True,
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
    every: Every = "10m",
    update: Update = False,
) -> None:
    """Serve the page, the REST API and its description at /docs."""
    need_extra("fastapi", "uvicorn", "jinja2", "argon2")
    from .._serve import Watched, serve

    watched = None if watch is None else Watched(watch, every, update)
    serve(project, host, port, trainer, public_url, proxy, watched)


@app.command("label-studio")
def label_studio(
    project: ProjectFolder,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Port = 9090,
    name: Annotated[
        list[str] | None,
        typer.Option(help="Who a user of Label Studio is, by number, as in 3=ann; repeatable."),
    ] = None,
    trainer: _Trainer = True,
) -> None:
    """Serve a project to Label Studio as a machine learning backend."""
    need_extra("fastapi", "uvicorn", "jinja2")
    from .._label_studio import label_studio

    label_studio(project, host, port, name, trainer)
