"""Five examples as the notebooks that the site hands out, run from start to end in a kernel."""

import json
import os
from pathlib import Path

import pytest

import motherlode

from .running import EXAMPLES

nbclient = pytest.importorskip("nbclient")
nbformat = pytest.importorskip("nbformat")
gallery = pytest.importorskip("sphinx_gallery")

# A last cell, which says whether the example showed what its text says.
SHOWS = {
    "choose_a_strategy": """
first, last = (results.estimate("last year", s, "positives").mean for s in ("auto", "random"))
assert first > 3 * last""",
    "how_many_are_left": "assert left.low <= truly <= left.high",
    "map_of_a_search": "assert learner.session().found >= 20 and len(panels) == 2",
    "outliers": 'assert fault[asked["LOF"]].sum() > fault[asked["KDE"]].sum()',
    "why_random_fails": 'assert found["default"] >= 5 * found["random"]',
}


def notebook_of(name):
    """The notebook that sphinx-gallery makes of an example."""
    from sphinx_gallery.gen_gallery import DEFAULT_GALLERY_CONF
    from sphinx_gallery.notebook import jupyter_notebook
    from sphinx_gallery.py_source_parser import split_code_and_text_blocks

    _, blocks = split_code_and_text_blocks(str(EXAMPLES / f"{name}.py"))
    made = jupyter_notebook(blocks, dict(DEFAULT_GALLERY_CONF), str(EXAMPLES))
    return nbformat.reads(json.dumps(made), as_version=4)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # jupyter's own
@pytest.mark.parametrize("name", SHOWS)
def test_a_notebook_runs_from_start_to_end(name, monkeypatch, tmp_path):
    source = str(Path(motherlode.__file__).parents[1])
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([source, os.environ.get("PYTHONPATH", "")]))
    notebook = notebook_of(name)
    assert notebook.cells[0].cell_type == "markdown"
    notebook.cells.append(nbformat.v4.new_code_cell(SHOWS[name]))
    nbclient.NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()
    outputs = [one for cell in notebook.cells for one in cell.get("outputs", [])]
    assert any("image/png" in one.get("data", {}) for one in outputs)
