import importlib
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import motherlode

ROOT = Path(__file__).parent.parent
HEAVY = {
    *("pandas", "polars", "pyarrow", "matplotlib", "dask"),
    *("torch", "skorch", "tensorflow", "keras"),
    *("fastapi", "jinja2", "sqlalchemy", "typer", "rich", "imblearn", "skactiveml"),
    *("onnxruntime", "tokenizers", "skimage", "anywidget", "ipywidgets"),
}
PUBLIC = [
    *("strategies", "models", "measures", "geometry", "metrics", "learner", "pool"),
    *("session", "stopping", "estimation", "embedding", "searches", "simulation", "displays"),
    *("project", "testing", "web"),
]
SESSION = """
import numpy as np
from motherlode import ActiveLearner
learner = ActiveLearner(np.eye(9), [0, 1])
learner.teach([0, 1, 2], [0, 1, 0])
learner.query(2)
learner.final_model()
"""
WITHOUT_THEM = f"""
import sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {HEAVY}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Absent())
"""


CORE_ALONE = """
import importlib, pkgutil, re, sys
from importlib.metadata import packages_distributions, requires

def needed(name, extra=""):
    found = {name.lower().replace("_", "-")}
    for line in requires(name) or []:
        condition = line.partition(";")[2]
        if "extra" not in condition and "platform" not in condition:
            found |= needed(re.match(r"[\\w.-]+", line).group())
    return found

core = needed("motherlode")
hidden = {
    module
    for module, homes in packages_distributions().items()
    if not core & {home.lower().replace("_", "-") for home in homes}
}

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in hidden:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
"""
OF_EXTRAS = ("cli", "web", "project", "_files")
ONE_LIBRARY = {
    "motherlode.geometry._approximate": "faiss",
    "motherlode.models._neural.keras_network": "keras",
    "motherlode.models._neural.torch_network": "skorch",
}
EVERY_MODULE = """
import motherlode
for module in pkgutil.walk_packages(motherlode.__path__, "motherlode."):
    try:
        importlib.import_module(module.name)
    except ModuleNotFoundError as error:
        print(module.name, error.name)
"""
OFFERED = """
from docs.generate.names import PACKAGES, public_names
for package in PACKAGES:
    module = importlib.import_module(package)
    for name in public_names(module):
        try:
            getattr(module, name)
        except ModuleNotFoundError as error:
            print(package, error)
"""


def heavy_after(statements):
    code = f"{statements}\nimport sys\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {name.split(".")[0] for name in done.stdout.split()} & HEAVY


@pytest.fixture(scope="module")
def loaded_by_scikit_learn():
    """scikit-learn itself loads pandas where that is installed."""
    return heavy_after("import sklearn.ensemble, sklearn.linear_model, sklearn.neighbors")


NETWORKS = """
import motherlode.models.keras, motherlode.models.torch
motherlode.models.keras.KerasClassifier(print)
motherlode.models.torch.TorchClassifier(print)
"""


@pytest.mark.parametrize(
    "statements",
    ["import motherlode", "import motherlode.strategies, motherlode.models", SESSION, NETWORKS],
    ids=["package", "strategies", "session", "networks"],
)
def test_nothing_heavy_is_loaded_that_scikit_learn_does_not_load(
    statements, loaded_by_scikit_learn
):
    assert heavy_after(statements) <= loaded_by_scikit_learn


def test_a_session_needs_none_of_them():
    assert heavy_after(WITHOUT_THEM + SESSION) == set()


@pytest.fixture(scope="module")
def missing():
    """What cannot be loaded with the core alone: modules, and names that are offered."""
    code = f"{CORE_ALONE}{EVERY_MODULE}\nprint()\n{OFFERED}"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT
    )
    return [part.splitlines() for part in done.stdout.split("\n\n")]


def test_with_the_core_alone_every_module_loads_but_those_of_extras(missing):
    """What an extra brings is blocked, as where it is not installed."""
    failed = dict(line.split() for line in missing[0])
    own = {name: of for name, of in failed.items() if name.split(".")[1] not in OF_EXTRAS}
    assert own == ONE_LIBRARY
    assert "motherlode._files" not in failed
    assert len(failed) > 100, "nothing was hidden"


def test_with_the_core_alone_what_needs_an_extra_says_so(missing):
    assert {line.split(" ", 1)[0] for line in missing[1]} == {
        "motherlode.project",
        "motherlode.web",
    }
    assert all(line.endswith(': pip install "motherlode[app]".') for line in missing[1])


