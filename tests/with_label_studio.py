"""Try a project as the backend of a real Label Studio: `make label-studio`, outside `make test`.

Label Studio needs some two hundred packages with pins of their own, so it runs in an environment
of its own. Both servers listen on this machine alone, and end with the script.
"""

import csv
import json
import os
import secrets
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import ExitStack, contextmanager
from pathlib import Path

CONFIG = """<View><Text name="mail" value="$text"/>
<Choices name="kind" toName="mail" choice="single"><Choice value="refund"/><Choice value="other"/>
</Choices></View>"""
RARE, COMMON = "please refund my money", "hello about the meeting tomorrow"


def say(*words):
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def free_port():
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def running(command, log, **environment):
    with log.open("w") as file:
        process = subprocess.Popen(
            command, stdout=file, stderr=subprocess.STDOUT, env=os.environ | environment
        )
        try:
            yield process
        finally:
            process.terminate()
            process.wait(30)


def wait(what, found, seconds=900):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if value := found():
                return value
        except OSError:
            pass
        time.sleep(0.5)
    raise SystemExit(f"Waited {seconds} s for {what}.")


class Studio:
    """A client of Label Studio's own API."""

    def __init__(self, port, token):
        self.url, self.token = f"http://127.0.0.1:{port}", token

    def call(self, method, path, body=None):
        request = urllib.request.Request(
            f"{self.url}{path}",
            json.dumps(body).encode() if body is not None else None,
            {"Authorization": f"Token {self.token}", "Content-Type": "application/json"},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as problem:
            raise SystemExit(f"{method} {path}: {problem.code} {problem.read()[:500]}") from None


def events(motherlode, project, folder):
    to = folder / "events.jsonl"
    to.unlink(missing_ok=True)
    subprocess.run([*motherlode, "export", project, "--to", to, "--events"], check=True)
    return [json.loads(line) for line in to.read_text().splitlines()]


def main(label_studio):
    motherlode = [str(Path(sys.executable).with_name("motherlode"))]
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        with (folder / "mails.csv").open("w", newline="") as file:
            rows = [(f"m{i}", f"{RARE if i % 6 == 0 else COMMON} {i}") for i in range(60)]
            csv.writer(file).writerows([("mail", "text"), *rows])
        project = str(folder / "p")
        subprocess.run(
            [*motherlode, "init", project, "--data", str(folder / "mails.csv"), "--id", "mail",
             "--text", "text", "--classes", "refund,other", "--minority", "refund"],
            check=True, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        port, own_port, token = free_port(), free_port(), secrets.token_hex(20)
        log = folder / "studio.log"
        stack.enter_context(
            running(
                [label_studio, "start", "--no-browser", "--port", str(port), "--username",
                 "ann@example.org", "--password", secrets.token_hex(8), "--user-token", token],
                log,
                ML_BLOCK_LOCAL_IP="false", SSRF_PROTECTION_ENABLED="false",
                COLLECT_ANALYTICS="false", LABEL_STUDIO_BASE_DATA_DIR=str(folder / "data"),
                LABEL_STUDIO_ENABLE_LEGACY_API_TOKEN="true",
            )
        )  # fmt: skip
        said = folder / "said.log"
        stack.enter_context(
            running(
                [*motherlode, "label-studio", project, "--port", str(own_port), "--name", "1=ann"],
                said,
            )
        )
        wait("our server", lambda: "Ctrl-C" in said.read_text())
        secret = (Path(project) / "label-studio.secret").read_text()
        studio = Studio(port, token)
        wait("Label Studio", lambda: studio.call("GET", "/api/version"))
        check(studio, f"http://127.0.0.1:{own_port}/{secret}", motherlode, project, folder)


def check(studio, address, motherlode, project, folder):
    made = studio.call(
        "POST", "/api/projects",
        {"title": "mails", "label_config": CONFIG, "sampling": "Uncertainty sampling"},
    )  # fmt: skip
    number = made["id"]
    # The tasks lack our ids, so that rows are found by their texts.
    with (folder / "mails.csv").open(newline="") as file:
        tasks = [{"data": {"text": line["text"]}} for line in csv.DictReader(file)]
    studio.call("POST", f"/api/projects/{number}/import", tasks)
    backend = studio.call(
        "POST", "/api/ml",
        {"url": address, "project": number, "title": "motherlode", "auth_method": "NONE"},
    )  # fmt: skip
    state = studio.call("GET", f"/api/ml/{backend['id']}")
    say("connected:", state["readable_state"], state["model_version"])
    listed = studio.call("GET", f"/api/tasks?project={number}&page_size=100")["tasks"]
    wanted = [next(t for t in listed if RARE in t["data"]["text"])]
    wanted += [t for t in listed if COMMON in t["data"]["text"]][:4]
    wanted += [t for t in listed if RARE in t["data"]["text"]][1:3]
    annotations = []
    for task in wanted:
        choice = "refund" if RARE in task["data"]["text"] else "other"
        result = [{"from_name": "kind", "to_name": "mail", "type": "choices",
                   "value": {"choices": [choice]}}]  # fmt: skip
        annotations.append(
            studio.call(
                "POST", f"/api/tasks/{task['id']}/annotations", {"result": result, "lead_time": 2.5}
            )
        )
    found = wait(
        "labels", lambda: len(f := events(motherlode, project, folder)) >= len(wanted) and f
    )
    assert {e["annotator"] for e in found} == {"ann"}, found
    assert {e["channel"] for e in found} == {"given"}, found
    assert [e["label"] for e in found].count("refund") == 3, found
    say("labels taken in:", len(found))
    result = annotations[-1]["result"]
    result[0]["value"]["choices"] = ["other"]
    studio.call("PATCH", f"/api/annotations/{annotations[-1]['id']}", {"result": result})
    wait("a correction", lambda: events(motherlode, project, folder)[-1]["label"] == "other")
    studio.call("DELETE", f"/api/annotations/{annotations[-1]['id']}")
    wait("a retraction", lambda: events(motherlode, project, folder)[-1]["kind"] == "retract")
    say("corrected and taken back")
    selected = {"selectedItems": {"all": True, "excluded": []}}
    studio.call("POST", f"/api/dm/actions?id=retrieve_tasks_predictions&project={number}", selected)
    predictions = studio.call("GET", f"/api/predictions?project={number}")
    assert len(predictions) == len(listed), len(predictions)
    by_task = {one["task"]: one for one in predictions}
    right = sum(
        by_task[t["id"]]["result"][0]["value"]["choices"]
        == ["refund" if RARE in t["data"]["text"] else "other"]
        for t in listed
    )
    say("predicted right:", right, "of", len(listed), "by", predictions[0]["model_version"])
    assert right == len(listed)
    # Label Studio orders by the scores of the version that the project names.
    version = {"model_version": predictions[0]["model_version"]}
    studio.call("PATCH", f"/api/projects/{number}", version)
    following = studio.call("GET", f"/api/projects/{number}/next")
    free = [one for one in predictions if one["task"] not in {t["id"] for t in wanted[:-1]}]
    lowest = min(one["score"] for one in free)
    assert by_task[following["id"]]["score"] == lowest, (following["id"], lowest)
    say("asked next: the task of the lowest score,", lowest)
    say("Label Studio and motherlode work together.")


if __name__ == "__main__":
    main(sys.argv[1])
