"""``motherlode train``: write the final model and its model card."""

from pathlib import Path

from ..errors import InputError
from ..models._threshold import TARGETS
from ..project._data.folder import open_project
from ..project._data.own_files import MODEL
from ..project._training.mlflow_run import check_mlflow, log_run
from ..project._training.model_card import write_model
from ..project._training.project_model import read_target
from ._outputs import prepare
from ._progress import Steps
from ._screen import make_console, say


def train(folder: Path, to: Path | None, threshold: str | None, mlflow: str | None) -> None:
    """Fit the final model, and write it with its model card; in the project's folder by default."""
    to = folder / MODEL if to is None else to
    if to.suffix.lower() != ".skops":
        raise InputError(f"{to} should end in .skops.")
    target = read_target(threshold)
    if isinstance(target, str) and target not in TARGETS:
        names = ", ".join(TARGETS)
        raise InputError(
            f"--threshold is {threshold!r}; it is one of {names}, or a precision, as precision=0.8."
        )
    if mlflow is not None:
        check_mlflow()
    with open_project(folder) as project:
        card = to.with_suffix(".md")
        prepare(to, card)
        made = write_model(project, to, card, threshold, Steps().show)
    console = make_console()
    say(console, f"Model: {to}; its card: {card}")
    for said in made.decisions:
        say(console, said)
    if mlflow is not None:
        run = log_run(made, [to, card], mlflow or None)
        say(console, f"Run of MLflow: {run}, in the experiment {made.project}.")
