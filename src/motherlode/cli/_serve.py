"""``motherlode serve``: serve the page and the REST API."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread

from .._files.choices import Choices
from ..errors import InputError
from ..project._data.folder import ABOUT, Project
from ..project._serving.adding import Known
from ..project._serving.live import Live
from ..project._serving.watching import watch
from ..web._adding import run_in
from ..web._serve import run_server
from ._screen import make_console, say
from ._who import find_annotator

_ENDING_SECONDS = 5.0


@dataclass(frozen=True)
class Watched:
    """A source that the server reads again and again, as typed."""

    source: str
    every: str
    update: bool


def serve(
    folders: list[Path],
    host: str,
    port: int,
    with_trainer: bool,
    public_url: str | None,
    proxy: str | None,
    watched: Watched | None = None,
) -> None:
    """Serve until interrupted."""
    found, are_several = _find_projects(folders)
    if watched is not None and len(found) > 1:
        raise InputError(
            "--watch adds rows to one project; of several, use `motherlode add --watch`."
        )
    run_server(
        found,
        host,
        port,
        with_trainer=with_trainer,
        public_url=public_url,
        proxy=proxy,
        are_several=are_several,
        ready=partial(_print_link, are_several),
        link_used=_print_next_link,
        beside=None if watched is None else partial(_watch, watched),
    )


@contextmanager
def _watch(watched: Watched, project: Project, live: Live) -> Iterator[None]:
    """Watch a source in a thread of the server."""
    from ._add import find_file, make_look, read_seconds, say_now

    seconds = read_seconds(watched.every)
    known: Known = "update" if watched.update else "leave"
    who = find_annotator(None)
    look = make_look(project, watched.source, Choices(), who, run_in(live), known)
    ends = Event()
    thread = Thread(
        target=watch,
        args=(look, say_now, partial(ends.wait, seconds), find_file(watched.source)),
        name="watching",
        daemon=True,
    )
    thread.start()
    try:
        yield
    finally:
        ends.set()
        thread.join(_ENDING_SECONDS)


def _find_projects(folders: list[Path]) -> tuple[list[Path], bool]:
    """Find the projects in folders that are none, and tell whether each gets a path of its own."""
    found: list[Path] = []
    for folder in folders:
        inside = [] if (folder / ABOUT).exists() else sorted(folder.glob(f"*/{ABOUT}"))
        found += [path.parent for path in inside] or [folder]
    return list(dict.fromkeys(found)), len(folders) > 1 or found != folders


def _print_link(are_several: bool, link: str, token: str | None) -> None:
    _print(f"Open {link}")
    if are_several:
        _print("Each project has its page, and REST as /docs describes it, below /p/ and its name.")
    if token is not None:
        _print(f"The link works once. Programs send Authorization: Bearer {token}")
    _print("Ctrl-C ends the server; labels are saved as they come.")


def _print_next_link(link: str) -> None:
    _print(f"The link was used. For another browser: {link}")


def _print(line: str) -> None:
    console = make_console()
    say(console, line)
    console.file.flush()
