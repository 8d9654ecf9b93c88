"""The example that asks a language model, against a service on this machine that stands in."""

import json
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from .running import run_example

ADDRESS, KEY = "OPENAI_BASE_URL", "OPENAI_API_KEY"
pytestmark = pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")
SIGNS = ["smoke", "swelled", "melted", "burnt", "glowed", "scorched", "sparks", "fire", "charred",
         "so hot", "flames"]  # fmt: skip


class Service(ThreadingHTTPServer):
    """Knows a burned battery by its signs, and counts what it is asked."""

    daemon_threads = True

    def __init__(self, fail=()):
        super().__init__(("127.0.0.1", 0), Handler)
        self.fail, self.requests, self.reports = list(fail), [], 0


class Handler(BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append((self.path, self.headers["Authorization"], body))
        if self.server.fail:
            self.answer(self.server.fail.pop(0), {"error": "busy"})
            return
        content = body["messages"][1]["content"]
        reports = re.findall(r"^Report (\d+):\n(.*)$", content, re.MULTILINE)
        self.server.reports += len(reports)
        answers = [
            {"report": int(number), "probability": 0.9 if self.burns(text) else 0.05}
            for number, text in reports
        ]
        content = json.dumps({"answers": answers})
        self.answer(200, {"choices": [{"message": {"role": "assistant", "content": content}}]})

    def burns(self, text):
        return any(sign in text for sign in SIGNS)

    def answer(self, code, value):
        sent = json.dumps(value).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        if code == 429:
            self.send_header("Retry-After", "0")
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_):
        pass


@pytest.fixture
def serve(monkeypatch):
    running = []

    def start(**options):
        service = Service(**options)
        Thread(target=service.serve_forever, daemon=True).start()
        running.append(service)
        monkeypatch.setenv(ADDRESS, f"http://127.0.0.1:{service.server_port}/v1")
        monkeypatch.setenv(KEY, "a key of this test")
        return service

    yield start
    for service in running:
        service.shutdown()
        service.server_close()


def test_what_a_language_model_thinks_finds_more_and_is_paid_once(
    serve, capsys, monkeypatch, tmp_path
):
    service = serve(fail=[429, 429])  # a busy service is asked again
    monkeypatch.setenv("OPENAI_MODEL", "stand-in")
    monkeypatch.setenv("JUDGED", str(tmp_path / "answers.jsonl"))
    curves = run_example("ask_a_language_model")["curves"]
    assert curves["with its opinion"][-1] >= curves["without"][-1] + 3
    assert 0 < service.reports <= 300
    path, key, body = service.requests[0]
    assert (path, key) == ("/v1/chat/completions", "Bearer a key of this test")
    assert body["model"] == "stand-in"
    schema = body["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["required"] == ["answers"]
    said = capsys.readouterr()
    assert "question 1" in said.out
    assert "rows to judge now" in said.err

    asked = service.reports
    names = run_example("ask_a_language_model")
    assert service.reports == asked  # nothing is paid for twice

    service.fail = [401]  # what a service refuses ends no search
    judge = names["Judge"](names["ask_service"], tell=lambda sentence: None)
    with pytest.warns(UserWarning, match="failed on rows 8, 9: HTTPError: HTTP Error 401"):
        assert all(answer != answer for answer in judge(["a", "b"], ids=[8, 9]))


def test_without_a_service_a_rule_stands_in(monkeypatch):
    monkeypatch.delenv(ADDRESS, raising=False)
    curves = run_example("ask_a_language_model")["curves"]
    assert curves["with its opinion"][-1] > curves["without"][-1]
