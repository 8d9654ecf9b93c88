"""The widget in a real JupyterLab, by keys."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from importlib.util import find_spec
from pathlib import Path

import pytest

from .conftest import until

NEEDED = ("nbformat", "jupyterlab", "anywidget", "ipykernel")
pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in NEEDED), reason=f"needs {', '.join(NEEDED)}"
)

ROOT = Path(__file__).parents[2]
TOKEN = "of-this-test-alone"
OPEN = """
from motherlode import ActiveLearner
texts = [f"Letter {i}: {'please refund' if i % 5 == 0 else 'a street'}" for i in range(60)]
learner = ActiveLearner(texts, ["ordinary", "refund"], minority="refund", seed=0)
widget = learner.label(batch=4)
widget
"""
PRINT = """
import json
print("labels", json.dumps(dict(zip(learner.labelled[0].tolist(), learner.labelled[1].tolist()))))
"""
BUSY = """
import time
from pathlib import Path
while not Path("go").exists():
    time.sleep(0.05)
widget
"""
KERNEL = "window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@pytest.fixture
def lab(tmp_path):
    """The address of a JupyterLab with one notebook, and nothing of the user's settings."""
    import nbformat  # takes seconds

    book = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(code.strip()) for code in (OPEN, PRINT, BUSY)],
        metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}},
    )
    (tmp_path / "work").mkdir()
    nbformat.write(book, tmp_path / "work" / "label.ipynb")
    homes = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(tmp_path / name.lower()) for name in homes}
    port = free_port()
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"),
        *("--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"),
        *(f"--ServerApp.root_dir={tmp_path / 'work'}", f"--IdentityProvider.token={TOKEN}"),
        "--LabApp.expose_app_in_browser=True",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    env = {**os.environ, **own, "PYTHONPATH": str(ROOT / "src")}
    with (tmp_path / "log").open("w") as log:
        server = subprocess.Popen(
            command, env=env, stdout=log, stderr=log, cwd=tmp_path, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"
    try:
        until(lambda: answers(f"{address}/api?token={TOKEN}") or server.poll() is not None, 40)
        assert server.poll() is None, (tmp_path / "log").read_text()
        yield f"{address}/lab/tree/label.ipynb?token={TOKEN}"
    finally:
        server.terminate()  # which ends its kernels
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()


def answers(address):
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except OSError:
        return False


@pytest.fixture
def page(chromium, lab):
    context = chromium.new_context(viewport={"width": 1300, "height": 1000})
    problems = []
    try:
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.on("pageerror", lambda problem: problems.append(str(problem)))
        page.goto(lab)
        page.wait_for_selector(".jp-NotebookPanel .jp-Cell >> nth=1")
        page.wait_for_function(f"{KERNEL}?.status === 'idle'")
        yield page
    finally:
        context.close()
    assert problems == []


def run_cell(page, place):
    page.locator(".jp-CodeCell").nth(place).locator(".cm-content").click()
    page.keyboard.press("Control+Enter")


def shown(widget):
    return int(re.match(r"Row (\d+)", widget.locator(".row-title").text_content()).group(1))


def labels(page):
    """What the learner holds, by the output of a cell."""
    output = page.locator(".jp-CodeCell").nth(1).locator(".jp-OutputArea-output pre")
    prompt = page.locator(".jp-CodeCell").nth(1).locator(".jp-InputPrompt")
    before = prompt.text_content()
    run_cell(page, 1)
    until(lambda: re.search(r"\d", prompt.text_content()) and prompt.text_content() != before, 60)
    output.wait_for()
    found = json.loads(output.text_content().removeprefix("labels "))
    return {int(row): label for row, label in found.items()}


def press(page, widget, key):
    """Press a key, wait for another row, and return the row that was there."""
    row = shown(widget)
    page.keyboard.press(key)
    until(lambda: widget.locator(".row-title").count() and shown(widget) != row)
    return row


@pytest.mark.timeout(280)
def test_rows_are_labelled_by_keys_in_jupyterlab(page, tmp_path):
    run_cell(page, 0)
    widget = page.locator(".motherlode-label").first
    widget.locator(".row-title").wait_for()
    widget.locator(".one-row").click()
    given = {}
    for key in "12122":  # past the end of a batch
        given[press(page, widget, key)] = ["ordinary", "refund"][int(key) - 1]
    assert len(given) == 5
    before = press(page, widget, "z")
    assert given.pop(shown(widget)) == "refund"
    assert before not in given
    press(page, widget, "s")
    for key in "ddabx":  # these delete a cell of a notebook, and make new ones
        page.keyboard.press(key)
    assert page.locator(".jp-Cell").count() == 3
    widget.locator(".counts", has_text="4 of 60 rows labelled · 2 refund found").wait_for()
    widget.locator(".saved", has_text="Saved").wait_for()
    assert labels(page) == given
    given |= label_while_the_kernel_is_busy(page, widget, tmp_path / "work" / "go")
    assert labels(page) == given
    given |= label_in_two_views(page)
    assert labels(page) == given
    check_accessible(page)
    # A kernel that has been restarted records nothing, and the widget says so.
    page.evaluate(f"{KERNEL}.restart()")
    widget.locator(".one-row").click()
    row = shown(widget)
    page.keyboard.press("1")
    widget.locator(".said", has_text="Not recorded: the kernel").wait_for()
    assert shown(widget) == row


def label_while_the_kernel_is_busy(page, widget, go):
    run_cell(page, 2)
    widget.locator(".one-row").click()
    given = {press(page, widget, key): "refund" for key in "22"}
    widget.locator(".saved", has_text="2 answers wait for the kernel").wait_for()
    go.touch()
    widget.locator(".saved", has_text="Saved").wait_for()
    return given


def label_in_two_views(page):
    """Label in the second view of one widget, which the first one follows, and the other way."""
    one, two = page.locator(".motherlode-label").all()
    until(lambda: shown(one) == shown(two))
    given = {}
    for here, there in ((two, one), (one, two)):
        here.locator(".one-row").click()
        given[press(page, here, "1")] = "ordinary"
        until(lambda here=here, there=there: shown(there) == shown(here))
    here.locator(".saved", has_text="Saved").wait_for()
    return given


def check_accessible(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = axe.run(page, context=".motherlode-label").response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
