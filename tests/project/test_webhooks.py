"""Word of labels and of advice, as a receiver on this machine gets it."""

import base64
import hmac
import json
import socket
import threading
import time
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from motherlode.errors import InputError
from motherlode.project._data.addresses import remember_receiver
from motherlode.project._data.receivers import check_receivers
from motherlode.project._data.secret_files import keep_secret
from motherlode.project._insight import webhooks
from motherlode.project._insight.webhooks import Refused, Webhooks, post
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.changing import change_settings
from motherlode.project._serving.live import Live


class Receiver:
    """Keeps what it gets, and answers with the next of some statuses, then with 200."""

    def __init__(self, *statuses):
        self.got, self.statuses = [], list(statuses)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.got.append((dict(self.headers), body))
                status = outer.statuses.pop(0) if outer.statuses else 200
                self.send_response(status)
                if 300 <= status < 400:
                    self.send_header("Location", f"{outer.url}/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def events(self):
        return [one for _, body in self.got for one in json.loads(body).get("events", [])]


@pytest.fixture
def receiver(request):
    made = Receiver(*getattr(request, "param", ()))
    yield made
    made.close()


@pytest.fixture
def live(project):
    found = Live(project)
    yield found
    found.close()


@pytest.fixture(autouse=True)
def _hurry(monkeypatch):
    monkeypatch.setattr(webhooks, "_FIRST_WAIT", 0.02)


def name_receiver(live, *addresses, known=True):
    for address in addresses if known else ():
        remember_receiver(address)

    def run(connection, state):
        values = {"webhook": list(addresses)}
        return change_settings(live.project, connection, state, "ann", values, 1.0)

    live.run(run)


def wait(is_so, seconds=20):
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def label(live, row, name="gold"):
    return live.answer("ann", [Answer(row, label=name)])[0]


def test_labels_are_sent_with_their_ids_and_signed(live, receiver):
    label(live, 1)  # before there is an address
    name_receiver(live, f"{receiver.url}/hook?team=a")
    with Webhooks(live.project, live, pause=0.02):
        event = label(live, 2)
        live.undo("ann")
        wait(lambda: len(receiver.events()) == 2)
    first, second = receiver.events()
    assert (first["event"], first["id"], first["label"], first["kind"]) == (
        event,
        "r2",
        "gold",
        "label",
    )
    assert (second["kind"], second["takes_back"]) == ("retract", event)
    secret = keep_secret(live.project.folder, "webhook.secret")
    for headers, body in receiver.got:
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        proof = base64.b64encode(hmac.new(secret.encode(), signed, sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{proof}"
        assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60


def test_an_address_that_nobody_named_on_this_machine_gets_nothing(live, receiver, caplog):
    name_receiver(live, receiver.url, known=False)
    with Webhooks(live.project, live, pause=0.02):
        label(live, 1)
        wait(lambda: "motherlode trust" in caplog.text)
        time.sleep(0.2)
        assert not receiver.got
        remember_receiver(receiver.url)
        wait(lambda: len(receiver.events()) == 1)
    assert caplog.text.count("motherlode trust") == 1


@pytest.mark.parametrize("receiver", [(503, 302, 404)], indirect=True)
def test_what_is_not_taken_is_sent_again_and_followed_nowhere(live, receiver):
    name_receiver(live, receiver.url)
    with Webhooks(live.project, live, pause=0.02):
        label(live, 3)
        wait(lambda: len(receiver.got) >= 4)
        label(live, 4)
        wait(lambda: len(receiver.got) >= 5)
    ids = [headers["webhook-id"] for headers, _ in receiver.got]
    assert len(set(ids[:4])) == 1
    assert ids[4] != ids[0]
    assert [one["row"] for one in receiver.events()] == [3, 3, 3, 3, 4]


def test_nothing_is_lost_or_sent_again_when_the_server_stops(live, receiver):
    name_receiver(live, receiver.url)
    with Webhooks(live.project, live, pause=0.02):
        label(live, 1)
        wait(lambda: receiver.events())
    label(live, 2)
    with Webhooks(live.project, live, pause=0.02):
        wait(lambda: len(receiver.events()) == 2)
        time.sleep(0.1)
    assert [one["row"] for one in receiver.events()] == [1, 2]


def test_a_receiver_that_hangs_keeps_nobody_waiting(live, receiver):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        name_receiver(live, f"http://127.0.0.1:{silent.getsockname()[1]}", receiver.url)
        with Webhooks(live.project, live, pause=0.02):
            begun = time.monotonic()
            for row in range(5):
                label(live, row)
            assert time.monotonic() - begun < 5
            wait(lambda: len(receiver.events()) == 5)


def test_an_address_that_is_taken_away_gets_nothing_more(live, receiver):
    name_receiver(live, receiver.url)
    with Webhooks(live.project, live, pause=0.02):
        label(live, 1)
        wait(lambda: receiver.events())
        name_receiver(live)
        time.sleep(0.1)
        label(live, 2)
        time.sleep(0.2)
    assert [one["row"] for one in receiver.events()] == [1]


def test_advice_is_sent_once_until_it_changes(live, receiver):
    advice = {"rule": "Knee()", "stop": False, "why": "W.", "needs": "N.", "proved": False}
    forecast = {"advice": [advice], "verdict": {"act": "go on"}}
    name_receiver(live, receiver.url)
    with Webhooks(live.project, live, lambda: forecast, pause=0.02):
        time.sleep(0.1)
        assert receiver.got == []
        for expected in (1, 2):
            label(live, expected)
            forecast["advice"] = [{**advice, "stop": True}]
            wait(lambda n=expected: len(said(receiver)) == n)
            time.sleep(0.1)
            assert len(said(receiver)) == expected
            forecast["advice"] = [advice]
            time.sleep(0.2)
    first = said(receiver)[0]
    assert (first["rule"], first["stop"], first["verdict"]) == ("Knee()", True, {"act": "go on"})


def said(receiver):
    found = [json.loads(body) for _, body in receiver.got]
    return [one for one in found if one["type"] == "advice"]


@pytest.mark.parametrize(
    "address",
    [
        "ftp://a.org/x", "a.org", "http://", "file:///etc/passwd", "http://u:p@a.org/",
        "http://a.org/#x", "http://a.org/\nHost: b", "http://a.org:99999/", "http://[::1",
        "http://169.254.169.254/latest", "http://[fe80::1]/", "http://[::ffff:169.254.169.254]/",
        "http://0.0.0.0/", "http://[fd00:ec2::254]/", "http://100.100.100.200/",
    ],
)  # fmt: skip
def test_addresses_that_are_no_receiver_are_refused(address, live):
    with pytest.raises(InputError):
        check_receivers([address])
    with pytest.raises(InputError):
        name_receiver(live, address)


def test_a_name_that_means_a_refused_machine_gets_nothing(monkeypatch):
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("169.254.169.254", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(Refused, match="no word is sent"):
        post("http://metadata.example/", b"{}", {})
    with pytest.raises(Refused, match="no word is sent"):
        post("http://0xA9FEA9FE/", b"{}", {})


def test_the_secret_can_be_read_by_its_owner_alone(live):
    secret = keep_secret(live.project.folder, "webhook.secret")
    assert keep_secret(live.project.folder, "webhook.secret") == secret
    assert (live.project.folder / "webhook.secret").stat().st_mode & 0o777 == 0o600
    (live.project.folder / "webhook.secret").write_text("short")
    with pytest.raises(InputError):
        keep_secret(live.project.folder, "webhook.secret")
