"""A database that another program keeps locked: one sentence, as JSON or as a page."""

import sqlite3

import pytest
from projects import rows_table, settings_for

from motherlode.project._data.folder import create_project
from motherlode.project._log import engine

SAID = "another program keeps its database locked; close that or try again."
BODY = {"labels": [{"row": 5, "label": "dry", "key": "k"}]}


@pytest.fixture
def project(tmp_path, monkeypatch):
    monkeypatch.setattr(engine, "_LOCKED_SECONDS", 0.2)
    table = rows_table()
    made = create_project(tmp_path / "p", settings_for(table), table, None)
    yield made
    made.close()


@pytest.fixture
def other(project):
    """Another program that has the database open."""
    connection = sqlite3.connect(project.folder / "labels.sqlite", isolation_level=None)
    yield connection
    connection.close()


def test_what_writes_is_refused_in_a_sentence_and_what_reads_is_answered(client, other):
    other.execute("BEGIN IMMEDIATE")
    refused = client.post("/api/labels", json=BODY)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["detail"].endswith(SAID)
    assert client.get("/api/next").status_code == 503
    assert client.get("/api/status").status_code == 200
    assert client.get("/dashboard").status_code == 200
    other.execute("ROLLBACK")
    assert client.post("/api/labels", json=BODY).status_code == 200


def test_a_page_says_it_in_words_and_comes_again(client, project, other):
    assert client.get("/api/status").status_code == 200
    project.database._held.close()  # which keeps others from locking those who read
    project.database._file._opened = None  # its second file is deleted with the last connection
    project.database.engine.dispose()
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE held (x)")
    as_browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path in ("/", "/dashboard", "/search", "/map"):
        page = client.get(path, headers=as_browser)
        assert (page.status_code, page.headers["content-type"][:9]) == (503, "text/html"), path
        assert SAID in page.text
        assert 'http-equiv="refresh"' in page.text
        assert "detail" not in page.text
    refused = client.get("/api/status", headers=as_browser)
    assert (refused.status_code, refused.json()["detail"][-len(SAID) :]) == (503, SAID)
    assert client.get("/dashboard/now").json()["detail"].endswith(SAID)


def test_a_server_that_could_not_read_for_long_reads_as_soon_as_it_may(
    client, project, other, monkeypatch
):
    project.database._held.close()
    project.database._file._opened = None  # as when a server has just started
    project.database.engine.dispose()
    other.execute("PRAGMA locking_mode=EXCLUSIVE")
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE held (x)")
    for _ in range(25):  # more than there may be connections
        assert client.get("/dashboard").status_code == 503
    other.execute("ROLLBACK")
    other.close()
    assert client.get("/dashboard").status_code == 200
    assert client.post("/api/labels", json=BODY).status_code == 200


@pytest.mark.parametrize(
    ("path", "headers", "code"),
    [("/nowhere", {}, 404), ("/dashboard", {"Host": "elsewhere"}, 403)],
)
def test_other_refusals_of_pages_are_pages(client, path, headers, code):
    page = client.get(path, headers={"Accept": "text/html"} | headers)
    assert (page.status_code, page.headers["content-type"][:9]) == (code, "text/html")
    assert 'role="alert"' in page.text
    assert client.get(path, headers={"Accept": "*/*"} | headers).json()["detail"]


def test_a_mistake_of_ours_is_a_page_too(client, monkeypatch):
    def fail():
        raise RuntimeError("a-very-secret-row")

    monkeypatch.setattr(client.app.state.service, "status", fail)
    page = client.get("/dashboard", headers={"Accept": "text/html"})
    assert (page.status_code, "Something went wrong here" in page.text) == (500, True)
    assert "secret" not in page.text
