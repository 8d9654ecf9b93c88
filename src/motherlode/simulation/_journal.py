"""The file that finished runs are appended to, so that an interrupted simulation goes on."""

import json
import os
from pathlib import Path
from typing import Any

from ..errors import InputError
from ._record import Run

FORMAT = "motherlode simulation 1"


class Journal:
    """A JSONL file: one line of settings, then one line for each finished run.

    A line counts once its line break is on disk; one torn off by a crash is cut away.

    Parameters
    ----------
    path : str or Path
        Made if it does not exist.
    settings : dict
        What all its runs have in common.
    sources : dict of str to str
        What a data set or strategy of that label is made of; a run of one that is made of
        something else must not be mixed in.
    details : dict
        Written to a new file's first line, never compared: versions.

    Raises
    ------
    InputError
        If the file is something else, or holds runs of other settings.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        settings: dict[str, Any],
        sources: dict[str, str],
        details: dict[str, Any],
    ) -> None:
        self.path, self.sources = Path(path), sources
        if not self.path.parent.is_dir():
            raise InputError(
                f"There is no folder {self.path.parent} for {self.path.name}; make it."
            )
        lines = self._whole_lines()
        # A round trip through JSON, so that (1, 9) equals the [1, 9] that was read.
        wanted = json.loads(json.dumps(settings))
        if not lines:
            self._append({"format": FORMAT, "settings": wanted, **details})
        else:
            self._check_header(lines[0], wanted)
        self.runs = [self._parsed(number, line) for number, line in enumerate(lines[1:], start=2)]

    def add(self, run: Run) -> None:
        """Append a run; it is on disk when this returns."""
        made_of = {name: self.sources[name] for name in _names(run)}
        self._append({"made_of": made_of, **run.to_dict()})
        self.runs.append(run)

    def _whole_lines(self) -> list[str]:
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            if not whole and not content.startswith(b"{"):
                raise self._foreign()
            with self.path.open("r+b") as file:
                file.truncate(len(whole))
        # Not splitlines, which also breaks at characters that a name may hold.
        return whole.decode("utf-8", errors="replace").split("\n")[:-1]

    def _append(self, record: dict[str, Any]) -> None:
        line = json.dumps(record, ensure_ascii=False, allow_nan=False) + "\n"
        with self.path.open("ab") as file:
            file.write(line.encode())
            file.flush()
            os.fsync(file.fileno())

    def _check_header(self, line: str, wanted: dict[str, Any]) -> None:
        try:
            header = json.loads(line)
            known = header["settings"] if header["format"] == FORMAT else None
        except (ValueError, KeyError, TypeError):
            known = None
        if not isinstance(known, dict):
            raise self._foreign()
        for name in sorted(wanted.keys() | known.keys()):
            if wanted.get(name) != known.get(name):
                raise InputError(
                    f"{self.path} holds runs with {name}={known.get(name)!r}, and this simulation "
                    f"has {name}={wanted.get(name)!r}; use another file or the same settings."
                )

    def _parsed(self, number: int, line: str) -> Run:
        try:
            record = json.loads(line)
            made_of = record.pop("made_of")
            run = Run.from_dict(record)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InputError(
                f"Line {number} of {self.path} is not a simulated run; delete the line or the file."
            ) from error
        for name in _names(run):
            if made_of.get(name) != self.sources.get(name, made_of.get(name)):
                what, label = name.split(" ", 1)
                raise InputError(
                    f"{self.path} holds runs of another {what} under the name {label!r}; use "
                    "another name or another file."
                )
        return run

    def _foreign(self) -> InputError:
        return InputError(
            f"{self.path} is not a file of simulated runs; choose a path that is free."
        )


def _names(run: Run) -> tuple[str, str]:
    return f"dataset {run.dataset}", f"strategy {run.strategy}"
