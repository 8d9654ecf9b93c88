"""``motherlode serve``: serve the page and the REST API."""

from pathlib import Path

from ..project._data.folder import ABOUT
from ..web._serve import run_server
from ._screen import make_console, say


def serve(
    folders: list[Path],
    host: str,
    port: int,
    with_trainer: bool,
    public_url: str | None,
    proxy: str | None,
) -> None:
    """Serve until interrupted."""
    found, are_several = _find_projects(folders)
    run_server(
        found,
        host,
        port,
        with_trainer=with_trainer,
        public_url=public_url,
        proxy=proxy,
        are_several=are_several,
        ready=_print_link,
        link_used=_print_next_link,
    )


def _find_projects(folders: list[Path]) -> tuple[list[Path], bool]:
    """Find the projects in folders that are none, and tell whether each gets a path of its own."""
    found: list[Path] = []
    for folder in folders:
        inside = [] if (folder / ABOUT).exists() else sorted(folder.glob(f"*/{ABOUT}"))
        found += [path.parent for path in inside] or [folder]
    return list(dict.fromkeys(found)), len(folders) > 1 or found != folders


def _print_link(link: str, token: str | None) -> None:
    _print(f"Open {link}")
    if token is not None:
        _print(f"The link works once. Programs send Authorization: Bearer {token}")
    _print("Ctrl-C ends the server; labels are saved as they come.")


def _print_next_link(link: str) -> None:
    _print(f"The link was used. For another browser: {link}")


def _print(line: str) -> None:
    console = make_console()
    say(console, line)
    console.file.flush()
