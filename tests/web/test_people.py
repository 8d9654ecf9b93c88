"""People over REST: accounts, roles, passwords, parts of the rows, a pause, and each one's work."""

import pytest

from motherlode.project._accounts import list_accounts, put_account

PASSWORD = "a long enough password"
ANYBODY, REVIEWERS, ADMINS, NOBODY_NEEDED = "annotator", "reviewer", "admin", "open"
RANK = [ANYBODY, REVIEWERS, ADMINS]

# Who may call each endpoint: a role and those above it. docs/explanation/security.md has the same.
ENDPOINTS = {
    ("GET", "/api/project"): ANYBODY,
    ("GET", "/api/me"): ANYBODY,
    ("GET", "/api/next"): ANYBODY,
    ("POST", "/api/labels"): ANYBODY,
    ("POST", "/api/undo"): ANYBODY,
    ("GET", "/api/history"): ANYBODY,
    ("GET", "/api/rows/{row}"): ANYBODY,
    ("GET", "/api/rows/{row}/image"): ANYBODY,
    ("GET", "/api/rows/{row}/why"): ANYBODY,
    ("GET", "/api/search"): ANYBODY,
    ("GET", "/api/map/places"): ANYBODY,
    ("GET", "/api/map/known"): ANYBODY,
    ("POST", "/api/map/first"): ANYBODY,
    ("GET", "/api/map/first"): ANYBODY,
    ("DELETE", "/api/map/first"): ANYBODY,
    ("GET", "/api/answers"): ANYBODY,
    ("GET", "/api/guidelines"): ANYBODY,
    ("GET", "/api/guidelines/pictures/{name}"): ANYBODY,
    ("GET", "/api/status"): ANYBODY,
    ("GET", "/api/forecast"): ANYBODY,
    ("GET", "/api/events"): ANYBODY,
    ("GET", "/api/annotators"): ANYBODY,
    ("GET", "/api/prior"): ANYBODY,
    ("GET", "/api/sessions"): ANYBODY,
    ("POST", "/api/password"): ANYBODY,
    ("POST", "/api/logout"): ANYBODY,
    ("POST", "/api/logout/everywhere"): ANYBODY,
    ("GET", "/api/disagreements"): REVIEWERS,
    ("GET", "/api/settings"): REVIEWERS,
    ("POST", "/api/settings"): ADMINS,
    ("POST", "/api/guidelines"): REVIEWERS,
    ("POST", "/api/guidelines/pictures"): REVIEWERS,
    ("POST", "/api/settings/classes"): ADMINS,
    ("POST", "/api/settings/undo"): ADMINS,
    ("POST", "/api/prior"): ADMINS,
    ("GET", "/api/export"): ADMINS,
    ("POST", "/api/predict"): ADMINS,
    ("POST", "/api/score"): ADMINS,
    ("GET", "/api/rank"): ADMINS,
    ("GET", "/api/evaluation"): ANYBODY,
    ("POST", "/api/evaluation"): ADMINS,
    ("DELETE", "/api/evaluation"): ADMINS,
    ("GET", "/api/accounts"): ADMINS,
    ("POST", "/api/accounts"): ADMINS,
    ("POST", "/api/accounts/remove"): ADMINS,
    ("POST", "/api/assigned"): ADMINS,
    ("POST", "/api/rows"): ADMINS,
    ("POST", "/api/login"): NOBODY_NEEDED,
}
PAGES = {
    "/": ANYBODY, "/search": ANYBODY, "/answers": ANYBODY, "/map": ANYBODY,
    "/evaluation": ANYBODY, "/evaluation/now": ANYBODY,
    "/dashboard": ANYBODY, "/dashboard/now": ANYBODY, "/people": ANYBODY, "/people/now": ANYBODY,
    "/guidelines": ANYBODY,
    "/settings": REVIEWERS, "/settings/now": REVIEWERS,
}  # fmt: skip
BODIES = {  # what is wrong is refused after the role was looked at
    "/api/settings": {"tags": ["blurred"]},
    "/api/settings/classes": {},
    "/api/accounts": {"name": "zoe", "password": "short"},
    "/api/accounts/remove": {"name": "nobody"},
    "/api/assigned": {"annotator": "zoe"},
    "/api/password": {"old": "wrong wrong wrong", "new": PASSWORD},
    "/api/labels": {"labels": [{"row": 1, "label": "none"}]},
    "/api/map/first": {"rows": [3]},
    "/api/predict": {"rows": [{"depth": 1}]},
    "/api/prior": {"sentence": None},
}


