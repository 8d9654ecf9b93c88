"""A training as a run of MLflow, by a module that takes what MLflow takes.

MLflow's pins are not ours; by hand the same was done with mlflow-skinny 3.17.2.
"""

import sys
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from motherlode.cli._app import run

pytest.importorskip("skops")


class StandIn(ModuleType):
    """Keeps what it is told, by the functions of MLflow that are called."""

    def __init__(self, fails=False):
        super().__init__("mlflow")
        self.__spec__ = SimpleNamespace(name="mlflow")
        self.exceptions = SimpleNamespace(MlflowException=KeyError)
        self.fails, self.told = fails, {"files": {}}

    def set_tracking_uri(self, uri):
        self.told["uri"] = uri

    def set_experiment(self, experiment_name):
        if self.fails:
            raise self.exceptions.MlflowException("no such\nserver")
        self.told["experiment"] = experiment_name

    @contextmanager
    def start_run(self):
        yield SimpleNamespace(info=SimpleNamespace(run_id="run7"))

    def log_params(self, params):
        self.told["params"] = params

    def log_metrics(self, metrics):
        self.told["metrics"] = metrics

    def log_artifact(self, local_path):
        self.told["files"][Path(local_path).name] = Path(local_path).stat().st_size


@pytest.fixture
def project(tmp_path):
    data = tmp_path / "wells.csv"
    lines = [f"{10 * (i % 4 == 0) + i / 100},{'ab'[i % 2]}" for i in range(40)]
    data.write_text("\n".join(["depth,zone", *lines]))
    made = tmp_path / "p"
    words = ["--classes", "dry,gold", "--minority", "gold"]
    assert run(["init", str(made), "--data", str(data), *words]) == 0
    labels = tmp_path / "labels.csv"
    rows = [f"{i},{'gold' if i % 4 == 0 else 'dry'}" for i in range(20)]
    labels.write_text("\n".join(["row,label", *rows]))
    assert run(["teach", str(made), str(labels)]) == 0
    return made


def test_a_training_is_a_run(project, monkeypatch, capsys):
    mlflow = StandIn()
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    assert run(["train", str(project), "--mlflow", "sqlite:///runs.db"]) == 0
    assert "run7, in the experiment p" in capsys.readouterr().out
    told = mlflow.told
    assert (told["uri"], told["experiment"]) == ("sqlite:///runs.db", "p")
    assert told["params"]["positive"] == "gold"
    assert told["params"]["columns"] == "depth, zone"
    assert told["params"]["last_event"] == "20"
    assert all(isinstance(v, str) and len(v) <= 500 for v in told["params"].values())
    assert (told["metrics"]["labels"], told["metrics"]["positives"]) == (20, 5)
    assert told["metrics"]["cross_validated_average_precision"] > 0.9
    assert set(told["files"]) == {"model.skops", "model.md"}
    assert min(told["files"].values()) > 100


def test_without_an_address_its_own_settings_count(project, monkeypatch):
    mlflow = StandIn()
    monkeypatch.setitem(sys.modules, "mlflow", mlflow)
    assert run(["train", str(project), "--mlflow", ""]) == 0
    assert "uri" not in mlflow.told
    assert mlflow.told["experiment"] == "p"


def test_a_server_that_is_away_costs_no_model(project, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "mlflow", StandIn(fails=True))
    assert run(["train", str(project), "--mlflow", "http://nowhere"]) == 2
    *steps, said = capsys.readouterr().err.splitlines()  # steps that took long
    assert said.startswith("The model is written, but MLflow did not take the run")
    assert all(step.endswith(" s") for step in steps)
    assert (project / "model.skops").exists()


def test_without_mlflow_nothing_is_trained(project, monkeypatch, capsys):
    monkeypatch.setattr("motherlode.project._training.mlflow_run.find_spec", lambda name: None)
    assert run(["train", str(project), "--mlflow", ""]) == 2
    assert "pip install mlflow-skinny" in capsys.readouterr().err
    assert not (project / "model.skops").exists()
