"""Who may come in, and from where."""

import json
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from fastapi import HTTPException
from starlette.testclient import TestClient

from motherlode.project._accounts import put_account, remove_account
from motherlode.project._sessions import end_sessions
from motherlode.web._pace import Limit, Pace, make_limits
from motherlode.web._site import Site

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


def cookie_of(answer, ending=""):
    """The name and the value of the session's cookie."""
    found = [(c.name, c.value) for c in answer.cookies.jar if c.name.endswith(ending)]
    return min(found, key=lambda pair: len(pair[0]))


PATHS = ["/api/next", "/api/status", "/api/export", "/api/me", "/api/rows/1", "/api/project",
         "/api/history", "/api/disagreements", "/api/events", "/api/rows/1/image"]  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_nobody_comes_in_without_a_token(client, path):
    del client.headers["Authorization"]
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": "Bearer é".encode()}):
        assert client.get(path, headers=headers).status_code == 401
    service = client.app.state.service
    name = f"motherlode-{service.site.space}-8700"
    for value in ("wrong", service.access.token, service.access.code):
        client.cookies.set(name, value)
        assert client.get(path).status_code == 401


def test_the_printed_link_lets_in_once_and_leaves_the_address_bar(client):
    access = client.app.state.service.access
    token, code = access.token, access.code
    del client.headers["Authorization"]
    assert client.get("/").status_code == 401
    for wrong in ("wrong", "é", token):
        assert client.get("/", params={"code": wrong}).status_code == 401
    done = client.get("/", params={"code": code})
    assert done.status_code == 200
    assert 'http-equiv="refresh" content="0; url=/"' in done.text
    cookie = done.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert token not in str(done.headers)
    assert "of 120" in client.get("/").text
    again = client.get("/", params={"code": code})
    assert (again.status_code, again.headers["location"]) == (303, "/"), "it is in already"
    client.cookies.clear()
    assert client.get("/", params={"code": code}).status_code == 401
    assert client.get("/", headers={"Authorization": f"Bearer {code}"}).status_code == 401


def test_a_link_that_was_used_is_followed_by_the_next(client):
    access, said = client.app.state.service.access, []
    access.code_used = lambda: said.append(access.code)
    first = access.code
    client.get("/", params={"code": "wrong"})
    assert said == []
    client.get("/", params={"code": first})
    assert said == [access.code] != [first]
    client.cookies.clear()
    assert client.get("/", params={"code": access.code}).status_code == 200


def test_of_browsers_that_open_one_link_at_once_one_is_let_in(client):
    code = client.app.state.service.access.code
    browsers = [TestClient(client.app, base_url=str(client.base_url), follow_redirects=False)
                for _ in range(8)]  # fmt: skip
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda one: one.get("/", params={"code": code}), browsers))
    assert sorted(answer.status_code for answer in opened) == [200] + [401] * 7
    assert sum("set-cookie" in answer.headers for answer in opened) == 1


def test_a_cookie_is_named_by_project_and_port_and_holds_neither_token_nor_code(project, serve):
    first = serve(project)
    second = TestClient(serve(project).app, base_url="http://127.0.0.1:8701")
    second.follow_redirects = False
    names = set()
    for client in (first, second):
        access = client.app.state.service.access
        code = access.code
        name, value = cookie_of(client.get("/", params={"code": code}))
        assert value not in (access.token, code, access.code)
        names.add(name)
    assert {name.rsplit("-", 1)[1] for name in names} == {"8700", "8701"}
    other = Site(replace(project.settings, name="another"))
    assert not any(other.space in name for name in names)


def test_a_second_server_on_the_machine_logs_nobody_out(project, serve):
    browser = serve(project)
    second = TestClient(serve(project).app, base_url="http://127.0.0.1:8701")
    for client, other in ((browser, second), (second, browser)):
        client.get("/", params={"code": client.app.state.service.access.code})
        other.cookies.update(client.cookies)  # cookies go to all ports
    assert len(browser.cookies) == 2
    assert [client.get("/api/me").status_code for client in (browser, second)] == [200, 200]


def test_changes_by_cookie_need_the_proof_that_they_come_from_our_page(client):
    del client.headers["Authorization"]
    client.get("/", params={"code": client.app.state.service.access.code})
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


