"""``python -m pretraining.export FOLDER``: put a trained network into the package.

It writes the weights in half precision, their digest and figures (``weights.json``), and the model
card (``pretraining/CARD.md``). The figures are those of the file that is shipped, read by the code
that is shipped, on tasks that were never trained on.
"""

import argparse
import hashlib
import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from .figures import measure_shipped
from .training import Design, read_checkpoint

_ROOT = Path(__file__).parent.parent
PACKAGE = _ROOT / "src/motherlode/models/_pretrained"
CARD = _ROOT / "pretraining/CARD.md"
MOST_BYTES = 6_000_000


def export(
    folder: Path, package: Path = PACKAGE, card: Path = CARD, *, tasks: int = 400
) -> dict[str, Any]:
    """Write the weights of a checkpoint and what they are, and give the latter.

    Parameters
    ----------
    folder : Path
        Where `training.train` kept the checkpoint.
    package : Path
        Where ``weights.npz`` and ``weights.json`` are written.
    card : Path
        Where the model card is written.
    tasks : int
        Tasks kept aside that the figures are of.
    """
    kept = read_checkpoint(folder)
    design = Design(**kept["design"])
    network = design.build()
    network.load_state_dict(kept["network"])
    halves = halve(network.weights())
    np.savez(package / "weights.npz", **halves)
    data = (package / "weights.npz").read_bytes()
    if len(data) > MOST_BYTES:
        raise SystemExit(f"The weights take {len(data):,} bytes; {MOST_BYTES:,} are allowed.")
    curve = [json.loads(line) for line in (folder / "curve.jsonl").read_text().splitlines()]
    said = {
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "parameters": int(sum(value.size for value in halves.values())),
        "command": write_command(design),
        "design": kept["design"],
        "steps_done": kept["step"],
        "cpu_seconds": round(sum(line["cpu_seconds"] for line in curve)),
        "curve": curve,
        "aside": measure_shipped(halves, tasks),
    }
    (package / "weights.json").write_text(json.dumps(said, indent=1) + "\n")
    card.write_text(write_card(said))
    return said


def halve(weights: dict[str, Any]) -> dict[str, Any]:
    """Round weights to half precision."""
    return {n: value.astype(np.float16) if value.ndim else value for n, value in weights.items()}


def write_command(design: Design) -> str:
    """Write the command that trains a design."""
    said = ["python -m pretraining FOLDER"]
    for field in fields(design):
        value, name = getattr(design, field.name), field.name.replace("_", "-")
        if value != field.default:
            said.append(
                f"--{'' if value else 'no-'}{name}" if field.type is bool else f"--{name} {value}"
            )
    return " ".join(said)


def write_card(said: dict[str, Any]) -> str:
    """Write the model card of some weights."""
    settings = ", ".join(f"{name} {value}" for name, value in said["design"].items())
    curve = [
        f"| {at['step']} | {at['loss']:.3f} | {at['loss_aside']:.3f} | {at['ap_aside']:.3f} |"
        for at in said["curve"]
    ]
    figures = [
        f"| {of['positives']} | {of['tasks']} | {of['network']:.3f} | {of['forest']:.3f} "
        f"| {of['gain']:+.3f} ± {of['error']:.3f} |"
        for of in said["aside"]
    ]
    lines, rows = "\n".join(curve), "\n".join(figures)
    return _CARD.format(**said, settings=settings, lines=lines, figures=rows)


_CARD = """\
# Model card: the pretrained network

Written by `python -m pretraining.export`; `weights.json` beside the weights holds the same.

- **What it is**: an in-context network of {parameters:,} parameters that ranks the rows of a pool
  by a context of known and unlabelled rows. It is `motherlode.models.PretrainedClassifier`.
- **File**: `src/motherlode/models/_pretrained/weights.npz`, half precision, {bytes:,} bytes, sha256
  `{sha256}`.
- **Made by**: `{command}`, {steps_done:,} steps, {cpu_seconds:,} CPU-seconds; then
  `python -m pretraining.export FOLDER`.
- **Settings**: {settings}.
- **Seen**: synthetic tasks alone (`pretraining/tasks.py`), each of them once. No real data.
- **For**: tables of 2 to 100 columns with a class of 1 in 10 to 1 in 1,000 rows, from 1 to 40 known
  positives.
- **Not for**: decisions by its probabilities, which are not calibrated to a pool; more than the
  thousand rows that it looks at.
- **Licence**: that of motherlode.

## Figures

Average precision of the file on tasks that were never trained on, beside a random forest of 100
trees that takes unlabelled rows for negative. The difference is paired, with its standard error.

| positives | tasks | network | forest | difference |
|---|---|---|---|---|
{figures}

The loss while it was trained; loss and average precision on 64 tasks that it never saw:

| step | loss | loss aside | average precision aside |
|---|---|---|---|
{lines}
"""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m pretraining.export", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the checkpoint and the curve are kept")
    parser.add_argument("--tasks", type=int, default=400, help="tasks that the figures are of")
    asked = parser.parse_args()
    print(export(asked.folder, tasks=asked.tasks)["sha256"])
