"""A folder that somebody sent: it reaches nothing outside of itself."""

import json
import os
import shutil
import socket
import sqlite3
import threading

import numpy as np
import psycopg
import pyarrow as pa
import pytest
from projects import rows_table, settings_for

from motherlode.errors import InputError
from motherlode.project._data import addresses, rows
from motherlode.project._data.folder import create_project, open_project
from motherlode.project._data.own_files import FILES
from motherlode.web._guidelines import read_guidelines


@pytest.fixture(autouse=True)
def _record(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


@pytest.fixture
def folder(tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, None).close()
    return tmp_path / "p"


def set_database(folder, address):
    about = json.loads((folder / "project.json").read_text())
    (folder / "project.json").write_text(json.dumps(about | {"database": address}))


class Listener:
    """A false PostgreSQL: it asks whoever connects for a password in clear, and keeps it."""

    def __init__(self):
        self.received, self._socket = [], socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        while True:
            try:
                client, _ = self._socket.accept()
            except OSError:
                return
            with client:
                client.settimeout(5)
                self.received.append(client.recv(4096))
                while self.received[-1][4:7] == b"\x04\xd2\x16":  # TLS or Kerberos first?
                    client.sendall(b"N")
                    self.received.append(client.recv(4096))
                client.sendall(b"R\0\0\0\x08\0\0\0\x03")
                self.received.append(client.recv(4096))

    def close(self):
        self._socket.close()


@pytest.fixture
def listener(tmp_path, monkeypatch):
    saved = tmp_path / "pgpass"
    saved.write_text("*:*:*:*:secret-of-file\n")
    saved.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(saved))
    monkeypatch.setenv("PGPASSWORD", "secret-of-shell")
    found = Listener()
    yield found
    found.close()


def test_nothing_connects_to_a_database_that_the_user_does_not_know(folder, listener):
    set_database(folder, f"postgresql://ann:x@127.0.0.1:{listener.port}/wells")
    with pytest.raises(InputError, match="not used before") as refused:
        open_project(folder)
    assert f"postgresql://ann@127.0.0.1:{listener.port}/wells" in str(refused.value)
    assert listener.received == []


@pytest.mark.parametrize("saved", ["file", "shell"])
def test_saved_passwords_do_not_go_to_a_database_that_was_only_accepted(
    folder, listener, saved, monkeypatch
):
    if saved == "file":
        monkeypatch.delenv("PGPASSWORD")
    address = f"postgresql://ann@127.0.0.1:{listener.port}/wells"
    set_database(folder, address)
    addresses.remember_address(address, addresses.ACCEPTED)
    with pytest.raises(InputError, match="does not answer"):
        open_project(folder)
    assert listener.received
    assert b"secret" not in b"".join(listener.received)


@pytest.mark.parametrize("option", ["passfile=/x", "service=x", "sslkey=/x", "hostaddr=1.2.3.4"])
def test_an_accepted_address_names_no_file_of_this_machine(folder, listener, option):
    address = f"postgresql://ann@127.0.0.1:{listener.port}/wells?{option}"
    set_database(folder, address)
    addresses.remember_address(address, addresses.ACCEPTED)
    with pytest.raises(InputError, match="which a folder may not"):
        open_project(folder)
    assert listener.received == []


def test_an_address_is_known_by_all_of_it_but_its_password():
    url = "postgresql://ann:one@host/wells?options=-csearch_path%3Da"
    addresses.remember_address(url, addresses.MADE)
    assert addresses.may_use_passwords(url.replace("one", "two"), "p")
    for other in (url.replace("host", "other"), url + "b", url.replace("ann", "bob"), url + "&x=1"):
        with pytest.raises(InputError, match="not used before"):
            addresses.may_use_passwords(other, "p")
    kept = (addresses._record()).read_text()
    assert "one" not in kept
    assert addresses._record().stat().st_mode & 0o077 == 0


def test_a_project_that_the_user_made_is_opened_again_without_a_question(postgres, tmp_path):
    table = rows_table()
    create_project(tmp_path / "p", settings_for(table), table, postgres.database()).close()
    open_project(tmp_path / "p").close()


def test_a_team_works_in_a_database_that_each_accepted(postgres, tmp_path, monkeypatch):
    table, url = rows_table(), postgres.database()
    create_project(tmp_path / "p", settings_for(table), table, url).close()
    shutil.copytree(tmp_path / "p", tmp_path / "sent")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "of a colleague"))
    with pytest.raises(InputError, match="not used before"):
        open_project(tmp_path / "sent")
    addresses.remember_address(url, addresses.ACCEPTED)
    with open_project(tmp_path / "sent") as project:
        assert project.settings.name == "wells"


def test_a_database_without_a_project_stays_empty(postgres, folder):
    url = postgres.database()
    set_database(folder, url)
    addresses.remember_address(url, addresses.ACCEPTED)
    with pytest.raises(InputError, match="holds no project"):
        open_project(folder)
    with psycopg.connect(url) as connection:
        found = connection.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
        )
        assert found.fetchone() == (0,)


def test_a_record_that_cannot_be_kept_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "file"))
    with pytest.raises(InputError, match="set XDG_CONFIG_HOME"):
        addresses.remember_address("postgresql://h/a", addresses.MADE)


def test_a_record_in_the_folder_that_was_sent_counts_for_nothing(folder, monkeypatch):
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CONFIG_HOME", ".")
    assert not addresses._record().is_relative_to(folder)


