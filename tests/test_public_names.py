"""What motherlode offers: each name once, on a page, with every parameter explained."""

import importlib
import inspect
import pkgutil
import re

import pytest

import motherlode
from docs.generate.names import PACKAGES, homes, is_described, public_names, summary, write_names

OFFERED = {
    f"{package}.{name}": getattr(importlib.import_module(package), name)
    for package in PACKAGES
    for name in public_names(importlib.import_module(package))
    if name != "__version__"
}
CALLABLE = {name: value for name, value in OFFERED.items() if is_described(value)}


def public_methods(kind):
    """The methods that a class offers and is the first of its bases to define."""
    inherited = {name for base in kind.__mro__[1:] for name in vars(base)}
    for name, value in vars(kind).items():
        function = value.__func__ if isinstance(value, classmethod | staticmethod) else value
        if not name.startswith("_") and name not in inherited and inspect.isfunction(function):
            yield name, function


EVERY = {
    **CALLABLE,
    **{
        f"{name}.{method}": function
        for name, kind in CALLABLE.items()
        if inspect.isclass(kind)
        for method, function in public_methods(kind)
    },
}
REGISTRIES = {"NAMES", "named", "register"}  # the same three of strategies and stopping rules
# What these mean is the contract of scikit-learn, or of every strategy and rule.
KNOWN = {"self", "cls", "X", "y", "view", "session", "sample_weight", "args", "kwargs"}


def explained(value):
    """The names before a colon in the section of parameters or attributes."""
    doc = inspect.getdoc(value) or ""
    sections = re.findall(r"(?:Parameters|Attributes)\n-+\n(.*?)(?=\n\w[\w ]*\n-+\n|\Z)", doc, re.S)
    lines = re.findall(r"^\*{0,2}([\w*, ]+?)(?: *:.*)?$", "\n".join(sections), re.M)
    names = {name.strip(" *") for line in lines for name in line.split(",")}
    others = [OFFERED[name] for name in re.findall(r"those of `(motherlode[\w.]+)`", doc)]
    return names.union(re.findall(r"`+(\w+)`+", doc), *map(explained, others))


def missing(value):
    try:
        parameters = inspect.signature(value).parameters
    except (TypeError, ValueError):
        return set()
    names = {name for name in parameters if not name.startswith("_")} - KNOWN
    return names - explained(value)


def test_every_public_name_has_its_place_in_the_reference():
    pages, home = write_names(), homes()
    assert set(home) == set(OFFERED)
    for full, value in OFFERED.items():
        package, name = full.rsplit(".", 1)
        assert f"`{name}`" in pages[f"{package}.md"]
        if is_described(value):
            assert f"](<{home[full]}.md>)" in pages[f"{package}.md"]
            own = pages[f"{home[full]}.md"]
            assert f":: {home[full].rsplit('.', 1)[1]}\n" in own
        else:
            assert f".. py:data:: {full}\n" in pages[f"{package}.md"]


def test_every_public_module_is_in_the_reference():
    beside = {one.name for one in pkgutil.iter_modules(motherlode.__path__) if one.name[0] != "_"}
    assert {f"motherlode.{name}" for name in beside - {"cli"}} <= set(PACKAGES)


def test_no_name_means_two_things():
    things = {}
    for name, value in OFFERED.items():
        things.setdefault(name.rsplit(".", 1)[1], []).append(value)
    several = {n for n, values in things.items() if any(v is not values[0] for v in values)}
    assert several == REGISTRIES


@pytest.mark.parametrize("name", sorted(OFFERED))
def test_every_public_name_says_what_it_is(name):
    assert summary(OFFERED[name]).endswith((".", ":"))


@pytest.mark.parametrize("name", sorted(EVERY))
def test_every_parameter_is_explained(name):
    assert missing(EVERY[name]) == set()


def test_a_parameter_that_is_not_explained_is_noticed():
    def lacking(rows, labels):
        """Record labels.

        Parameters
        ----------
        rows : array-like
            The rows.
        """

    assert missing(lacking) == {"labels"}
