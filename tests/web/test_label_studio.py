"""A project as a backend of Label Studio, by its protocol; the real one: `make label-studio`."""

import base64
from collections.abc import Iterator
from types import SimpleNamespace

import pyarrow as pa
import pytest
from starlette.testclient import TestClient

from motherlode.errors import InputError
from motherlode.project._data.settings import Recipe
from motherlode.project._log.fold import State
from motherlode.project._serving.adding import Source, add_rows, run_alone
from motherlode.project._serving.live import Live
from motherlode.project._training.training import rank_queue
from motherlode.web._label_studio import make_label_studio
from motherlode.web._label_studio_tasks import TaskRows, read_control

SECRET = "s" * 40
HOST = "http://127.0.0.1:9090"
CONFIG = """<View><Header value="Which?"/><Text name="mail" value="$body"/>
<Choices name="mood" toName="mail"><Choice value="glad"/><Choice value="sad"/></Choices>
<Choices name="kind" toName="mail"><Choice value="Gold"/><Choice value="dry" alias="none"/>
</Choices></View>"""
RARE, COMMON = "yellow nuggets shine", "nothing but grey sand"


def texts(rows=60):
    held = [f"{RARE if i % 6 == 0 else COMMON} {i}" for i in range(rows)]
    return pa.table({"text": held})


@pytest.fixture
def studio(project_of_texts) -> Iterator[TestClient]:
    live = Live(project_of_texts)
    app = make_label_studio(project_of_texts, live, SECRET, names={"3": "ann"}, only_own_names=True)
    yield TestClient(app, base_url=f"{HOST}/{SECRET}")
    live.close()


@pytest.fixture
def project_of_texts(make):
    return make(
        texts(), kind="text", columns=("text",), shown=("text",), id=None,
        recipe=Recipe("margin", None),
    )  # fmt: skip


def annotation(row, choices, *, id=1, at="t0", action="ANNOTATION_CREATED", **values):
    text = f"{RARE if row % 6 == 0 else COMMON} {row}"
    result = [
        {"from_name": "mood", "type": "choices", "value": {"choices": ["glad"]}},
        {"from_name": "kind", "type": "choices", "value": {"choices": choices}},
    ]
    return {
        "action": action,
        "project": {"id": 7, "label_config": CONFIG, "title": "mails"},
        "task": {"id": 100 + row, "data": {"body": f"  {text} "}},
        "annotation": {
            "id": id, "result": result, "completed_by": 3, "lead_time": 4.5, "updated_at": at,
            "was_cancelled": False, **values,
        },
    }  # fmt: skip