def test_who_is_asked_as_the_second_is_not_told_what_the_first_said(make, serve):
    project = make(double=1.0)
    for name, role in (("boss", "admin"), ("ann", "annotator"), ("ben", "annotator")):
        put_account(project.database, name, role, PASSWORD)
    team = serve(project, only_own_names=False)
    ann, ben, boss = (logged_in(team, name) for name in ("ann", "ben", "boss"))

    def told(headers):
        known = np.frombuffer(team.get("/api/map/known", headers=headers).content, np.uint8)
        while not (why := team.get("/api/rows/5/why", headers=headers).json())["ready"]:
            time.sleep(0.05)
        return known[2 * row], [near["row"] for near in why["nearest"]]

    row = team.get("/api/next", headers=ann).json()["rows"][0]["row"]
    body = {"labels": [{"row": row, "label": "gold"}]}
    team.post("/api/labels", json=body, headers=ann)
    assert [told(who) for who in (ann, ben, boss)] == [(2, [row]), (0, []), (2, [row])]
    assert team.get("/api/next", headers=ben).json()["rows"][0]["row"] == row
    assert told(ben) == (0, [])
    team.post("/api/labels", json=body, headers=ben)
    assert told(ben) == (2, [row])
    team.post("/api/undo", headers=ben)
    assert told(ben) == (0, [])


def test_with_accounts_the_token_opens_nothing(team):
    token = team.app.state.service.access.token
    assert team.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401
    code = team.app.state.service.access.code
    assert team.get("/", params={"code": code}).status_code == 401


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


def test_guessing_is_slowed_down(team, monkeypatch):
    waited = []

    async def sleep(seconds):
        waited.append(round(seconds))

    monkeypatch.setattr("motherlode.web._sessions.asyncio.sleep", sleep)
    monkeypatch.setattr(team.app.state.service.access._pace, "_clock", lambda: 0.0)

    def attempt(name="ann", password="wrong wrong wrong"):
        return team.post("/api/login", json={"name": name, "password": password}).status_code

    assert [attempt() for _ in range(5)] == [401] * 5
    assert waited == [0] * 5
    assert attempt(password=PASSWORD) == 200, "who is right waits, but gets in"
    team.cookies.clear()
    assert [attempt() for _ in range(4)] == [401] * 3 + [429]
    assert waited[5:] == [10, 10, 20, 30]
    assert attempt("nobody") == 401
    assert waited[-1] == 0


def test_attempts_wait_for_their_turn():
    now = 0.0
    pace, limits = Pace(lambda: now), make_limits("ann", "there", known=False)
    assert [pace.take_turn(limits) for _ in range(8)] == [0, 0, 0, 0, 0, 10, 20, 30]
    with pytest.raises(HTTPException) as refused:
        pace.take_turn(limits)
    assert refused.value.headers == {"Retry-After": "40"}
    assert pace.take_turn(make_limits("ben", "there", known=False)) == 0
    assert pace.take_turn(make_limits("ann", "elsewhere", known=False)) == 0
    assert pace.take_turn(make_limits("ann", "there", known=True)) == 0
    now = 80.0
    assert [pace.take_turn(limits) for _ in range(6)] == [0, 0, 0, 0, 0, 10]


def test_all_addresses_of_one_ipv6_network_are_one_place():
    pace = Pace(lambda: 0.0)
    waits = [pace.take_turn(make_limits("ann", f"2001:db8::{i}", known=False)) for i in range(6)]
    assert waits == [0] * 5 + [10]
    assert pace.take_turn(make_limits("ann", "2001:db8:0:1::1", known=False)) == 0
    assert make_limits("a", "::ffff:10.0.0.1", known=False) == make_limits(
        "a", "10.0.0.1", known=False
    )


def test_guesses_from_everywhere_slow_a_name_down_and_lock_nobody_out():
    pace = Pace(lambda: 0.0)
    for place in range(1_000):
        pace.take_turn(make_limits("ann", f"bot {place}", known=False))
    assert pace.take_turn(make_limits("ann", "home", known=False)) == 5
    assert pace.take_turn(make_limits("ben", "home", known=False)) == 0


def test_what_was_tried_takes_little_memory():
    now = 0.0
    pace = Pace(lambda: now)
    for name in range(30_000):
        now += 3.0
        pace.take_turn((Limit(str(name), 5, 1.0),))
    assert len(pace._free_at) < 15_000


def test_log_ins_that_go_well_lock_nobody_out(team):
    access = team.app.state.service.access
    for _ in range(30):
        seconds, limits = access.take_turn("ann", "the proxy")
        assert seconds == 0
        access._pace.give_back(limits)


def test_guesses_of_others_do_not_lock_out_whom_we_know(team):
    access = team.app.state.service.access

    def wait(address="the proxy", proof=""):
        try:
            return round(access.take_turn("ann", address, proof)[0])
        except HTTPException as refused:
            return refused.status_code

    assert [wait() for _ in range(9)] == [0] * 5 + [10, 20, 30, 429]
    assert wait(proof="wrong") == 429
    assert wait(address="elsewhere") == 0
    assert [wait(proof=access.proof("ann")) for _ in range(9)] == [0] * 5 + [10, 20, 30, 429]


