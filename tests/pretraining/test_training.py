"""The network in PyTorch says what the one in numpy says, and a training goes on bit for bit."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from motherlode.models._pretrained import _shipped
from motherlode.models._pretrained._forward import Network as InNumpy
from pretraining import export, tasks, training
from pretraining.network import Network, compute_loss, make_batch
from pretraining.tasks import draw_task
from pretraining.training import Design, draw_batch, read_checkpoint, train

TINY = Design(width=8, layers=1, heads=2, steps=4, batch=2)


@pytest.fixture(autouse=True)
def _small(monkeypatch):
    """Small pools, and one task to measure by."""
    monkeypatch.setattr(tasks, "_POOL", (700, 800))
    monkeypatch.setattr(training.measure, "__kwdefaults__", None)
    monkeypatch.setattr(training.measure, "__defaults__", (1,))


@pytest.mark.parametrize("grouped", [True, False])
def test_torch_and_numpy_agree(grouped):
    drawn = [draw_task(np.random.default_rng(i)) for i in range(2)]
    torch.manual_seed(0)
    network = Network(16, 2, 2, grouped=grouped)
    with torch.no_grad():
        theirs = network(make_batch(drawn)).numpy()
    ours = InNumpy(network.weights())
    assert ours.architecture == (16, 2, 2, grouped)
    for task, expected in zip(drawn, theirs, strict=True):
        found = ours.score(task.context, task.states, task.queries)
        assert found == pytest.approx(expected, abs=1e-4)


def test_the_loss_is_least_where_positives_are_first():
    batch = make_batch([draw_task(np.random.default_rng(0))])
    right, wrong = (compute_loss(sign * (6 * batch.truth - 3), batch) for sign in (1.0, -1.0))
    assert right < wrong


def test_a_step_teaches(tmp_path):
    network = TINY.build()
    batch = make_batch(draw_batch(TINY, 0))
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-2)
    losses = [training._take_step(network, optimiser, batch) for _ in range(5)]
    assert losses[-1] < losses[0]


def test_a_training_that_was_stopped_goes_on_bit_for_bit(tmp_path, monkeypatch, capsys):
    whole = train(TINY, tmp_path / "whole", every=2)
    draw = training.draw_batch

    def stop(design, step):
        if step == 2:
            raise KeyboardInterrupt
        return draw(design, step)

    monkeypatch.setattr(training, "draw_batch", stop)
    with pytest.raises(KeyboardInterrupt):
        train(TINY, tmp_path / "parts", every=2)
    monkeypatch.setattr(training, "draw_batch", draw)
    assert read_checkpoint(tmp_path / "parts")["step"] == 2
    parts = train(TINY, tmp_path / "parts", every=2)
    pairs = zip(whole.parameters(), parts.parameters(), strict=True)
    assert all(torch.equal(one, other) for one, other in pairs)
    curve = (tmp_path / "parts" / "curve.jsonl").read_text().splitlines()
    assert [json.loads(line)["step"] for line in curve] == [2, 4]
    with pytest.raises(SystemExit, match="another design"):
        train(replace(TINY, seed=1), tmp_path / "parts")


def test_an_export_writes_weights_digest_and_card(tmp_path, capsys):
    design = replace(TINY, steps=1, by_search=False)
    train(design, tmp_path / "run", every=1)
    said = export.export(tmp_path / "run", tmp_path, tmp_path / "CARD.md", tasks=6)
    data = (tmp_path / "weights.npz").read_bytes()
    assert said["sha256"] == hashlib.sha256(data).hexdigest()
    assert json.loads((tmp_path / "weights.json").read_text()) == said
    assert said["command"] == (
        "python -m pretraining FOLDER --width 8 --layers 1 --heads 2 --no-by-search --steps 1 "
        "--batch 2"
    )
    card = (tmp_path / "CARD.md").read_text()
    assert said["sha256"] in card
    assert said["command"] in card
    assert sum(line["tasks"] for line in said["aside"]) > 2
    with (tmp_path / "weights.npz").open("rb") as file:
        assert InNumpy(dict(np.load(file))).architecture.width == 8


def test_the_weights_in_the_package_are_those_of_the_card():
    package = Path(_shipped.__file__).parent
    data = (package / "weights.npz").read_bytes()
    said = json.loads((package / "weights.json").read_text())
    assert hashlib.sha256(data).hexdigest() == said["sha256"]
    assert len(data) == said["bytes"] <= export.MOST_BYTES
    assert said["sha256"] in export.CARD.read_text()
    network = _shipped.load_network()
    design = said["design"]
    assert network.architecture == tuple(design[n] for n in ("width", "layers", "heads", "grouped"))