@pytest.mark.parametrize(
    "address", ["postgresql://h\x1b]0;x\x07/a", "postgresql://\u202emoc.live/a"]
)
def test_an_address_that_would_deceive_on_a_screen_is_refused(folder, address):
    set_database(folder, address)
    with pytest.raises(InputError, match="cannot be printed"):
        open_project(folder)


@pytest.mark.parametrize(
    "address", ["sqlite:////{0}", "sqlite://", "mysql://x/y", 5, ["a"], "", {}]
)
def test_no_other_kind_of_address_is_followed(folder, tmp_path, address):
    other = tmp_path / "other.sqlite"
    set_database(folder, address.format(other) if isinstance(address, str) else address)
    with pytest.raises(InputError, match="postgresql://"):
        open_project(folder)
    assert not other.exists()


def test_a_database_of_another_program_stays_as_it_is(folder):
    with sqlite3.connect(folder / "labels.sqlite") as other:
        tables = [name for (name,) in other.execute("SELECT name FROM sqlite_master")]
    (folder / "labels.sqlite").unlink()
    with sqlite3.connect(folder / "labels.sqlite") as other:
        other.execute("CREATE TABLE bookmarks (address TEXT)")
    with pytest.raises(InputError, match="holds no project"):
        open_project(folder)
    with sqlite3.connect(folder / "labels.sqlite") as other:
        assert other.execute("SELECT name FROM sqlite_master").fetchall() == [("bookmarks",)]
    assert "event" in tables


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("kind", ["link", "dangling", "pipe"])
def test_a_file_that_is_a_link_or_a_pipe_is_refused(folder, tmp_path, name, kind):
    path, outside = folder / name, tmp_path / "outside"
    if path.exists():
        shutil.copy(path, outside)
        path.unlink()
    else:
        outside.write_bytes(b"secret")
    if kind == "pipe":
        os.mkfifo(path)
    else:
        path.symlink_to(outside if kind == "link" else tmp_path / "gone")
    with pytest.raises(InputError, match="is a link or no plain file"):
        open_project(folder)
    assert not (tmp_path / "gone").exists()


def test_a_folder_of_a_project_that_is_a_link_is_refused(folder, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (folder / "geometry").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(InputError, match="is a link"):
        open_project(folder)
    (folder / "geometry").unlink()
    (folder / "geometry").mkdir()
    (folder / "geometry" / "a.npy").symlink_to(tmp_path / "x.npy")
    with pytest.raises(InputError, match="is a link"):
        open_project(folder)


def test_guidelines_show_no_other_file_also_if_the_link_comes_later(folder, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    (folder / "guidelines.md").symlink_to(secret)
    said = read_guidelines(folder)
    assert "hidden" not in said
    assert "is a link" in said
    (folder / "guidelines.md").unlink()
    os.mkfifo(folder / "guidelines.md")
    assert "no plain file" in read_guidelines(folder)


def forge(folder, write):
    """Put other rows into a project, with the digest and size that they need."""
    path = folder / "rows.arrow"
    write(path)
    digest = rows.digest_file(path)
    about = json.loads((folder / "project.json").read_text())
    changed = about | {"digest": digest, "bytes": path.stat().st_size}
    (folder / "project.json").write_text(json.dumps(changed))
    with sqlite3.connect(folder / "labels.sqlite") as database:
        (text,) = database.execute("SELECT settings FROM project").fetchone()
        settings = json.dumps(json.loads(text) | {"digest": digest})
        database.execute("UPDATE project SET settings = ?", [settings])


def write_arrow(path, table, **options):
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema, **options) as out:
        out.write_table(table)


def with_offsets_outside(path):
    table = rows_table()
    texts = table.column("town").combine_chunks()
    offsets = np.frombuffer(texts.buffers()[1], np.int32).copy()
    offsets[50:60] += 2**30
    unsound = pa.Array.from_buffers(
        pa.string(), len(texts), [None, pa.py_buffer(offsets.tobytes()), texts.buffers()[2]]
    )
    write_arrow(path, table.set_column(3, "town", unsound))


def with_text_that_is_none(path):
    table = rows_table()
    texts = table.column("town").combine_chunks()
    data = pa.py_buffer(b"\xff" * len(texts.buffers()[2]))
    unsound = pa.Array.from_buffers(pa.string(), len(texts), [None, texts.buffers()[1], data])
    write_arrow(path, table.set_column(3, "town", unsound))


def with_compression(path):
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    write_arrow(path, rows_table(), options=options)


def with_fewer_rows(path):
    write_arrow(path, rows_table(60))


def with_no_table(path):
    path.write_bytes(b"ARROW1\0\0" + b"\x10" * 100 + b"ARROW1")


@pytest.mark.parametrize(
    "write",
    [
        with_offsets_outside,
        with_text_that_is_none,
        with_compression,
        with_fewer_rows,
        with_no_table,
    ],
)
def test_rows_of_another_program_with_the_right_digest_are_refused(folder, write):
    forge(folder, write)
    with (
        open_project(folder) as project,
        pytest.raises(InputError, match="no table that motherlode wrote"),
    ):
        project.rows.content(99)


def test_every_reader_of_rows_notices_that_they_changed(folder):
    content = bytearray((folder / "rows.arrow").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "rows.arrow").write_bytes(content)
    with open_project(folder) as project:
        for read in (
            lambda: project.rows.name(3),
            lambda: project.rows.numbers,
            lambda: project.rows.content(3),
            project.rows.pool,
        ):
            with pytest.raises(InputError, match="has changed since"):
                read()
