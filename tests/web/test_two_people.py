"""Two annotators and an admin at one server: nobody sees what is another's, and nothing is lost.

Requests are made up from the OpenAPI description, or meant well, or meant badly. Whatever comes,
the server never fails, the log holds what was acknowledged and nothing else, and no answer to an
annotator holds what is somebody else's.
"""

import json
import re
import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import anyio
import numpy as np
import pytest
import schemathesis
from argon2 import PasswordHasher
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from projects import rows_table, settings_for
from sqlalchemy import insert
from starlette.testclient import TestClient

from motherlode.project._data.folder import create_project
from motherlode.project._log import log
from motherlode.project._log.events import CHANGED
from motherlode.project._log.fold import State, fold
from motherlode.project._log.schema import account
from motherlode.project._serving.live import Live
from motherlode.project._serving.queue import make_second_rule
from motherlode.project._sessions import make_id
from motherlode.web._access import Access
from motherlode.web._app import make_app
from motherlode.web._bodies import AnswersIn, UndoIn

HOST = "http://127.0.0.1:8700"
ROWS = 16
ROLES = {"anna": "annotator", "bert": "annotator", "cleo": "admin"}
PASSWORD = "a long enough password"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)
FOR_ADMINS = ("/api/export", "/api/disagreements")
PAGES = ["/", "/docs", "/search", "/map", "/dashboard", "/dashboard/now"]

WHO = st.sampled_from([*ROLES])
PLACES = st.integers(0, ROWS - 1)
SAID = st.sampled_from(
    [("label", "gold"), ("label", "dry"), ("skip", None), ("unsure", None), ("label", "none such")]
)
CHANNELS = st.sampled_from([None, None, None, "search", "settle"])
TAGS = st.lists(st.sampled_from(["a", "b c", "a\nb", "ü", ","]), max_size=2)
READS = st.sampled_from(
    ["/api/rows/{row}", "/api/rows/{row}/why", "/api/search?like_row={row}&n=100",
     "/api/search?condition=depth > -9", "/api/history", "/api/sessions",
     "/api/answers?n=100", "/api/answers?disputed=true", "/answers",
     "/api/status", "/api/next?n=4", "/api/me", "/api/disagreements", "/api/export?events=true",
     *PAGES]
)  # fmt: skip


class Reply(NamedTuple):
    """An answer of the server, with what was sent."""

    who: str
    method: str
    path: str
    sent: bytes
    status: int
    content: bytes
    headers: str

    @property
    def json(self):
        return json.loads(self.content)


def said_in(event):
    """What an annotator said by an event."""
    tags = event.tags.split("\n") if event.tags else []
    said = event.kind, event.label, event.seconds, event.note, tags
    return event.annotator, event.row, *said, event.key


