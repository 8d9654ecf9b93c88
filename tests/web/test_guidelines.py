"""Guidelines and their pictures: who writes them, what is kept, and what is shown."""

from io import BytesIO

import pytest
from PIL import Image

from motherlode.errors import InputError
from motherlode.project._accounts import put_account
from motherlode.project._care.backup import back_up
from motherlode.project._care.checking import say_nothing
from motherlode.project._data.guidelines import put_picture, read_picture

from .test_settings import log_in


def png(colour="red"):
    made = BytesIO()
    Image.new("RGB", (4, 3), colour).save(made, "png")
    return made.getvalue()


def test_a_picture_is_kept_once_and_shown_where_the_text_names_it(client, project):
    kept = client.post("/api/guidelines/pictures", content=png()).json()
    assert client.post("/api/guidelines/pictures", content=png()).json() == kept
    text = f"Cracks: ![a crack]({kept['name']}) ![far](https://else.where/x.png)"
    said = client.post("/api/guidelines", json={"text": text}).json()["said"]
    assert said[0].startswith("guidelines: guidelines.md in the folder")
    assert client.get("/api/guidelines").json() == {"text": text, "may_change": True}
    address = f"/api/guidelines/pictures/{kept['name']}"
    shown = client.get("/guidelines").text
    assert f'<img src="{address}" alt="a crack" />' in shown
    assert "else.where" not in shown
    found = client.get(address)
    assert (found.content, found.headers["content-type"]) == (png(), "image/png")
    assert "default-src 'none'" in found.headers["content-security-policy"]
    del client.headers["Authorization"]
    assert client.get(address).status_code == 401


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", b"GIF", b"<html>"])
def test_what_is_no_picture_is_refused(client, project, content):
    refused = client.post("/api/guidelines/pictures", content=content)
    assert refused.status_code == 422
    assert "PNG" in refused.json()["detail"]
    assert not (project.folder / "guidelines").exists()


def test_a_picture_that_is_too_large_is_refused(client):
    large = png() + bytes(5_000_000)
    assert client.post("/api/guidelines/pictures", content=large).status_code == 413


@pytest.mark.parametrize("name", ["..%2Fproject.json", "project.json", "a.svg", ".png", "none.png"])
def test_nothing_else_of_the_folder_is_served(client, project, name):
    (project.folder / "guidelines").mkdir()
    (project.folder / "guidelines" / "a.svg").write_text("<svg/>")
    assert client.get(f"/api/guidelines/pictures/{name}").status_code == 404


def test_a_file_that_only_is_called_a_picture_is_not_served(client, project):
    (project.folder / "guidelines").mkdir()
    (project.folder / "guidelines" / "a.png").write_text("<html>")
    assert client.get("/api/guidelines/pictures/a.png").status_code == 404


def test_links_lead_nowhere(project, tmp_path):
    (tmp_path / "secret.png").write_bytes(png())
    (project.folder / "guidelines").mkdir()
    (project.folder / "guidelines" / "a.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(InputError, match="is a link"):
        read_picture(project.folder, "a.png")
    (project.folder / "guidelines" / "a.png").unlink()
    (project.folder / "guidelines").rmdir()
    (project.folder / "guidelines").symlink_to(tmp_path)
    for attempt in (lambda: read_picture(project.folder, "secret.png"),
                    lambda: put_picture(project.folder, png())):  # fmt: skip
        with pytest.raises(InputError, match="is a link"):
            attempt()


def test_annotators_read_and_do_not_write(project, serve):
    put_account(project.database, "ann", "annotator", "a long password")
    client = serve(project)
    log_in(client, "ann", "a long password")
    assert client.get("/api/guidelines").json()["may_change"] is False
    assert client.post("/api/guidelines", json={"text": "x"}).status_code == 403
    assert client.post("/api/guidelines/pictures", content=png()).status_code == 403
    assert "write-guidelines" not in client.get("/").text


def test_a_backup_holds_the_pictures(make, tmp_path):
    project = make()
    name = put_picture(project.folder, png())
    if project.database.is_sqlite:
        back_up(project, tmp_path / "copy", say_nothing)
        assert read_picture(tmp_path / "copy", name) == png()


def test_tags_are_a_setting_like_others(client):
    said = client.post("/api/settings", json={"tags": ["blurred", "ask again"]}).json()["said"]
    assert said == ["tags: none → blurred, ask again"]
    assert client.get("/api/project").json()["tags"] == ["blurred", "ask again"]
    assert '"tags": ["blurred", "ask again"]' in client.get("/").text.replace("&#34;", '"')
    for wrong in (["a,b"], [" a"], ["a", "a"], ["x" * 101], [f"t{i}" for i in range(21)]):
        assert client.post("/api/settings", json={"tags": wrong}).status_code == 422
    client.post("/api/settings/undo")
    assert client.get("/api/project").json()["tags"] == []


def test_where_no_row_is_left_the_answer_says_what_is(client, project):
    rows = client.get("/api/next?n=50").json()
    assert rows["left"] is None
    body = [{"row": row, "label": "dry"} for row in range(project.settings.rows - 3)]
    client.post("/api/labels", json={"labels": body})
    for row, kind in ((117, "unsure"), (118, "skip")):
        client.post("/api/labels", json={"labels": [{"row": row, "kind": kind}]})
    client.get("/api/next?n=50", headers={"X-Annotator": "ben"})
    mine = client.get("/api/next?n=50", headers={"X-Annotator": "cleo"}).json()
    left = {"held": 1, "second": 0, "unsure": 1, "skipped": 1}
    assert mine == {"rows": [], "left": left, "paused": None}


def test_a_text_that_began_with_another_puts_nothing_back(client, project):
    (project.folder / "guidelines.md").write_text("of the folder")
    for before, text in (("of the folder", "one"), ("one", None), (None, "two")):
        sent = client.post("/api/guidelines", json={"text": text, "before": before})
        assert sent.status_code == 200
    refused = client.post("/api/guidelines", json={"text": "three", "before": "one"})
    assert refused.status_code == 409
    assert "Somebody else changed the guidelines" in refused.json()["detail"]
    assert client.get("/api/guidelines").json()["text"] == "two"