@pytest.fixture
def team(project, serve):
    for name, role in (("boss", "admin"), ("rita", "reviewer"), ("ann", "annotator")):
        put_account(project.database, name, role, PASSWORD)
    return serve(project, only_own_names=False)


def log_in(team, name, password=PASSWORD):
    done = team.post("/api/login", json={"name": name, "password": password})
    team.cookies.clear()
    assert done.status_code == 200, done.text
    return {"Authorization": f"Bearer {done.json()['token']}"}


def call(team, method, path, headers):
    body = BODIES.get(path, {}) if method == "POST" else None
    path = path.replace("{row}", "1").replace("{name}", "none.png")
    return team.request(method, path, json=body, headers=headers).status_code


def test_the_table_has_every_endpoint(client):
    listed = client.get("/openapi.json").json()["paths"]
    there = {(method.upper(), path) for path, methods in listed.items() for method in methods}
    assert there == set(ENDPOINTS)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("name", "role"), [("ann", ANYBODY), ("rita", REVIEWERS), ("boss", ADMINS)]
)
def test_every_endpoint_opens_to_its_roles_alone(team, name, role):
    for (method, path), needed in ENDPOINTS.items():
        if needed == NOBODY_NEEDED or path == "/api/events":  # which never ends
            continue
        may = RANK.index(role) >= RANK.index(needed)
        status = call(team, method, path, log_in(team, name))
        assert (status not in (401, 403)) == may, f"{role} {method} {path}: {status}"
        assert call(team, method, path, {}) == 401, path
    for path, needed in PAGES.items():
        may = RANK.index(role) >= RANK.index(needed)
        status = team.get(path, headers=log_in(team, name)).status_code
        assert status == (200 if may else 403), f"{role} {path}"
        assert team.get(path).status_code == 401, path


def test_a_reviewer_sees_all_answers_settles_and_writes_guidelines_alone(team):
    ann, rita, boss = (log_in(team, name) for name in ("ann", "rita", "boss"))
    team.post("/api/labels", json={"labels": [{"row": 1, "label": "gold"}]}, headers=ann)
    assert len(team.get("/api/rows/1", headers=rita).json()["answers"]) == 1
    settle = {"labels": [{"row": 1, "label": "dry", "channel": "settle"}]}
    assert team.post("/api/labels", json=settle, headers=ann).status_code == 403
    assert team.post("/api/labels", json=settle, headers=rita).status_code == 200
    body = {"text": "Look *twice*."}
    assert team.post("/api/guidelines", json=body, headers=rita).status_code == 200
    assert "<em>twice</em>" in team.get("/guidelines", headers=ann).text
    assert team.post("/api/settings", json={"tags": ["x"]}, headers=rita).status_code == 403
    page = team.get("/settings", headers=rita).text
    assert 'id="guidelines"' in page
    for name in ("strategy", "tags", "webhook"):  # what a reviewer may not save, they are not shown
        assert f'id="{name}"' not in page
        assert f'id="{name}"' in team.get("/settings", headers=boss).text
    assert 'id="disagreements"' in team.get("/dashboard", headers=rita).text
    assert "/api/export" not in team.get("/dashboard", headers=rita).text


def test_accounts_are_added_changed_disabled_and_removed(team, project):
    ann, boss = log_in(team, "ann"), log_in(team, "boss")

    def change(**body):
        return team.post("/api/accounts", json=body, headers=boss)

    new = change(name="zoe", role="reviewer", password=PASSWORD)
    assert {one["name"]: one["role"] for one in new.json()["accounts"]} == {
        "ann": "annotator", "boss": "admin", "rita": "reviewer", "zoe": "reviewer",
    }  # fmt: skip
    assert "a new one needs a password" in change(name="max").json()["detail"]
    log_in(team, "zoe")
    change(name="zoe", password=PASSWORD + "!")
    zoe = log_in(team, "zoe", PASSWORD + "!")
    assert team.get("/api/me", headers=zoe).json()["role"] == "reviewer", "the role stays"
    change(name="zoe", role="annotator")
    assert team.get("/api/me", headers=zoe).json()["role"] == "annotator", "at once"
    change(name="ann", disabled=True)
    assert team.get("/api/me", headers=ann).status_code == 401
    refused = team.post("/api/login", json={"name": "ann", "password": PASSWORD})
    assert (refused.status_code, refused.json()["detail"][:24]) == (403, "This account is disabled")
    wrong = team.post("/api/login", json={"name": "ann", "password": "wrong wrong wrong"})
    assert wrong.status_code == 401, "nobody else learns that it is disabled"
    listed = {one.name: one for one in list_accounts(project.database, 0.0)}
    assert listed["ann"].disabled_at is not None
    assert listed["boss"].seen_at is not None
    assert listed["rita"].seen_at is None
    change(name="ann", disabled=False)
    log_in(team, "ann")
    gone = team.post("/api/accounts/remove", json={"name": "zoe"}, headers=boss)
    assert "zoe" not in {one["name"] for one in gone.json()["accounts"]}
    assert team.get("/api/me", headers=zoe).status_code == 401


