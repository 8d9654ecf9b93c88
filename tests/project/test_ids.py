"""Ids of rows are named as people write them."""

import datetime as dt
from decimal import Decimal

import pyarrow as pa
import pytest

from motherlode.errors import InputError
from motherlode.project._data.ids import check_ids


@pytest.mark.parametrize(
    ("id", "written"),
    [
        ("007", "007"),
        ("it's", "it's"),
        ("C:\\new", "C:\\new"),
        ("größe", "größe"),
        (7, "7"),
        (2.5, "2.5"),
        (Decimal("1.50"), "1.50"),
        (dt.date(2026, 11, 30), "2026-11-30"),
        (True, "true"),
    ],
)
def test_an_id_that_is_there_twice_is_named_as_it_is_written(id, written):
    with pytest.raises(InputError) as caught:
        check_ids(pa.chunked_array([pa.array([id]), pa.array([id])]), "key")
    assert f"holds the id {written} more than once, first in rows 0 and 1 (" in str(caught.value)


def test_ids_of_a_dictionary_are_named_too():
    ids = pa.chunked_array([pa.array(["a", "b", "c", "b"]).dictionary_encode()])
    with pytest.raises(InputError, match="the id b more than once, first in rows 1 and 3"):
        check_ids(ids, "key")
