"""ASReview's own server with one reader of texts, waited for as ours is."""

import csv
import io
import json
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode
from uuid import uuid4

from .clients import Waits

_START_SECONDS = 120
_MODEL_SECONDS = 900


def measure(
    python: Path, folder: Path, table: dict[str, list[str]], pace: float, seconds: float
) -> tuple[float, Waits]:
    """Seconds from the upload to the first row that a model ranked, and all waits.

    Parameters
    ----------
    python : Path
        An interpreter that has ASReview, which wants an older pandas than we do.
    folder : Path
        An empty folder for its projects.
    table : dict of str to list of str
        Texts by column. The first row is taken for relevant and the second not, as a start.
    pace, seconds : float
        Seconds between two answers, and in all.
    """
    with _served(python, folder) as url:
        begun = time.monotonic()
        file = _csv(table)
        project = f"{url}/api/projects/{_json(_upload(f'{url}/api/projects/create', file))['id']}"
        for row, label in ((0, 1), (1, 0)):
            _post(f"{project}/record/{row}", {"record_id": row, "label": label})
        _post(f"{project}/review", {"status": "review", "trigger_model": 1}, "PUT")
        while not _ranked(_next(project)):
            if time.monotonic() - begun > _MODEL_SECONDS:
                raise RuntimeError("ASReview has not ranked its rows within a quarter of an hour.")
            time.sleep(0.5)
        return time.monotonic() - begun, _read(project, pace, seconds)


def _ranked(asked: dict | None) -> bool:
    """Whether there is a row, and a model that asked for it."""
    return asked is not None and bool(asked["state"]["training_set"])


def _read(project: str, pace: float, seconds: float) -> Waits:
    """Answer row after row; how far behind a model is, is the answers that it has not seen."""
    waits, labels = Waits(), 2
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.monotonic()
        clock = time.perf_counter()
        asked = _next(project)
        waits.next.append(time.perf_counter() - clock)
        waits.behind.append(labels - int(asked["state"]["training_set"] or 0))
        row, clock = asked["state"]["record_id"], time.perf_counter()
        label = int("goldvein" in asked["abstract"])
        _post(f"{project}/record/{row}", {"record_id": row, "label": label, "retrain_model": 1})
        waits.labels.append(time.perf_counter() - clock)
        labels += 1
        time.sleep(max(0.0, pace - (time.monotonic() - begun)))
    return waits


@contextmanager
def _served(python: Path, folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [python.parent / "asreview", "lab", "--no-browser", "--skip-update-check",
         "--port", str(port)],
        env=os.environ | {"ASREVIEW_PATH": str(folder), "ASREVIEW_LAB_ASREVIEW_PATH": str(folder)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + _START_SECONDS
        while True:
            try:
                _json(urllib.request.Request(f"http://127.0.0.1:{port}/api/projects"))
                break
            except urllib.error.URLError:
                if time.monotonic() > until or server.poll() is not None:
                    raise RuntimeError(f"{python}: asreview lab does not start.") from None
                time.sleep(0.2)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(server.pid, 15)
        server.wait(30)


def _next(project: str) -> dict | None:
    return _json(urllib.request.Request(f"{project}/get_record"))["result"]


def _post(url: str, fields: dict[str, object], method: str = "POST") -> dict:
    content = urlencode(fields).encode()
    return _json(urllib.request.Request(url, content, method=method))


def _upload(url: str, file: str) -> urllib.request.Request:
    border = uuid4().hex
    parts = (
        f'--{border}\r\nContent-Disposition: form-data; name="mode"\r\n\r\noracle\r\n'
        f'--{border}\r\nContent-Disposition: form-data; name="file"; filename="texts.csv"\r\n'
        f"Content-Type: text/csv\r\n\r\n{file}\r\n--{border}--\r\n"
    )
    kind = {"Content-Type": f"multipart/form-data; boundary={border}"}
    return urllib.request.Request(url, parts.encode(), kind)


def _json(request: urllib.request.Request) -> dict:
    with urllib.request.urlopen(request, timeout=300) as answer:
        return json.loads(answer.read())


def _csv(table: dict[str, list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(table)
    writer.writerows(zip(*table.values(), strict=True))
    return text.getvalue()
