"""``python -m pretraining.export FOLDER``: put a trained network into the package, with its digest."""

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import torch

from .training import Design

_PACKAGE = Path(__file__).parent.parent / "src/motherlode/models/_pretrained"


def export(folder: Path, package: Path = _PACKAGE) -> str:
    """Write the weights of a checkpoint in half precision, and what they are, and give the digest.

    Parameters
    ----------
    folder : Path
        Where `training.train` kept the checkpoint.
    package : Path
        Where ``weights.npz`` and ``weights.json`` are written.
    """
    kept = torch.load(folder / "checkpoint.pt", weights_only=True)
    design = Design(**kept["design"])
    network = design.build()
    network.load_state_dict(kept["network"])
    halves = {
        name: value.astype(np.float16) if value.ndim else value
        for name, value in network.weights().items()
    }
    np.savez(package / "weights.npz", **halves)
    digest = hashlib.sha256((package / "weights.npz").read_bytes()).hexdigest()
    last = (folder / "curve.jsonl").read_text().splitlines()[-1]
    card = {
        "sha256": digest,
        "parameters": int(sum(value.size for value in halves.values())),
        "design": kept["design"],
        "steps_done": kept["step"],
        "aside": json.loads(last),
    }
    (package / "weights.json").write_text(json.dumps(card, indent=2) + "\n")
    return digest


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m pretraining.export", description=__doc__)
    parser.add_argument("folder", type=Path)
    print(export(parser.parse_args().folder))
