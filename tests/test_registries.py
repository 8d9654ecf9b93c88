"""CONTRIBUTING.md's steps, followed: what is written in its place is found under its name."""

import dataclasses
import importlib
import json
import pkgutil
import re
from pathlib import Path

import numpy as np
import openpyxl
import pyarrow as pa
import pytest

from motherlode import Pool, stopping, strategies
from motherlode._files.formats import (
    ALIASES,
    READERS,
    WRITERS,
    choose_format,
    ending_of,
    write_parts,
)
from motherlode._files.reading import read_table
from motherlode._files.writers.lines import Lines
from motherlode._registry import Registry
from motherlode.errors import InputError
from motherlode.project._data.encoders import ENCODERS
from motherlode.project._training.recipe import MODELS
from motherlode.stopping import STOPPING_RULES, Rule, as_rules
from motherlode.strategies import Strategy
from motherlode.strategies._registry import STRATEGIES

ROOT = Path(__file__).parent.parent
MADE_OF_OTHERS = {
    "Fading",
    *("Fading", "Interleave", "LastLayer", "Mixture", "Power", "Product"),
    *("Ranks", "Strategy", "Sum", "Weighted"),
}
JOINED = {"AllOf", "AnyOf"}
NUMBERED = {"budget": ":5"}  # rules that their name alone does not make


def written_in(package, kind):
    """The public classes of a kind in the files of a package, without what others build on."""
    modules = [
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    ]
    classes = {
        value
        for module in modules
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, kind)
        if value.__module__ == module.__name__
    }
    bases = {base for one in classes for base in one.__mro__[1:]}
    return {one.__name__ for one in classes - bases if not one.__name__.startswith("_")}


def test_every_strategy_has_a_name_and_is_exported():
    named = {type(strategies.named(name)).__name__ for name in strategies.NAMES}
    assert written_in(strategies, Strategy) - MADE_OF_OTHERS == named
    assert named | MADE_OF_OTHERS <= set(strategies.__all__)


def test_every_stopping_rule_has_a_name_and_is_exported():
    named = {
        type(stopping.named(name + NUMBERED.get(name, ""))).__name__ for name in stopping.NAMES
    }
    assert written_in(stopping, Rule) - JOINED == named
    assert named <= set(stopping.__all__)
    exported = [getattr(stopping, name) for name in stopping.__all__]
    rules = {e.__name__ for e in exported if isinstance(e, type) and issubclass(e, Rule)}
    assert rules - {"Rule"} == named


@pytest.mark.parametrize("name", stopping.NAMES)
def test_the_number_of_a_rule_is_its_first_setting(name):
    rule = stopping.named(f"{name}:0.5") if name not in _WHOLE else stopping.named(f"{name}:7")
    assert dataclasses.astuple(rule)[0] == (7 if name in _WHOLE else 0.5)


_WHOLE = {"budget", "classification_change", "dry_spell", "knee", "negatives_in_a_row", "target"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kne", "did you mean 'knee'"),
        ("knee:many", "after the colon stands a number"),
        ("budget", "as in budget:500"),
        ("target_recall:1.5", "between 0 and 1"),
        ("", "none empty"),
        ("knee,,budget:3", "none empty"),
    ],
)
def test_what_is_no_rule_is_said(text, said):
    with pytest.raises(InputError, match=said):
        as_rules(text)


def test_every_kind_has_a_group_of_its_own_and_names_in_snake_case():
    kinds = [STRATEGIES, STOPPING_RULES, MODELS, READERS, WRITERS, *ENCODERS.values()]
    groups = [kind.group for kind in kinds]
    assert len(set(groups)) == len(kinds) - len(ENCODERS) + 1
    for kind in kinds:
        assert kind.names()
        assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in kind.names())
        assert kind.named(kind.names()[0].upper()) is kind.own[kind.names()[0]]
        assert all(name in kind for name in kind.names())


def test_a_name_of_ones_own_is_taken_once():
    own = Registry("shape", "motherlode.no_such_group", {})
    own.register("Very-round", 1)
    assert own.named("very round") == 1
    with pytest.raises(InputError, match="is taken"):
        own.register("very_round", 2)


def test_what_a_package_cannot_make_is_said_in_one_sentence():
    def broken():
        raise RuntimeError("no key is set.\nA second line")

    def refuses():
        raise InputError("The judge needs KEY.")

    own = Registry("judge", "motherlode.no_such_group", {"broken": broken, "refuses": refuses})
    with pytest.raises(InputError, match=r"'broken' can't be made.*RuntimeError: no key is set;"):
        own.make("broken")
    with pytest.raises(InputError, match=r"^The judge needs KEY\.$"):
        own.make("refuses")


TABLE = pa.table({"x0": [0.5, 1.5, 2.5], "x1": [3.0, 2.0, 1.0]})


def written(folder, ending):
    path = folder / f"rows.{ending}"
    if ending == "npy":
        np.save(path, np.column_stack([TABLE["x0"], TABLE["x1"]]))
    elif ending in ("tsv", "tab"):
        path.write_text("x0\tx1\n0.5\t3.0\n1.5\t2.0\n2.5\t1.0\n")
    elif ending == "json":
        path.write_text(json.dumps(TABLE.to_pylist()))
    elif ending in ("xlsx", "xlsm"):
        book = openpyxl.Workbook()
        for row in [TABLE.column_names, *zip(*TABLE.to_pydict().values(), strict=True)]:
            book.active.append(row)
        book.save(path)
    else:
        lines = Lines(TABLE.schema, iter([TABLE]))
        path.write_bytes(b"".join(write_parts(choose_format(path), lines)))
    return path


TYPED = READERS.own.keys() - {
    "asreview",
    "txt",
    "ris",
    "nbib",
    "ciw",
    "enw",
    "xml",
    "xls",
    "ods",
}  # others: tests/files


@pytest.mark.parametrize("ending", [*sorted(TYPED), *ALIASES])
def test_every_format_is_read_alike_by_pools_and_as_a_table(tmp_path, ending):
    path = written(tmp_path, ending)
    found = read_table(path)
    # A workbook does not tell 3.0 from 3.
    assert (found.cast(TABLE.schema) if ending.startswith("xls") else found).equals(TABLE)
    rows = np.column_stack(TABLE.columns) if ending == "npy" else TABLE
    assert np.asarray(Pool(path).features) == pytest.approx(np.asarray(Pool(rows).features))


def test_every_format_that_is_written_is_read():
    # A data set is a folder; the page alone packs it as a zip.
    endings = {ending_of(name) for name in WRITERS.own} - {"zip"}
    assert endings <= set(READERS.own)
    assert set(ALIASES.values()) <= set(WRITERS.own)


def test_a_folder_of_tables_is_a_table(tmp_path):
    for i, ending in enumerate(("parquet", "arrow")):
        written(tmp_path, ending).rename(tmp_path / f"{i}.{ending}")
    assert read_table(tmp_path).num_rows == 6


@pytest.mark.parametrize(
    ("array", "said"), [(np.zeros((2, 2, 2)), r"shape \(2, 2, 2\)"), (np.zeros(2, "c8"), "complex")]
)
def test_an_array_that_is_no_table_is_said(tmp_path, array, said):
    np.save(tmp_path / "rows.npy", array)
    with pytest.raises(InputError, match=said):
        read_table(tmp_path / "rows.npy")


def test_the_files_that_the_steps_name_are_there():
    text = (ROOT / "CONTRIBUTING.md").read_text()
    for name in re.findall(r"`((?:src|tests)/[\w/]+\.py)`", text):
        assert (ROOT / name).is_file(), name
