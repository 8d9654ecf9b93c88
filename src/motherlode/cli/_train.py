"""``motherlode train``: the model to ship, and its card."""

from pathlib import Path

from ..errors import InputError
from ..project._data.folder import opened
from ..project._training.model_card import write_model
from ._outputs import prepare
from ._screen import say, screen


def train(folder: Path, to: Path, threshold: str | None) -> None:
    """Fit the final model and write it with its card."""
    if to.suffix.lower() != ".skops":
        raise InputError(f"{to} should end in .skops.")
    with opened(folder) as project:
        card = to.with_suffix(".md")
        prepare(to, card)
        write_model(project, to, card, threshold)
    say(screen(), f"Model: {to}; its card: {card}")
