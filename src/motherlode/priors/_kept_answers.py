"""What a judge said of rows, kept so that no row is paid for twice."""

import json
import os
from collections.abc import Mapping
from pathlib import Path

from ..errors import InputError

Score = float | None
"""From 0 to 1; None where the judge gave no answer."""


class KeptAnswers:
    """The answers of one judge, by the digest of a row's content, in memory or in a file as well.

    A line of the file is one answer, or one failed attempt. Lines are only added, some at a time in
    one write, so processes may share a file; each reads what the others added before it asks. A
    line that is damaged counts as missing.

    Parameters
    ----------
    judge : str
        Whose answers they are; a file may hold those of several judges.
    path : Path or None
        The file; None to keep them in memory.
    """

    def __init__(self, judge: str, path: Path | None) -> None:
        self._judge, self.path = judge, path
        self._scores: dict[str, Score] = {}
        self._read = 0
        self.asked = 0

    @property
    def scores(self) -> Mapping[str, Score]:
        """The answers by digest, None for rows of which the judge said that it cannot tell."""
        return self._scores

    def move_to(self, path: Path) -> "KeptAnswers":
        """Keep them in a file from now on, those of before included."""
        moved = KeptAnswers(self._judge, path)
        moved.refresh()
        new = {d: score for d, score in self._scores.items() if d not in moved._scores}
        if new:
            moved.add(new, {})
        return moved

    def refresh(self) -> None:
        """Read what was added to the file since."""
        if self.path is None:
            return
        try:
            with self.path.open("rb") as file:
                file.seek(self._read)
                found = file.read()
        except FileNotFoundError:
            return
        except OSError as problem:
            raise self._explain("read", problem) from problem
        whole = found[: found.rfind(b"\n") + 1]  # the last line may be half written
        self._read += len(whole)
        for line in whole.splitlines():
            self._take(line)

    def add(self, scores: Mapping[str, Score], failed: Mapping[str, str]) -> None:
        """Keep answers, and failed attempts with what went wrong, by digest."""
        if self.path is None:
            self._scores |= scores
            self.asked += len(scores) + len(failed)
            return
        lines: list[dict[str, object]] = [
            {"judge": self._judge, "row": digest, "score": score}
            for digest, score in scores.items()
        ]
        lines += [{"judge": self._judge, "row": d, "failed": why} for d, why in failed.items()]
        self._append("".join(json.dumps(line) + "\n" for line in lines).encode())
        self.refresh()

    def _append(self, lines: bytes) -> None:
        assert self.path is not None
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            opened = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                size = os.fstat(opened).st_size
                os.lseek(opened, max(0, size - 1), os.SEEK_SET)
                # The process that wrote the last line may have ended in its midst.
                torn = size > 0 and os.read(opened, 1) != b"\n"
                os.write(opened, b"\n" * torn + lines)
            finally:
                os.close(opened)
        except OSError as problem:
            raise self._explain("written", problem) from problem

    def _take(self, line: bytes) -> None:
        try:
            found = json.loads(line)
            judge, digest = found["judge"], str(found["row"])
            if "failed" in found:
                score = None
            elif (score := found["score"]) is not None and not 0 <= score <= 1:
                return
        except (ValueError, KeyError, TypeError):
            return
        if judge != self._judge:
            return
        if "failed" in found:
            self.asked += 1
        elif digest not in self._scores:
            self.asked += 1
            self._scores[digest] = None if score is None else float(score)

    def _explain(self, done: str, problem: OSError) -> InputError:
        return InputError(
            f"The answers of the judge {self._judge!r} can't be {done} in {self.path} "
            f"({problem.strerror}); give Judge(cache=...) a file that can be written to."
        )