def send(studio, body):
    answer = studio.post("webhook", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["result"]


def backend(studio):
    return studio.app.state.backend


def events(studio):
    found = []
    for row, known in sorted(backend(studio).live.now().rows.items()):
        found += [(row, o.kind, o.label, o.annotator) for o in known.opinions]
    return found


def predict(studio, *tasks, config=CONFIG):
    body = {
        "tasks": [{"id": n, "data": data} for n, data in enumerate(tasks)],
        "project": "7.1700000000",
        "label_config": config,
        "params": {"login": None, "password": None, "context": None},
    }
    answer = studio.post("predict", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def test_it_is_connected(studio):
    assert studio.get("health").json()["status"] == "UP"
    sent = {"project": "7.17", "schema": CONFIG, "hostname": "http://a", "access_token": "t"}
    assert studio.post("setup", json=sent).json() == {"model_version": "motherlode-0"}
    asked = studio.request("GET", "versions", json={"project": "7.17"})
    assert asked.json() == {"versions": ["motherlode-0"]}
    refused = studio.post("setup", json={**sent, "schema": "<View><Text name='a'/></View>"})
    assert refused.status_code == 422
    assert "No Choices" in refused.json()["detail"]


@pytest.mark.parametrize("path", ["health", "setup", "predict", "webhook", "versions", "delete"])
def test_nothing_is_said_without_the_secret(studio, path):
    method = "GET" if path in ("health", "versions") else "POST"
    for root, headers in [
        (HOST, {}),
        (f"{HOST}/wrong", {}),
        (HOST, {"Authorization": "Bearer wrong"}),
        (HOST, {"Authorization": "Basic !"}),
        (HOST, {"Authorization": "Basic " + base64.b64encode(b"ann:no").decode()}),
    ]:
        refused = studio.request(method, f"{root}/{path}", headers=headers, json={})
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Basic")


@pytest.mark.parametrize("sent", ["Bearer {}", "Token {}", "Basic"])
def test_the_secret_may_be_a_credential(studio, sent):
    if sent == "Basic":
        sent = "Basic " + base64.b64encode(f"ann:{SECRET}".encode()).decode()
    headers = {"Authorization": sent.format(SECRET)}
    assert studio.get(f"{HOST}/health", headers=headers).status_code == 200


def test_annotations_become_labels(studio):
    assert send(studio, annotation(6, ["Gold"])) == "recorded"
    assert send(studio, annotation(6, ["Gold"])) == "recorded"  # sent again
    send(studio, annotation(7, ["none"], id=2, completed_by={"id": 5, "email": "bo@a.org"}))
    send(studio, annotation(8, [], id=3, was_cancelled=True, completed_by=9))
    assert events(studio) == [
        (6, "label", "gold", "ann"),
        (7, "label", "dry", "bo@a.org"),
        (8, "skip", None, "Label Studio 9"),
    ]
    known = backend(studio).live.now().rows[6]
    assert known.how.channel == "given"
    assert known.opinions[0].seconds == 4.5


def test_annotations_are_corrected_and_taken_back(studio):
    send(studio, annotation(6, ["Gold"]))
    update = "ANNOTATION_UPDATED"
    send(studio, annotation(6, ["none"], at="t1", action=update))
    assert events(studio) == [(6, "label", "dry", "ann")]
    send(studio, annotation(6, ["Gold"], at="t2", action=update))
    assert events(studio) == [(6, "label", "gold", "ann")]
    send(studio, annotation(7, ["none"], id=11))
    gone = {
        "action": "ANNOTATIONS_DELETED",
        "annotations": [{"id": 1}],
        "project": {"id": 7, "label_config": CONFIG},
    }
    send(studio, gone)
    assert events(studio) == [(7, "label", "dry", "ann")]
    assert send(studio, gone) == "0 labels were taken back"
    send(studio, annotation(7, [], id=11, at="t1", action=update))
    assert events(studio) == []


def test_what_says_nothing_records_nothing(studio):
    strange = annotation(6, ["Gold"])
    strange["task"]["data"] = {"body": "a text of nobody"}
    assert "no row" in send(studio, strange)
    send(studio, {"action": "START_TRAINING", "project": {"id": 7}})
    send(studio, {"action": "TASKS_CREATED", "tasks": [{"id": 1}], "project": {"id": 7}})
    send(studio, annotation(6, ["Gold", "none"]))
    send(studio, annotation(6, ["Gold"], result=None))
    send(studio, annotation(6, ["Gold"], result=[None, {"from_name": "kind", "value": 3}]))
    assert events(studio) == []
    assert studio.post("webhook", json=[]).status_code == 422
    assert studio.post("predict", content=b"{", headers={"content-type": "application/json"}
                       ).status_code == 422  # fmt: skip


def test_tasks_are_predicted_and_ordered(studio, project_of_texts):
    tasks = [{"body": f"{RARE if i % 6 == 0 else COMMON} {i}"} for i in range(60)]
    before = predict(studio, *tasks)
    assert {len(one["result"]) for one in before} == {0}
    for row in (0, 6, 12, 1, 2, 3):
        choice = ["Gold"] if row % 6 == 0 else ["none"]
        send(studio, annotation(row, choice, id=row))
    rank_queue(project_of_texts, project_of_texts.rows.pool(), State())
    after = predict(studio, *tasks, {"body": f"{RARE} of somebody else"})
    chosen = [one["result"][0]["value"]["choices"][0] for one in after]
    assert chosen == ["Gold" if i % 6 == 0 else "none" for i in range(60)] + ["Gold"]
    assert after[0]["result"][0]["from_name"] == "kind"
    assert after[0]["result"][0]["to_name"] == "mail"
    assert 0.5 < after[0]["result"][0]["score"] <= 1
    assert {one["model_version"] for one in after} == {"motherlode-6"}
    ranked = backend(studio)._ranking.rows
    free = [row for row in ranked if row not in (0, 6, 12, 1, 2, 3)]
    by_score = sorted(range(60), key=lambda row: after[row]["score"])
    assert by_score[: len(free)] == free
    sent = {"project": "7.17", "schema": CONFIG}
    assert studio.post("setup", json=sent).json() == {"model_version": "motherlode-6"}


@pytest.mark.parametrize(
    "config",
    [
        "",
        "<View>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]><View>&b;</View>",
        "<View><Choices name='a'><Choice value='gold'/></Choices></View>",
    ],
)
def test_configurations_that_do_not_fit_are_refused(config):
    with pytest.raises(InputError):
        read_control(config, ["gold", "dry"])


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # two projects, two databases
def test_tasks_find_their_rows(make):
    tables = TaskRows(make())  # with ids, as an export of ours has them
    assert tables.find({"id": "r7", "text": "x", "row": 3}, "text") == 7
    assert tables.find({"id": "nobody", "text": "x"}, "text") is None
    twice = make(
        pa.table({"text": ["same", "same", "other"]}),
        kind="text", columns=("text",), shown=("text",), id=None,
    )  # fmt: skip
    rows = TaskRows(twice)
    assert rows.find({"text": "same", "row": 1}, "text") == 1
    assert rows.find({"text": "same", "row": 2}, "text") == 0  # a row of another text
    assert rows.find({"text": "same"}, "text") == 0
    assert rows.find({"anything": "other"}, None) == 2
    assert rows.find({"body": "none", "row": 1}, "body") is None


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize("id", ["id", None])
def test_tasks_find_rows_that_were_added_since(make, id):
    table = pa.table({"id": ["a"], "text": ["one"]}).select(["id", "text"] if id else ["text"])
    project = make(table, kind="text", columns=("text",), shown=("text",), id=id)
    rows = TaskRows(project)
    rows.prepare()
    task = {"id": "b", "text": "two"} if id else {"text": "two"}
    assert rows.find(task, "text") is None
    more = pa.table({"id": ["b"], "text": ["two"]}).select(table.column_names)
    add_rows(project, Source(more, "more.csv"), "ann", run_alone(project))
    assert rows.find(task, "text") == 1


@pytest.mark.parametrize(
    "address", ["/data/upload/3/0a1b2c3d-cat.png", "/data/local-files/?d=x/cat.png", "cat.png"]
)
def test_images_are_found_by_their_names(address):
    table = pa.table({"image": ["in/dog.png", "in/cat.png"]})
    settings = SimpleNamespace(kind="image", columns=("image",), shown=("image",), id=None, rows=2)
    held = SimpleNamespace(settings=settings, rows=SimpleNamespace(table=table))
    assert TaskRows(held).find({"image": address}, "image") == 1
