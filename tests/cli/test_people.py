"""Accounts, parts of the rows and pauses on the command line."""

import json

import pytest

from motherlode.cli._app import run

PASSWORD = "a long enough password\n"


@pytest.fixture
def project(tmp_path):
    rows = [f"r{i},letter {i},{['DE', 'FR'][i % 2]}" for i in range(40)]
    (tmp_path / "d.csv").write_text("id,text,country\n" + "\n".join(rows) + "\n")
    made = [tmp_path / "p", "--data", tmp_path / "d.csv", "--classes", "ordinary,refund"]
    assert run(["init", *map(str, made), "--text", "text", "--id", "id"]) == 0
    return tmp_path / "p"


@pytest.fixture
def motherlode(project, capsys, monkeypatch):
    """A function that runs a command on the project: its status, and what it says."""

    def call(command, *arguments, password=None):
        capsys.readouterr()
        if password is not None:
            monkeypatch.setattr("motherlode.cli._account._read_password", lambda: password)
        status = run([command, str(project), *map(str, arguments)])
        said = capsys.readouterr()
        return status, said.out + said.err

    return call


def roles(motherlode):
    return {one["name"]: one["role"] for one in json.loads(motherlode("account", "--json")[1])}


def test_a_new_password_never_changes_a_role(motherlode):
    assert "There are no accounts" in motherlode("account")[1]
    said = motherlode("account", "ann", password=PASSWORD)[1]
    assert "ann may log in as annotator." in said
    assert "Nobody is an admin yet" in said
    motherlode("account", "boss", "--role", "admin", password=PASSWORD)
    status, said = motherlode("account", "boss", password=PASSWORD + "!")
    assert (status, "boss may log in as admin." in said) == (0, True)
    assert roles(motherlode) == {"ann": "annotator", "boss": "admin"}
    asked = []
    motherlode("account", "ann", "--role", "reviewer", password=asked)
    assert roles(motherlode)["ann"] == "reviewer", "no password is asked for a role"


def test_accounts_are_listed_and_disabled_and_the_last_admin_stays(motherlode):
    motherlode("account", "boss", "--role", "admin", password=PASSWORD)
    motherlode("account", "ann", password=PASSWORD)
    for options in (("--role", "annotator"), ("--disable",), ("--remove",)):
        status, said = motherlode("account", "boss", *options)
        assert (status, "boss is the only admin" in said) == (2, True)
    motherlode("account", "ann", "--disable")
    listed = motherlode("account")[1]
    assert "disabled since" in listed
    assert "never" in listed
    motherlode("account", "ann", "--enable")
    assert "disabled" not in motherlode("account")[1]
    assert motherlode("account", "ann", "--enable", "--disable")[0] == 2
    assert motherlode("account", "--disable")[0] == 2
    motherlode("account", "ann", "--remove")
    assert "This was the last account" in motherlode("account", "boss", "--remove")[1]


def test_rows_are_assigned_by_condition_share_and_file(motherlode, tmp_path):
    said = motherlode("assign", "ann", "--where", "country == 'DE'", "--as", "boss")[1]
    assert "ann is asked about 20 of 40 rows." in said
    (tmp_path / "ids.txt").write_text("id\nr3\n\nr5\n")
    assert "2 of 40 rows" in motherlode("assign", "ben", "--rows", tmp_path / "ids.txt")[1]
    assert motherlode("assign", "cy", "--share", "25")[0] == 0
    listed = json.loads(motherlode("assign", "--json")[1])
    assert [(one["annotator"], one["rows"]) for one in listed[:2]] == [("ann", 20), ("ben", 2)]
    assert "all rows" in motherlode("assign", "ann", "--all-rows")[1]
    (tmp_path / "ids.txt").write_text("r3\nr77\n")
    for wrong in (("ann",), ("ann", "--share", "0"), ("ann", "--where", "country == 'XX'"),
                  ("ann", "--rows", tmp_path / "ids.txt"), ("ann", "--all-rows"),
                  ("ann", "--share", "5", "--all-rows"), ("--share", "5")):  # fmt: skip
        assert motherlode("assign", *wrong)[0] == 2
    assert [one["annotator"] for one in json.loads(motherlode("assign", "--json")[1])] == [
        "ben", "cy",
    ]  # fmt: skip


def test_a_pause_is_said_and_ended(motherlode):
    assert "Nobody is given rows now" in motherlode("pause", "--as", "ada")[1]
    assert "Paused by ada since" in motherlode("pause", "--as", "bob")[1]
    assert "Paused by ada since" in motherlode("status")[1]
    status, said = motherlode("query")
    assert (status, "Paused by ada since" in said) == (2, True)
    assert "it goes on now" in motherlode("resume")[1]
    assert "Nothing is paused" in motherlode("resume")[1]
    assert motherlode("query")[0] == 0
