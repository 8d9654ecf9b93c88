"""``motherlode serve``: serve the page and the REST API."""

from pathlib import Path

from ..web._serve import run_server
from ._screen import make_console, say


def serve(folder: Path, host: str, port: int, with_trainer: bool) -> None:
    """Serve until interrupted."""
    run_server(folder, host, port, with_trainer=with_trainer, ready=_print_link)


def _print_link(link: str) -> None:
    console = make_console()
    say(console, f"Open {link}")
    say(console, "Ctrl-C ends the server; labels are saved as they come.")
    console.file.flush()