def test_the_last_admin_stays_an_admin_who_may_log_in(team, project):
    boss = log_in(team, "boss")
    for body in ({"role": "reviewer"}, {"disabled": True}):
        refused = team.post("/api/accounts", json={"name": "boss", **body}, headers=boss)
        assert refused.status_code == 422
        assert "boss is the only admin" in refused.json()["detail"]
    taken = {"name": "rita", "password": PASSWORD + "!", "role": "admin", "is_new": True}
    before = list_accounts(project.database, 0.0)
    assert team.post("/api/accounts", json=taken, headers=boss).status_code == 422
    assert list_accounts(project.database, 0.0) == before
    own = team.post("/api/accounts/remove", json={"name": "boss"}, headers=boss)
    assert own.status_code == 422
    team.post("/api/accounts", json={"name": "rita", "role": "admin"}, headers=boss)
    team.post("/api/accounts", json={"name": "rita", "disabled": True}, headers=boss)
    refused = team.post("/api/accounts", json={"name": "boss", "disabled": True}, headers=boss)
    assert refused.status_code == 422, "a disabled admin is none"
    team.post("/api/accounts", json={"name": "rita", "disabled": False}, headers=boss)
    done = team.post("/api/accounts", json={"name": "boss", "role": "annotator"}, headers=boss)
    assert done.status_code == 200
    assert team.get("/api/accounts", headers=boss).status_code == 403
    assert {one.name: one.role for one in list_accounts(project.database, 0.0)}["rita"] == "admin"


def test_the_first_account_of_a_page_is_an_admin(client):
    body = {"name": "ann", "role": "annotator", "password": PASSWORD}
    refused = client.post("/api/accounts", json=body)
    assert "first account is to be an admin" in refused.json()["detail"]
    assert client.post("/api/accounts", json=body | {"role": "admin"}).status_code == 200
    assert client.get("/api/me").status_code == 401, "the token opens nothing any more"
    log_in(client, "ann")


def test_a_new_password_of_ones_own_needs_the_old_one_and_ends_other_sessions(team):
    here, there, rita = log_in(team, "ann"), log_in(team, "ann"), log_in(team, "rita")
    fresh = PASSWORD + " of mine"

    def change(old, new):
        return team.post("/api/password", json={"old": old, "new": new}, headers=here)

    wrong = change("wrong wrong wrong", fresh)
    assert (wrong.status_code, "old password is wrong" in wrong.text) == (422, True)
    assert "10 to 1,000" in change(PASSWORD, "short").json()["detail"]
    assert team.get("/api/me", headers=there).status_code == 200, "nothing was changed"
    assert change(PASSWORD, fresh).status_code == 204
    seen = [team.get("/api/me", headers=who).status_code for who in (here, there, rita)]
    assert seen == [200, 401, 200]
    assert team.get("/api/me", headers=here).json()["role"] == "annotator"
    assert team.post("/api/login", json={"name": "ann", "password": PASSWORD}).status_code == 401
    log_in(team, "ann", fresh)


def test_guesses_of_the_old_password_are_slowed_down(team, monkeypatch):
    waited = []

    async def sleep(seconds):
        waited.append(round(seconds))

    monkeypatch.setattr("motherlode.web._sessions.asyncio.sleep", sleep)
    monkeypatch.setattr(team.app.state.service.access._pace, "_clock", lambda: 0.0)
    ann = log_in(team, "ann")
    body = {"old": "wrong wrong wrong", "new": PASSWORD}
    seen = [team.post("/api/password", json=body, headers=ann).status_code for _ in range(9)]
    assert seen == [422] * 8 + [429]
    assert waited[1:] == [0] * 5 + [10, 20, 30]


