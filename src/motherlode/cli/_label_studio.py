"""``motherlode label-studio``: serve a project to Label Studio as its backend."""

from pathlib import Path

from ..errors import InputError
from ..web._serve import run_label_studio
from ._screen import make_console, say


def label_studio(
    folder: Path, host: str, port: int, names: list[str] | None, with_trainer: bool
) -> None:
    """Serve until interrupted."""
    run_label_studio(
        folder,
        host,
        port,
        names=_read_names(names),
        with_trainer=with_trainer,
        ready=_print_address,
    )


def _read_names(given: list[str] | None) -> dict[str, str]:
    """Read annotators such as 3=ann."""
    found = {}
    for pair in given or ():
        number, sign, name = pair.partition("=")
        name = name.strip()
        if not (number.strip().isdigit() and sign and name and name.isprintable()):
            raise InputError(
                f"--name is {pair!r}; give a user's number in Label Studio and a name, as in 3=ann."
            )
        found[number.strip()] = name
    return found


def _print_address(address: str, secret: str) -> None:
    console = make_console()
    say(console, "In Label Studio, under Settings, Model, Connect Model, give this URL:")
    say(console, f"{address}/{secret}")
    say(
        console,
        f"Or give {address}, Basic Authentication, any user and the password {secret} "
        "(annotations then come only if the webhook has that header too).",
    )
    say(console, "Ctrl-C ends the server; labels are saved as they come.")
    console.file.flush()
