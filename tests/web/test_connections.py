"""Requests arrive soon, connections are bounded, and the log is short."""

import logging
import socket
import threading
import time
from types import SimpleNamespace

import pytest
import uvicorn

from motherlode.web import _connections
from motherlode.web._connections import BoundedProtocol
from motherlode.web._logging import ServerLog
from motherlode.web._places import find_place

REQUEST = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
# The connection ends with the answer, and is not kept for another request.
FEED = b"GET /feed HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def app(scope, receive, send):
    """Answer slowly, as a live feed does."""
    if scope["type"] != "http":
        return
    import asyncio

    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"first", "more_body": True})
    while not (await receive())["type"].endswith("request"):
        pass
    await asyncio.sleep(1.0 if scope["path"] == "/feed" else 0)
    await send({"type": "http.response.body", "body": b"last"})


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setattr(_connections, "_ARRIVAL_SECONDS", 0.4)
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        app, http=BoundedProtocol, ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


@pytest.fixture
def connect(port):
    """A function that opens a connection and sends the beginning of a request."""
    made = []

    def open_one(content=b""):
        made.append(socket.create_connection(("127.0.0.1", port), timeout=10))
        made[-1].sendall(content)
        return made[-1]

    yield open_one
    for one in made:
        one.close()


def ends_after(connection):
    """The seconds until the server ends a connection, and what it sent."""
    begun, found = time.monotonic(), b""
    try:
        while part := connection.recv(4096):
            found += part
    except ConnectionResetError:
        pass
    return time.monotonic() - begun, found


BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"


@pytest.mark.parametrize("beginning", [b"", b"GET / HT", REQUEST[:-2], BODY])
def test_a_request_that_does_not_arrive_is_ended(connect, beginning):
    seconds, _ = ends_after(connect(beginning))
    assert 0.2 < seconds < 3


def test_a_byte_now_and_then_does_not_prolong_it(connect):
    slow, begun = connect(b"GET / HTTP/1.1\r\nX: "), time.monotonic()
    while is_open(slow) and time.monotonic() < begun + 5:
        slow.sendall(b"a")
    assert 0.2 < time.monotonic() - begun < 3


def test_a_second_request_of_a_connection_has_its_own_time(connect):
    kept = connect(REQUEST)
    time.sleep(0.3)
    kept.sendall(REQUEST[:9])
    time.sleep(0.3)
    kept.sendall(REQUEST[9:])
    time.sleep(0.2)
    assert kept.recv(65536).count(b"last") == 2
    kept.sendall(REQUEST[:9])
    assert ends_after(kept)[0] < 3


def test_an_answer_may_take_longer_than_a_request(connect):
    feed = connect(FEED)
    _, found = ends_after(feed)
    assert b"last" in found


def test_with_too_many_connections_the_one_that_waits_longest_gives_way(connect, monkeypatch):
    monkeypatch.setattr(_connections, "_ARRIVAL_SECONDS", 30.0)
    monkeypatch.setattr(_connections, "find_most_connections", lambda: 3)
    feed = connect(FEED)
    time.sleep(0.1)
    idle = [connect(b"GET") for _ in range(2)]
    time.sleep(0.1)
    assert b"last" in connect_and_read(connect)
    assert ends_after(idle[0])[0] < 1
    idle[1].sendall(b" / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert b"last" in ends_after(idle[1])[1]
    assert b"last" in ends_after(feed)[1]


def test_an_address_has_no_more_connections_than_its_share(connect, monkeypatch):
    monkeypatch.setattr(_connections, "_ARRIVAL_SECONDS", 30.0)
    monkeypatch.setattr(_connections, "_PER_PLACE", 2)
    proxied = [connect(b"GET") for _ in range(4)]
    time.sleep(0.1)
    assert [is_open(one) for one in proxied] == [True] * 4  # from a proxy on this machine
    monkeypatch.setattr(_connections, "is_own", lambda address: False)
    proxied.append(connect(b"GET"))
    time.sleep(0.1)
    assert not is_open(proxied[0])
    assert is_open(proxied[-1])


def test_ipv6_addresses_of_one_place_share_its_connections(monkeypatch):
    monkeypatch.setattr(_connections, "_PER_PLACE", 2)
    made = set()

    def arrive(address):
        one = object.__new__(BoundedProtocol)
        one.connections = made
        one._address, one._place = address, find_place(address)
        one.transport = SimpleNamespace(is_closing=lambda: False)
        made.add(one)
        return one

    one = [arrive(f"2001:db8::{i}") for i in range(3)]
    other = arrive("2001:db8:0:1::1")
    assert set(one[0]._find_crowd()) == set(one)
    assert other._find_crowd() == []
    assert [arrive("::1")._find_crowd() for _ in range(4)][-1] == []


def connect_and_read(connect):
    return ends_after(connect(REQUEST.replace(b"Host", b"Connection: close\r\nHost")))[1]


def is_open(connection):
    connection.settimeout(0.05)
    try:
        return connection.recv(1) != b""
    except TimeoutError:
        return True
    except OSError:
        return False


def test_the_log_has_a_line_for_a_message_and_few_a_second(capsys, monkeypatch):
    second = 0.0
    clock = SimpleNamespace(monotonic=lambda: second)
    monkeypatch.setattr("motherlode.web._logging.time", clock)
    with ServerLog():
        log = logging.getLogger("asyncio")
        try:
            raise OSError("a-very-secret-row")
        except OSError:
            log.exception("socket.accept() failed\nsocket: %s", "\x1b]0;x\x07")
        for i in range(1_000):
            log.warning("again %d", i)
        second = 1.0
        log.warning("later")
    said = capsys.readouterr().err
    assert len(said.splitlines()) == 12
    assert said.splitlines()[0].startswith("socket.accept() failed: OSError in test_connections.py")
    assert said.splitlines()[-2:] == ["991 more messages were left out.", "later"]
    assert "secret" not in said
    assert "\x1b" not in said