def test_in_a_pause_nobody_is_given_rows_and_answers_are_kept(team):
    ann, boss = log_in(team, "ann"), log_in(team, "boss")
    row = team.get("/api/next", headers=ann).json()["rows"][0]["row"]
    said = team.post("/api/settings", json={"paused": True}, headers=boss).json()["said"]
    assert said == ["paused: no → yes"]
    for who in (ann, boss):
        given = team.get("/api/next?n=5", headers=who).json()
        assert (given["rows"], given["paused"]["by"]) == ([], "boss")
    assert team.get("/api/status", headers=ann).json()["paused"]["by"] == "boss"
    assert "Paused by boss" in team.get("/dashboard/now", headers=ann).text
    chosen = team.post("/api/map/first", json={"rows": [5]}, headers=ann)
    assert (chosen.status_code, "Paused by boss" in chosen.text) == (422, True)
    answer = {"labels": [{"row": row, "label": "gold"}]}
    assert team.post("/api/labels", json=answer, headers=ann).status_code == 200
    team.post("/api/settings", json={"paused": False}, headers=boss)
    given = team.get("/api/next", headers=ann).json()
    assert (len(given["rows"]), given["paused"]) == (1, None)


def test_a_part_of_the_rows_is_assigned_and_given_back(team):
    ann, boss = log_in(team, "ann"), log_in(team, "boss")

    def towns():
        rows = team.get("/api/next?n=50", headers=ann).json()["rows"]
        return {row["content"]["town"] for row in rows}, {row["id"] for row in rows}

    def assign(**body):
        return team.post("/api/assigned", json={"annotator": "ann", **body}, headers=boss)

    assert towns()[0] == {"ulm", "bonn", "kiel"}
    said = assign(where="town == 'ulm'").json()
    assert said["said"] == ["assigned to ann: all rows → rows where town == 'ulm'"]
    assert "asked about all rows" in said["notes"][0]
    assert towns()[0] == {"ulm"}, "rows held before are given up too"
    assign(ids=["r3", "r7"])
    assert towns()[1] == {"r3", "r7"}
    assert team.post("/api/map/first", json={"rows": [5, 7]}, headers=ann).json()["rows"] == [7]
    for wrong in ({"where": "town == 'rome'"}, {"where": "place == 'ulm'"}, {"ids": ["r999"]},
                  {"where": "town == 'ulm'", "share": 0.5}):  # fmt: skip
        assert assign(**wrong).status_code == 422
    assert towns()[1] == {"r3", "r7"}
    assert assign().json()["notes"] == []
    assert len(towns()[1]) == 50
    assert assign().status_code == 422


def test_work_is_told_to_each_annotator_alone_and_to_reviewers_of_all(team):
    ann, rita = log_in(team, "ann"), log_in(team, "rita")
    for who, label in ((ann, "gold"), (rita, "dry")):
        body = {"labels": [{"row": row, "label": label, "seconds": 4} for row in range(4)]}
        team.post("/api/labels", json=body, headers=who)
    settle = [{"row": row, "label": "gold", "channel": "settle"} for row in range(3)]
    team.post("/api/labels", json={"labels": settle}, headers=log_in(team, "boss"))
    own = team.get("/api/annotators", headers=ann).json()["annotators"]
    assert [one["name"] for one in own] == ["ann"]
    everybody = team.get("/api/annotators", headers=rita).json()["annotators"]
    assert [one["name"] for one in everybody] == ["ann", "boss", "rita"]
    mine, _, other = everybody
    assert (mine["median_seconds"], mine["answers_an_hour"], sum(mine["days"].values())) == (
        4, 900, 4,
    )  # fmt: skip
    assert (mine["settled"], mine["agreement"]["value"]) == (3, 1.0)
    assert (other["settled"], other["agreement"]["value"]) == (3, 0.0)
    assert 0 < mine["agreement"]["low"] < 1
    assert set(mine["errors"]) == {"dry", "gold"}
    page = team.get("/people/now", headers=ann).text
    assert "rita" not in page
    assert "Answers a day in the last 14 days" in page
