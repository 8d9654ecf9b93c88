"""Who may come in, and from where."""

import json
import logging

import pytest
from fastapi import HTTPException

from motherlode.project._accounts import Account, put_account, remove_account
from motherlode.web._access import Failures

PASSWORD = "a long enough password"


@pytest.fixture
def team(project, serve):
    put_account(project.database, "boss", "admin", PASSWORD)
    put_account(project.database, "ann", "annotator", PASSWORD)
    return serve(project, only_own_names=False)


def logged_in(team, name):
    done = team.post("/api/login", json={"name": name, "password": PASSWORD})
    assert done.status_code == 200
    team.cookies.clear()
    return {"Authorization": f"Bearer {done.json()['token']}"}


PATHS = ["/api/next", "/api/status", "/api/export", "/api/me", "/api/rows/1", "/api/project",
         "/api/history", "/api/disagreements", "/api/events", "/api/rows/1/image"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_nobody_comes_in_without_a_token(client, path):
    del client.headers["Authorization"]
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é".encode()}):
        assert client.get(path, headers=headers).status_code == 401
    client.cookies.set("motherlode", "wrong")
    assert client.get(path).status_code == 401


def test_the_printed_link_lets_in_and_leaves_the_address_bar(client):
    token = client.app.state.service.access.token
    del client.headers["Authorization"]
    assert client.get("/").status_code == 401
    assert client.get("/", params={"token": "wrong"}).status_code == 401
    done = client.get("/", params={"token": token})
    assert (done.status_code, done.headers["location"]) == (303, "/")
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "of 120 rows" in client.get("/").text


def test_changes_by_cookie_need_the_proof_that_they_come_from_our_page(client):
    token = client.headers.pop("Authorization").removeprefix("Bearer ")
    client.cookies.set("motherlode", token)
    answer = {"labels": [{"row": 1, "label": "gold"}]}
    assert client.post("/api/labels", json=answer).status_code == 403
    wrong = {"X-CSRF-Token": "wrong"}
    assert client.post("/api/labels", json=answer, headers=wrong).status_code == 403
    right = {"X-CSRF-Token": client.get("/api/me").json()["csrf"]}
    assert client.post("/api/labels", json=answer, headers=right).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:9999"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8700"},
        {"Host": ""},
        {"Host": "[::1"},
    ],
)
def test_requests_from_elsewhere_are_refused(client, headers):
    answer = {"labels": [{"row": 1, "label": "gold"}]}
    assert client.post("/api/labels", json=answer, headers=headers).status_code == 403
    refused = client.get("/api/next", headers=headers)
    assert refused.status_code == 403
    assert "access-control-allow-origin" not in refused.headers
    assert client.get("/api/status").json()["last_event"] == 0


def test_our_own_origin_is_welcome(client):
    for host in ("127.0.0.1:8700", "localhost:8700", "[::1]:8700"):
        headers = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}
        assert client.get("/api/next", headers=headers).status_code == 200


def test_every_answer_carries_the_headers(client):
    for path in ("/", "/docs", "/api/next", "/openapi.json", "/gone"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["x-frame-options"] == "DENY"
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]


def test_roles(team):
    ann, boss = logged_in(team, "ann"), logged_in(team, "boss")
    assert team.get("/api/me", headers=ann).json()["role"] == "annotator"
    for path in ("/api/export", "/api/disagreements"):
        assert team.get(path, headers=ann).status_code == 403
        assert team.get(path, headers=boss).status_code == 200
    settle = {"labels": [{"row": 1, "label": "gold", "channel": "settle"}]}
    assert team.post("/api/labels", json=settle, headers=ann).status_code == 403
    assert team.post("/api/labels", json=settle, headers=boss).status_code == 200


def test_an_account_is_who_it_says_whatever_the_header(team):
    headers = logged_in(team, "ann") | {"X-Annotator": "boss"}
    assert team.get("/api/me", headers=headers).json()["name"] == "ann"


def test_annotators_see_their_own_answers_alone(team):
    ann, boss = logged_in(team, "ann"), logged_in(team, "boss")
    team.post("/api/labels", json={"labels": [{"row": 1, "label": "gold"}]}, headers=boss)
    assert team.get("/api/rows/1", headers=ann).json()["answers"] == []
    assert len(team.get("/api/rows/1", headers=boss).json()["answers"]) == 1


def test_with_accounts_the_token_opens_nothing(team):
    token = team.app.state.service.access.token
    assert team.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    assert team.get("/", params={"token": token}).status_code == 401


def test_logging_out_ends_a_session(team):
    ann = logged_in(team, "ann")
    assert team.post("/api/logout", headers=ann).status_code == 204
    assert team.get("/api/me", headers=ann).status_code == 401


