"""How tests run an example: as a script, without a window."""

import runpy
from pathlib import Path
from typing import Any

from matplotlib import pyplot as plt

EXAMPLES = Path(__file__).parents[2] / "examples"


def run_example(name: str) -> dict[str, Any]:
    """Run an example as a script, and return its names; it has to draw something."""
    plt.close("all")
    names = runpy.run_path(str(EXAMPLES / f"{name}.py"))
    drawn = plt.get_fignums()
    plt.close("all")
    assert drawn, f"{name} draws nothing"
    return names
