"""Keep a training as a run of MLflow: what it was made with, how well it does, and its files."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ...errors import InputError

_LONGEST = 500  # characters of a value that every store of MLflow takes


@dataclass(frozen=True)
class Training:
    """What a training was made with, and how well its model does.

    Parameters
    ----------
    project : str
        The project's name.
    parameters : dict of str to object
        Settings that the model was made with.
    metrics : dict of str to float
        Counts of labels, and figures of cross-validation where there are any.
    decisions : tuple of str
        How good the model's decisions are, a sentence each.
    """

    project: str
    parameters: Mapping[str, Any]
    metrics: Mapping[str, float]
    decisions: tuple[str, ...] = ()


def check_mlflow() -> None:
    """Raise an `InputError` if MLflow is not installed."""
    if find_spec("mlflow") is None:
        raise InputError("--mlflow needs MLflow: pip install mlflow-skinny.")


def log_run(made: Training, files: list[Path], address: str | None) -> str:
    """Log a run in the experiment of the project's name, and return its id.

    Parameters
    ----------
    made : Training
        What to log.
    files : list of Path
        The model and its card, which become artefacts.
    address : str or None
        Where MLflow keeps runs; None for what its own settings say.

    Raises
    ------
    InputError
        If MLflow is not installed, or does not take the run.
    """
    check_mlflow()
    mlflow = import_module("mlflow")
    try:
        if address is not None:
            mlflow.set_tracking_uri(address)
        mlflow.set_experiment(made.project)
        with mlflow.start_run() as run:
            mlflow.log_params({n: str(v)[:_LONGEST] for n, v in made.parameters.items()})
            mlflow.log_metrics(dict(made.metrics))
            for path in files:
                mlflow.log_artifact(str(path))
            return str(run.info.run_id)
    except (mlflow.exceptions.MlflowException, OSError, ValueError) as problem:
        said = " ".join(str(problem).split()).rstrip(".")
        raise InputError(
            f"The model is written, but MLflow did not take the run: {said}."
        ) from None
