"""JSON Lines, and a JSON array."""

import json
from collections.abc import Iterator
from typing import Any

from .lines import Lines, values_of


def write_json_lines(lines: Lines) -> Iterator[bytes]:
    """Write an object a line; what is not a number (NaN) becomes null."""
    for table in lines.tables:
        yield "".join(f"{write_json(line)}\n" for line in values_of(table)).encode()


def write_json_array(lines: Lines) -> Iterator[bytes]:
    """Write an array of objects, one a line."""
    return join_array(write_json(line) for table in lines.tables for line in values_of(table))


def join_array(objects: Iterator[str]) -> Iterator[bytes]:
    """Give the parts of an array."""
    before = "[\n"
    for one in objects:
        yield f"{before}{one}".encode()
        before = ",\n"
    yield b"[]\n" if before == "[\n" else b"\n]\n"


def write_json(value: Any) -> str:
    """Write a value on one line."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False)