def walk(value):
    """Give all objects in a JSON value."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from walk(part)


class Office(RuleBasedStateMachine):
    """Anna, Bert and the admin Cleo, each with sessions of their own."""

    url = None
    strategies: list = []  # noqa: RUF012 - of requests, one for each operation

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        table, path = rows_table(ROWS), Path(self.folder.name) / "project"
        wanted = settings_for(table, double=0.5, control=0.25)
        self.project = create_project(path, wanted, table, type(self).url and type(self).url())
        with self.project.database.writing() as connection:
            for name, role in ROLES.items():
                values = {"name": name, "role": role, "password": HASH}
                connection.execute(insert(account).values(values))
        self.live = Live(self.project)
        access = Access(self.project.database)
        self.app = make_app(self.project, self.live, access, only_own_names=False)
        # In a block of its own all requests share one event loop, which is faster.
        self.client = TestClient(self.app, base_url=HOST).__enter__()
        self.sessions = {who: [] for who in ROLES}
        self.private = {who: set() for who in ROLES}
        self.keys = {who: set() for who in ROLES}
        self.answers, self.retractions, self.undone = {}, Counter(), {}
        self.bodies = []
        self.count = 0
        for who in ROLES:
            self.log_in(who)

    def teardown(self):
        self.client.__exit__(None, None, None)
        self.live.close()
        self.project.close()
        self.folder.cleanup()

    def new(self, who, kind):
        """Make a text that only this person has sent."""
        self.count += 1
        text = f"{kind}-{self.count}-of-{who}"
        (self.keys if kind == "key" else self.private)[who].add(text)
        return text

    def headers(self, who):
        return {"Authorization": f"Bearer {self.sessions[who][-1]}"}

    def send(self, who, method, path, body=None, headers=None):
        headers = headers or self.headers(who)
        found = self.client.request(method, path, json=body, headers=headers)
        self.client.cookies.clear()
        request = found.request
        return Reply(who, method, request.url.path, request.content, found.status_code,
                     found.content, str(found.headers))  # fmt: skip

    def ask(self, who, method, path, body=None):
        reply = self.send(who, method, path, body)
        self.judge(reply)
        return reply

    def judge(self, reply):
        """Check an answer, and note what it acknowledges."""
        where = reply.who, reply.method, reply.path, reply.sent
        assert reply.status < 500 or (reply.status == 503 and b"still being" in reply.content), (
            where,
            reply.content,
        )
        assert b"Traceback" not in reply.content
        if reply.status == 200 and reply.method == "POST":
            if reply.path == "/api/labels":
                self.note_answers(reply)
            if reply.path == "/api/undo":
                self.note_undo(reply)
        if ROLES[reply.who] == "annotator":
            self.see_no_leak(reply)
        if reply.status == 204:
            self.note_log_out(reply)

    def note_answers(self, reply):
        sent = AnswersIn.model_validate_json(reply.sent).labels
        ids = reply.json["events"]
        assert len(ids) == len(sent)
        for id, one in zip(ids, sent, strict=True):
            said = one.kind, one.label, one.seconds, one.note or None, one.tags
            content = reply.who, one.row, *said, one.key
            assert one.key is not None or id not in self.answers, "an id is given out once"
            assert self.answers.setdefault(id, content) == content

    def note_undo(self, reply):
        wanted = UndoIn.model_validate_json(reply.sent) if reply.sent else UndoIn(event=None)
        found = reply.json
        if wanted.key is None or wanted.key not in self.undone:
            self.retractions[reply.who, found["row"], found["event"], wanted.key] += 1
        if wanted.key is not None:
            same = reply.who, reply.content
            assert self.undone.setdefault(wanted.key, same) == same
        who, row, kind, label, _, note, tags, _ = self.answers[found["event"]]
        told = [found[name] for name in ("annotator", "row", "kind", "label", "note", "tags")]
        assert told == [who, row, kind, label, note, tags]
        assert who == reply.who

    def note_log_out(self, reply):
        mine = self.sessions[reply.who]
        ended = [mine.pop() for _ in range(len(mine) if reply.path.endswith("where") else 1)]
        for secret in ended:
            headers = {"Authorization": f"Bearer {secret}"}
            assert self.send(reply.who, "GET", "/api/me", headers=headers).status == 401
        if not mine:
            self.log_in(reply.who)
        for who in ROLES:
            assert self.send(who, "GET", "/api/me").json["name"] == who

    def see_no_leak(self, reply):
        """See that an annotator is shown nothing of others."""
        assert reply.status != 200 or reply.path not in FOR_ADMINS
        shown = reply.content.decode(errors="replace") + reply.headers
        for other in ROLES.keys() - {reply.who}:
            assert not [text for text in self.private[other] if text in shown], reply
            sent = reply.sent.decode(errors="replace") + reply.path
            assert not [k for k in self.keys[other] if k in shown and k not in sent], reply
        if reply.status != 200:
            return
        hidden = self.awaits_second(reply.who)
        if reply.path == "/api/map/known":
            known = np.frombuffer(reply.content, np.uint8).reshape(-1, 2)
            assert not known[hidden].any(), "a label that a second annotator is to give too"
        if reply.path == "/api/status":
            self.see_no_hint(reply)
        if "application/json" not in reply.headers or reply.path == "/openapi.json":
            return
        for part in walk(reply.json):
            assert part.get("annotator", reply.who) == reply.who, reply
            assert "label" not in part or "annotator" in part or part["row"] not in hidden, reply
            for id in [part["event"]] if "event" in part else part.get("events", []):
                assert self.answers[id][0] == reply.who, reply

    def see_no_hint(self, reply):
        """See that counts are those of the rows whose label the caller may know."""
        rows = fold(self.read_log()).rows
        shown = [known for row, known in rows.items() if row not in self.awaits_second(reply.who)]
        counts = Counter(known.label for known in shown if known.label)
        assert +Counter(reply.json["classes"]) == counts
        kinds = Counter(known.kind for known in shown)
        told = [reply.json[name] for name in ("labelled", "skipped", "unsure")]
        assert told == [kinds[kind] for kind in ("label", "skip", "unsure")]

    def awaits_second(self, who):
        """List the rows that somebody else alone has answered, and a second person is to."""
        state = State(make_second_rule(self.project.settings))
        for event in self.read_log():
            state.add(event)
        return [row for row, first in state.single.items() if first != who]

    def read_log(self):
        with self.project.database.reading() as connection:
            return list(log.read_after(connection, 0))

    def answer_body(self, who, rows, said, channel=None, tags=()):
        kind, label = said
        return {
            "labels": [
                {"row": row, "kind": kind, "label": label, "channel": channel, "seconds": row / 3,
                 "note": self.new(who, "note"), "tags": [self.new(who, "tag"), *tags],
                 "key": self.new(who, "key")}
                for row in rows
            ]
        }  # fmt: skip

    @rule(who=WHO, data=st.data())
    def send_what_the_description_allows_or_not(self, who, data):
        case = data.draw(data.draw(st.sampled_from(self.strategies)))
        found = case.call(headers=self.headers(who), app=self.app)
        sent = found.request.body or b""
        sent = sent.encode() if isinstance(sent, str) else sent
        path = found.request.path_url.partition("?")[0]
        self.judge(
            Reply(who, found.request.method or "", path, sent, found.status_code, found.content,
                  str(found.headers))
        )  # fmt: skip

    @rule(who=WHO, rows=st.sets(PLACES, min_size=1, max_size=3), said=SAID, channel=CHANNELS,
          tags=TAGS)  # fmt: skip
    def answer(self, who, rows, said, channel, tags):
        body = self.answer_body(who, sorted(rows), said, channel, tags)
        reply = self.ask(who, "POST", "/api/labels", body)
        if ROLES[who] != "admin" and channel == "settle":
            assert reply.status == 403
        self.bodies.append((who, body, reply))

    @rule(who=WHO, n=st.integers(1, 3), said=SAID)
    def answer_what_is_asked(self, who, n, said):
        rows = [row["row"] for row in self.ask(who, "GET", f"/api/next?n={n}").json["rows"]]
        if rows:
            body = self.answer_body(who, rows, said)
            self.bodies.append((who, body, self.ask(who, "POST", "/api/labels", body)))

    @rule(who=WHO, data=st.data())
    def send_again(self, who, data):
        if not self.bodies:
            return
        owner, body, before = data.draw(st.sampled_from(self.bodies))
        reply = self.ask(who, "POST", "/api/labels", body)
        if before.status == 200:
            assert reply.status == (200 if who == owner else 409 if self.may(who, body) else 403)
            assert who != owner or reply.content == before.content

    @staticmethod
    def may(who, body):
        return ROLES[who] == "admin" or body["labels"][0]["channel"] != "settle"

    @rule(who=WHO, data=st.data())
    def undo(self, who, data):
        """Take back any answer: one's own, another's, or one that was taken back."""
        id = data.draw(st.sampled_from([None, *self.answers]))
        reply = self.ask(who, "POST", "/api/undo", {"event": id, "key": self.new(who, "key")})
        if id is not None and self.answers[id][0] != who:
            assert reply.status == 422

    @rule(who=WHO, owner=WHO, data=st.data())
    def undo_with_a_key_that_was_sent(self, who, owner, data):
        keys = sorted(self.keys[owner])
        if keys:
            key = data.draw(st.sampled_from(keys))
            taken = any(key == content[-1] for content in self.answers.values())
            taken |= key in self.undone and self.undone[key][0] != who
            reply = self.ask(who, "POST", "/api/undo", {"key": key})
            if taken:
                assert reply.status == 409

    @rule(who=WHO, row=PLACES, path=READS)
    def read(self, who, row, path):
        reply = self.ask(who, "GET", path.format(row=row))
        if reply.path == "/api/sessions":
            mine = {make_id(secret) for secret in self.sessions[who]}
            assert {one["id"] for one in reply.json["sessions"]} == mine

    @rule(who=WHO, row=PLACES)
    def look_at_labels(self, who, row):
        self.ask(who, "GET", "/api/map/known")
        self.ask(who, "GET", f"/api/rows/{row}/why")

    @rule(who=WHO, rows=st.lists(PLACES, min_size=1, max_size=4))
    def choose(self, who, rows):
        self.ask(who, "POST", "/api/map/first", {"rows": rows})

    @rule(who=WHO)
    def follow(self, who):
        """Read the first status of the live feed, and go away."""
        status, content = self.client.portal.call(self.read_feed, self.headers(who))
        assert status == 200
        told = content.partition(b"data: ")[2].partition(b"\n")[0]
        self.judge(Reply(who, "GET", "/api/status", b"", 200, told, "application/json"))
        assert not self.app.state.service.feeds._running, "what nobody reads runs no more"

    async def read_feed(self, headers):
        given, is_over = [], anyio.Event()
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive():
            for first in asked:
                return first
            await is_over.wait()
            return {"type": "http.disconnect"}

        async def send(message):
            given.append(message)
            if b"data: " in message.get("body", b"") or message.get("more_body") is False:
                is_over.set()

        host = [(b"host", b"127.0.0.1:8700")]
        sent = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"},
                 "http_version": "1.1", "method": "GET", "scheme": "http", "path": "/api/events",
                 "raw_path": b"/api/events", "query_string": b"", "root_path": "",
                 "headers": host + sent, "client": ("127.0.0.1", 1),
                 "server": ("127.0.0.1", 8700)}  # fmt: skip
        with anyio.fail_after(30):
            await self.app(scope, receive, send)
        return given[0]["status"], b"".join(part.get("body", b"") for part in given)

    @rule(who=WHO, other=WHO, row=PLACES, said=SAID, data=st.data())
    def answer_by_cookie(self, who, other, row, said, data):
        """Send a cookie, as browsers do, with the proof of this session, of another, or none."""
        proof = data.draw(st.sampled_from(["own", "of another session", "none"]))
        secret, strange = self.sessions[who][-1], self.sessions[other][0]
        headers = {"Cookie": f"{self.cookie}={secret}"}
        assert self.send(who, "GET", "/api/me", headers=headers).json["name"] == who
        body = self.answer_body(who, [row], said)
        if proof != "none":
            of = secret if proof == "own" else strange
            me = self.send(who, "GET", "/api/me", headers={"Authorization": f"Bearer {of}"}).json
            headers["X-CSRF-Token"] = me["csrf"]
        is_proved = proof == "own" or (proof != "none" and secret == strange)
        for path, sent in (("/api/labels", body), ("/api/undo", {"key": self.new(who, "key")})):
            reply = self.send(who, "POST", path, sent, headers)
            assert (reply.status == 403) == (not is_proved)
            self.judge(reply)
        if not is_proved:
            assert self.send(who, "POST", "/api/logout", headers=headers).status == 403

    @rule(who=WHO)
    def log_in(self, who):
        body = {"name": who, "password": PASSWORD}
        reply = self.send(who, "POST", "/api/login", body, headers={"X-Annotator": who})
        assert reply.status == 200
        secret = reply.json["token"]
        self.cookie = re.search(rf"([\w.-]+)={re.escape(secret)}", reply.headers)[1]
        self.sessions[who].append(secret)
        self.private[who] |= {secret, make_id(secret)}
        self.private[who].add(self.send(who, "GET", "/api/me").json["csrf"])

    @rule(who=WHO, path=st.sampled_from(["/api/logout", "/api/logout/everywhere"]))
    def log_out(self, who, path):
        assert self.ask(who, "POST", path).status == 204

    @rule(row=PLACES, said=SAID, same=st.booleans())
    def all_at_once(self, row, said, same):
        """All answer and take back at the same time, the same row or rows that differ."""
        rows = [row if same else (row + place) % ROWS for place in range(len(ROLES))]
        calls = [
            (who, "POST", "/api/labels", self.answer_body(who, [at], said))
            for who, at in zip(ROLES, rows, strict=True)
        ]
        calls += [(who, "POST", "/api/undo", {"key": self.new(who, "key")}) for who in ROLES]
        with ThreadPoolExecutor(len(calls)) as pool:
            replies = list(pool.map(lambda call: self.send(*call), calls))
        for reply in replies:  # answers come before what takes them back
            self.judge(reply)

    @invariant()
    def the_log_holds_what_was_acknowledged_and_nothing_else(self):
        events = self.read_log()
        kinds = {kind: [e for e in events if e.kind == kind] for kind in ("retract", CHANGED)}
        retractions = kinds["retract"]
        said = [e for e in events if e.kind not in kinds]
        assert {e.id: said_in(e) for e in said} == self.answers
        assert all(ROLES[e.annotator] == "admin" for e in kinds[CHANGED])
        taken = Counter((e.annotator, e.row, e.retracts, e.key) for e in retractions)
        assert taken == self.retractions
        assert len({e.retracts for e in retractions}) == len(retractions)


@pytest.fixture(scope="module")
def strategies(tmp_path_factory):
    """A strategy of requests for each operation."""
    table = rows_table(ROWS)
    path = tmp_path_factory.mktemp("office") / "p"
    with create_project(path, settings_for(table), table, None) as project:
        live = Live(project)
        app = make_app(project, live, Access(project.database), only_own_names=False)
        live.close()
    # The live feed does not end; `follow` reads it.
    schema = schemathesis.openapi.from_asgi("/openapi.json", app).exclude(path="/api/events")
    found = [operation.ok() for operation in schema.get_all_operations()]
    modes = schemathesis.GenerationMode
    return [
        operation.as_strategy(generation_mode=modes.POSITIVE)
        | operation.as_strategy(generation_mode=modes.NEGATIVE)
        if operation.body or list(operation.iter_parameters())
        else operation.as_strategy(generation_mode=modes.POSITIVE)
        for operation in found
    ]


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 18), ("postgres", 2)])
def test_nothing_is_lost_and_nothing_is_shown_to_others(request, database, examples, strategies):
    class Here(Office):
        url = None if database == "sqlite" else request.getfixturevalue("postgres").database

    Here.strategies = strategies
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