def test_commands_that_fit_nothing_start_without_scikit_learn():
    pytest.importorskip("fastapi")
    commands = (
        *("serve", "add", "answers", "label", "teach", "export", "account", "assign", "pause"),
        *("status", "set", "check", "backup"),
    )
    loaded = ", ".join(f"motherlode.cli._{name}" for name in commands)
    code = f"import motherlode.web._serve, {loaded}, sys; print('sklearn' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_commands_that_fit_nothing_run_without_scikit_learn(tmp_path):
    """It takes longer to load than all that these commands do."""
    pytest.importorskip("sqlalchemy")
    from motherlode.cli._app import run

    rows = "".join(f"r{i},{i % 7},{'dry' if i % 5 else 'gold'}\n" for i in range(40))
    (tmp_path / "a.csv").write_text(f"id,depth,rich\n{rows}")
    folder = str(tmp_path / "p")
    data = ["--data", str(tmp_path / "a.csv"), "--id", "id", "--labels", "rich"]
    assert run(["init", folder, *data, "--classes", "dry,gold"]) == 0
    each = [[name, folder] for name in ("status", "set", "check")]
    each.append(["set", folder, "--batch", "7", "--rename", "dry=wet", "--tags", "a"])
    each.append(["backup", folder, "--to", str(tmp_path / "copy")])
    code = (
        "import sys\nfrom motherlode.cli._app import run\n"
        f"for given in {each!r}:\n"
        "    assert run(given) == 0, given\n"
        "    assert 'sklearn' not in sys.modules, given"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("framework", "kind", "extra"),
    [("keras", "KerasClassifier", "tensorflow"), ("torch", "TorchClassifier", "torch")],
)
def test_a_missing_framework_gives_one_sentence(framework, kind, extra):
    code = WITHOUT_THEM + (
        f"from motherlode.models.{framework} import {kind}\n"
        f"try: {kind}(print).fit([[0.0], [1.0]], [0, 1])\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert len(done.stdout.splitlines()) == 1
    assert f'pip install "motherlode[{extra}]".' in done.stdout


def test_public_names_are_those_declared():
    assert sorted(motherlode.__all__) == motherlode.__all__
    public = {name for name in dir(motherlode) if not name.startswith("_")}
    modules = {name for name in public if inspect.ismodule(getattr(motherlode, name))}
    assert public - modules == set(motherlode.__all__) - {"__version__"}
    assert {"ActiveLearner", "Pool"} <= set(motherlode.__all__)


def members(name):
    """What a module offers: its __all__, or all public classes and functions of its own."""
    module = importlib.import_module(f"motherlode.{name}")
    listed = getattr(module, "__all__", None) or [
        key
        for key, value in vars(module).items()
        if not key.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    found = [(f"{name}.{key}", getattr(module, key)) for key in listed]
    return [(key, v) for key, v in found if inspect.isclass(v) or inspect.isfunction(v)]


EVERY = [member for name in PUBLIC for member in members(name)]


def test_there_are_members_to_speak_of():
    assert len(EVERY) > 60
    assert {"measures.entropy", "strategies.Margin", "learner.TopK"} <= {key for key, _ in EVERY}


@pytest.mark.parametrize("name", PUBLIC)
def test_every_module_says_what_it_is_for(name):
    doc = importlib.import_module(f"motherlode.{name}").__doc__
    assert doc
    assert doc.strip().split("\n")[0].endswith((".", ":"))


@pytest.mark.parametrize(("name", "thing"), EVERY, ids=[key for key, _ in EVERY])
def test_every_public_thing_is_documented(name, thing):
    doc = inspect.getdoc(thing) or ""
    summary, *rest = doc.split("\n")
    assert len(summary) > 10
    assert summary.endswith((".", ":")) or rest
    parameters = [
        key
        for key, value in inspect.signature(thing).parameters.items()
        if value.kind not in (value.VAR_POSITIONAL, value.VAR_KEYWORD) and key != "view"
    ]
    if len(parameters) > 1 and "Parameters" not in doc:
        assert "``" in doc or "`" in doc or inspect.isclass(thing)


@pytest.mark.parametrize(
    ("name", "thing"),
    [(key, thing) for key, thing in EVERY if inspect.isclass(thing)],
    ids=[key for key, thing in EVERY if inspect.isclass(thing)],
)
def test_every_public_method_is_documented(name, thing):
    for key, value in vars(thing).items():
        if inspect.isfunction(value) and not key.startswith("_"):
            assert inspect.getdoc(getattr(thing, key)), key
