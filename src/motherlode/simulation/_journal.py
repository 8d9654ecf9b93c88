"""The file that finished runs are appended to, so that an interrupted simulation goes on."""

import json
import os
from pathlib import Path
from typing import Any

from ..errors import InputError
from ._record import Run

_FORMAT = "motherlode simulation 1"


class Journal:
    """A JSONL file: one line of settings, then one line for each finished run.

    A line counts when its line break is on disk; one torn off by a crash is cut away. `settings`
    are what all runs have in common. `sources` say what each data set and strategy is made of, so
    that a run of another one is not mixed in. `details` are written to the first line of a new
    file and never compared.
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
        if self.path.is_dir():
            raise InputError(f"{self.path} is a folder; name a file in it.")
        lines = self._read_lines()
        # A round trip through JSON, so that (1, 9) equals the [1, 9] that was read.
        wanted = json.loads(json.dumps(settings))
        if not lines:
            self._append({"format": _FORMAT, "settings": wanted, **details})
        else:
            self._check_header(lines[0], wanted)
        self.runs = [self._parse(number, line) for number, line in enumerate(lines[1:], start=2)]

    def add(self, run: Run) -> None:
        """Append a run, and return when it is on disk."""
        made_of = {name: self.sources[name] for name in _names(run)}
        self._append({"made_of": made_of, **run.to_dict()})
        self.runs.append(run)

    def _read_lines(self) -> list[str]:
        if not self.path.exists():
            return []
        content = self.path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        if len(whole) < len(content):
            if not whole and not content.startswith(b"{"):
                raise self._refuse()
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
            known = header["settings"] if header["format"] == _FORMAT else None
        except (ValueError, KeyError, TypeError):
            known = None
        if not isinstance(known, dict):
            raise self._refuse()
        for name in sorted(wanted.keys() | known.keys()):
            if wanted.get(name) != known.get(name):
                raise InputError(
                    f"{self.path} holds runs with {name}={known.get(name)!r}, and this simulation "
                    f"has {name}={wanted.get(name)!r}; use another file or the same settings."
                )

    def _parse(self, number: int, line: str) -> Run:
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

    def _refuse(self) -> InputError:
        return InputError(
            f"{self.path} is not a file of simulated runs; choose a path that is free."
        )


def _names(run: Run) -> tuple[str, str]:
    return f"dataset {run.dataset}", f"strategy {run.strategy}"