def test_a_browser_that_logged_in_is_known_when_it_comes_again(team):
    service = team.app.state.service
    while True:
        try:
            service.access.take_turn("ann", "testclient")
        except HTTPException:
            break
    login = {"name": "ann", "password": PASSWORD}
    assert team.post("/api/login", json=login).status_code == 429
    proof, name = service.access.proof("ann"), f"motherlode-{service.site.space}-8700-known"
    team.cookies.set(name, proof)
    done = team.post("/api/login", json=login)
    assert done.status_code == 200
    assert f"{name}={proof}; HttpOnly" in done.headers["set-cookie"]


def test_token_code_and_sessions_of_the_link_end_with_the_first_account_at_once(client, project):
    access = client.app.state.service.access
    visitor = TestClient(client.app, base_url=str(client.base_url))
    assert visitor.get("/", params={"code": access.code}).status_code == 200
    assert client.get("/api/me").status_code == visitor.get("/api/me").status_code == 200
    put_account(project.database, "boss", "admin", PASSWORD)
    assert client.get("/api/me").status_code == visitor.get("/api/me").status_code == 401
    assert client.get("/", params={"code": access.code}).status_code == 401
    remove_account(project.database, "boss")
    assert client.get("/api/me").status_code == visitor.get("/api/me").status_code == 401
    assert client.get("/", params={"code": access.code}).status_code == 401, "it stays so"


def test_sessions_are_listed_with_where_they_were_started(team):
    where = {"User-Agent": "Firefox\tof ann"}
    team.post("/api/login", json={"name": "ann", "password": PASSWORD}, headers=where)
    team.cookies.clear()
    logged_in(team, "boss")
    here = logged_in(team, "ann")
    found = team.get("/api/sessions", headers=here).json()["sessions"]
    assert [one["here"] for one in found] == [True, False]
    assert {one["browser"] for one in found} == {"testclient", "Firefoxof ann"}
    assert {one["address"] for one in found} == {"testclient"}
    assert all(one["started_at"] for one in found)
    for one in found:
        opened = {"Authorization": f"Bearer {one['id']}"}
        assert team.get("/api/me", headers=opened).status_code == 401


def test_logging_out_everywhere_ends_all_sessions_of_one_person(team):
    here, there, boss = logged_in(team, "ann"), logged_in(team, "ann"), logged_in(team, "boss")
    assert team.get("/api/me", headers=there).status_code == 200
    assert team.post("/api/logout/everywhere", headers=here).status_code == 204
    assert team.get("/api/me", headers=here).status_code == 401
    assert team.get("/api/me", headers=there).status_code == 401
    assert team.get("/api/me", headers=boss).status_code == 200


def test_visitors_by_link_list_and_end_their_sessions_too(client):
    code = client.app.state.service.access.code
    visitor = TestClient(client.app, base_url=str(client.base_url))
    assert visitor.get("/", params={"code": code}).status_code == 200
    mine = visitor.get("/api/me").json()
    assert [one["here"] for one in visitor.get("/api/sessions").json()["sessions"]] == [True]
    proof = {"X-CSRF-Token": mine["csrf"]}
    assert visitor.post("/api/logout/everywhere", headers=proof).status_code == 204
    assert visitor.get("/api/me").status_code == 401
    assert client.get("/api/me").status_code == 200, "the token is no session"


def test_a_session_that_another_process_ended_opens_nothing_at_once(team, project):
    ann = logged_in(team, "ann")
    assert team.get("/api/me", headers=ann).status_code == 200
    end_sessions(project.database, "ann")
    assert team.get("/api/me", headers=ann).status_code == 401


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


def test_how_annotators_err_is_told_to_admins_alone(team):
    pytest.importorskip("crowdkit")
    ann, boss = logged_in(team, "ann"), logged_in(team, "boss")
    for who in (ann, boss):
        said = [{"row": row, "label": "gold" if row % 12 == 0 else "dry"} for row in range(20)]
        assert team.post("/api/labels", json={"labels": said}, headers=who).status_code == 200
    while not (judged := team.get("/api/status", headers=boss).json()["error_rates"]):
        time.sleep(0.05)
    assert [(one["name"], one["labels"], one["shared"]) for one in judged] == [
        ("ann", 20, 20),
        ("boss", 20, 20),
    ]
    error = judged[0]["errors"]["gold"]
    assert 0 <= error["low"] <= error["value"] <= error["high"] <= 1
    assert len(judged[0]["confusion"]) == 2
    assert team.get("/api/status", headers=ann).json()["error_rates"] is None
    page = team.get("/dashboard/now", headers=boss).text
    assert "gold called otherwise" in page
    assert team.get("/people/now", headers=boss).text.count("gold called otherwise") == 1
    assert f"{judged[0]['errors']['gold']['said']}" in page
    assert "(95 %: " in page
    assert "called otherwise" not in team.get("/dashboard/now", headers=ann).text