def test_a_removed_account_and_a_new_password_end_sessions(team, project):
    ann, boss = logged_in(team, "ann"), logged_in(team, "boss")
    remove_account(project.database, "ann")
    put_account(project.database, "boss", "admin", PASSWORD + "!")
    assert team.get("/api/me", headers=ann).status_code == 401
    assert team.get("/api/me", headers=boss).status_code == 401


def test_passwords_and_tokens_are_not_in_the_database(team, project):
    from sqlalchemy import select

    from motherlode.project._log.schema import account, session

    token = logged_in(team, "ann")["Authorization"].removeprefix("Bearer ")
    with project.database.reading() as connection:
        found = [list(map(str, row)) for t in (account, session)
                 for row in connection.execute(select(t))]  # fmt: skip
    assert "$argon2id$" in json.dumps(found)
    assert PASSWORD not in json.dumps(found)
    assert token not in json.dumps(found)


def test_guessing_is_slowed_down(team):
    def attempt(name="ann", password="wrong wrong wrong"):
        return team.post("/api/login", json={"name": name, "password": password}).status_code

    assert [attempt() for _ in range(6)] == [401] * 5 + [429]
    assert attempt(password=PASSWORD) == 429
    assert attempt("nobody") == 401


def test_failures_are_counted_for_a_minute():
    now = 0.0
    failures = Failures(lambda: now)
    for _ in range(5):
        assert failures.wait({"ann": 5, "a": 20}) == 0
        failures.count(["ann", "a"])
    assert failures.wait({"ann": 5, "a": 20}) == 60
    assert failures.wait({"ben": 5, "a": 20}) == 0
    now = 61.0
    assert failures.wait({"ann": 5, "a": 20}) == 0


def test_log_ins_that_go_well_lock_nobody_out(team, monkeypatch):
    access = team.app.state.service.access
    monkeypatch.setattr("motherlode.web._access.check_password", lambda *_: Account("ann", "admin"))
    for _ in range(30):
        access.log_in("ann", PASSWORD, "the proxy")


def test_guesses_of_others_do_not_lock_out_whom_we_know(team):
    access = team.app.state.service.access

    def attempt(password, address="the proxy", proof=""):
        try:
            return bool(access.log_in("ann", password, address, proof))
        except HTTPException as refused:
            return refused.status_code

    assert [attempt("wrong wrong wrong") for _ in range(6)] == [401] * 5 + [429]
    assert attempt(PASSWORD) == 429
    assert attempt(PASSWORD, proof="wrong") == 429
    assert attempt(PASSWORD, address="elsewhere") is True
    assert attempt(PASSWORD, proof=access.proof("ann")) is True
    guesses = [attempt("wrong wrong wrong", proof=access.proof("ann")) for _ in range(6)]
    assert guesses == [401] * 5 + [429]


def test_a_browser_that_logged_in_is_known_when_it_comes_again(team):
    for _ in range(6):
        team.post("/api/login", json={"name": "ann", "password": "wrong wrong wrong"})
    access = team.app.state.service.access
    team.cookies.set("motherlode-known", access.proof("ann"))
    done = team.post("/api/login", json={"name": "ann", "password": PASSWORD})
    assert done.status_code == 200
    assert f"motherlode-known={access.proof('ann')}; HttpOnly" in done.headers["set-cookie"]


def test_the_token_ends_with_the_first_account_at_once(client, project):
    assert client.get("/api/me").status_code == 200
    put_account(project.database, "boss", "admin", PASSWORD)
    assert client.get("/api/me").status_code == 401
    token = client.app.state.service.access.token
    assert client.get("/", params={"token": token}).status_code == 401
    remove_account(project.database, "boss")
    assert client.get("/api/me").status_code == 401, "it does not come back either"


def test_nothing_that_was_said_is_logged(client, caplog):
    caplog.set_level(logging.DEBUG)
    note = "a-very-secret-note"
    body = {"labels": [{"row": 1, "label": "gold", "note": note}]}
    client.post("/api/labels", json=body)
    client.post("/api/labels", json={"labels": [{"row": 1, "label": note}]})
    client.get("/api/next", params={"n": 3})
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("httpx")]
    assert note not in "".join(ours)


def test_a_mistake_of_ours_says_nothing_of_the_rows(client, caplog, monkeypatch):
    def fail(*_):
        raise RuntimeError("a-very-secret-row")

    monkeypatch.setattr(client.app.state.service.live, "next", fail)
    # A library that sets up logging in this process may have switched ours off.
    monkeypatch.setattr(logging.getLogger("motherlode.web"), "disabled", False)
    caplog.set_level(logging.INFO, "motherlode.web")
    done = client.get("/api/next")
    assert done.status_code == 500
    assert done.headers["x-frame-options"] == "DENY"
    assert "secret" not in done.text + caplog.text
    assert "RuntimeError in test_access.py" in caplog.text
