"""The characters of a text file, as UTF-8: how they are encoded is found out, and is said."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np
import pyarrow as pa

from ..errors import InputError
from .choices import Choices
from .disk_copies import temporary_file
from .jumbles import is_jumble, list_readings
from .unpacking import HELD, open_packed, packing_of

if TYPE_CHECKING:
    from collections.abc import Callable

_MAGIC = {
    b"PAR1": "a Parquet file",
    b"ARROW1": "an Arrow file",
    b"PK\x03\x04": "a workbook or zip",
    b"\xd0\xcf\x11\xe0": "an old workbook",
    b"\x1f\x8b": "a gzip file",
    b"BZh": "a bzip2 file",
    b"\xfd7zXZ\x00": "an xz file",
    b"SQLite format 3\0": "a SQLite database",
}
_MARKS = {  # the longer of two that begin alike comes first
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
_BLOCK = 2**22  # bytes
_SAMPLE = 2**20  # bytes in which it is seen whether they are Western European text
_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True)
class Text:
    """The characters of a file.

    Parameters
    ----------
    path : Path
        The file, for messages.
    content : pyarrow.Buffer
        Its characters as UTF-8 without a byte order mark; of a large file, mapped into memory.
    notes : tuple of str
        How it was read, where that had to be decided.
    """

    path: Path
    content: pa.Buffer
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.content.to_pybytes().decode()

    def lines(self) -> Iterator[tuple[int, str]]:
        """Give the number and the text of each line that is not blank."""
        for number, line in enumerate(self._all_lines(), 1):
            if line.strip():
                yield number, line.decode()

    def _all_lines(self) -> Iterator[bytes]:
        view, start, size = memoryview(self.content), 0, self.content.size
        # A file of before 2001 may end its lines by a carriage return alone.
        end = re.compile(rb"\r\n|\n|\r")
        for found in end.finditer(view):
            yield bytes(view[start : found.start()])
            start = found.end()
        if start < size:
            yield bytes(view[start:])


def open_text(path: Path, kind: str, choices: Choices) -> Text:
    """Open a text file of a kind, packed or not, or raise an `InputError` if it is none."""
    with open_packed(path) as file:
        head = file.read(2**16)
    if not head.strip():
        raise InputError(f"{path} is empty.")
    found = next((name for magic, name in _MAGIC.items() if head.startswith(magic)), None)
    if found is not None:
        raise InputError(f"{path} is not {kind} but {found}; correct its ending or unpack it.")
    encoding, note = _find_encoding(head, choices)
    mark = next((m for m, name in _MARKS.items() if head.startswith(m) and name == encoding), b"")
    if encoding in ("utf-8", "ascii"):
        content = _raw(path).slice(len(mark))
    else:
        content = _recoded(path, encoding, len(mark))
    if not _is_utf8(content):
        line = _first_line_that_is_not_utf8(path, choices)
        _refuse_jumble(path, content, line)
        content = _recoded(path, "cp1252", 0)
        note = (
            f"It is taken for Windows-1252 (cp1252), since line {line} is not UTF-8; another "
            "encoding can be named."
        )
    if _holds_nul(content):
        raise InputError(f"{path} is not {kind}: it holds NUL bytes.")
    if not _first_bytes(content).strip():
        raise InputError(f"{path} is empty.")
    return Text(path, content, () if note is None else (note,))


def _first_bytes(content: pa.Buffer) -> bytes:
    return content.slice(0, min(content.size, 2**16)).to_pybytes()


def _find_encoding(head: bytes, choices: Choices) -> tuple[str, str | None]:
    """Find how characters are encoded, and say so unless it is UTF-8."""
    if choices.encoding is not None:
        return _check_name(choices.encoding, head), None
    marked = next((name for mark, name in _MARKS.items() if head.startswith(mark)), None)
    name = marked or _wide_encoding(head) or "utf-8"
    return name, None if name == "utf-8" else f"It is encoded as {name[:-3].upper()}."


def _check_name(name: str, head: bytes) -> str:
    try:
        name = codecs.lookup(name).name
        b"".decode(name)
        if not isinstance("".encode(name), bytes):
            raise LookupError
    except (LookupError, TypeError, ValueError):
        raise InputError(
            f"There is no encoding {name!r}; common ones are utf-8, utf-16, cp1252 and latin-1."
        ) from None
    # With a mark it is known which byte of a character comes first.
    marked = next((named for mark, named in _MARKS.items() if head.startswith(mark)), None)
    return marked if marked is not None and marked.startswith(name.removesuffix("-sig")) else name


def _wide_encoding(head: bytes) -> str | None:
    """Tell by NUL bytes between letters that a character takes two or four bytes."""
    head = head[:4096]
    if len(head) < 4:
        return None
    nul = [head[i::4].count(0) / len(head[i::4]) for i in range(4)]
    for name, shape in (
        ("utf-32-le", (0, 1, 1, 1)),
        ("utf-32-be", (1, 1, 1, 0)),
        ("utf-16-le", (0, 1, 0, 1)),
        ("utf-16-be", (1, 0, 1, 0)),
    ):
        if all(n > 0.7 if s else n < 0.3 for n, s in zip(nul, shape, strict=True)):
            return name
    return None


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


def _first_line_that_is_not_utf8(path: Path, choices: Choices) -> int:
    """Find the first line that is not UTF-8, or raise an `InputError` if the file should be it.

    A file that is UTF-8 but for few characters is damaged, and all others would be read wrong in
    another encoding.
    """
    decoder, line = codecs.getincrementaldecoder("utf-8")(), 1
    with open_packed(path) as file:
        for block in _blocks(file):
            held = decoder.getstate()[0]
            try:
                decoder.decode(block)
            except UnicodeDecodeError as problem:
                line += (held + block).count(b"\n", 0, problem.start)
                if choices.encoding is not None:
                    raise InputError(
                        f"{path} is not {choices.encoding} text (line {line}); name another "
                        "encoding."
                    ) from None
                _refuse_damaged(path, held + block, line)
                return line
            line += block.count(b"\n")
    return line


def _refuse_damaged(path: Path, block: bytes, line: int) -> None:
    found = _BEYOND_ASCII.findall(block.decode("utf-8", errors="replace"))
    wrong = found.count("\ufffd")
    if len(found) - wrong > 2 * wrong:
        raise InputError(
            f"{path} is not UTF-8 text (line {line}), though most of it is; repair the line, or "
            "name the file's encoding."
        )


def _refuse_jumble(path: Path, content: pa.Buffer, line: int) -> None:
    """Raise an `InputError` if a text would be read wrong in Windows-1252."""
    values = np.frombuffer(content, np.uint8)
    for low in range(0, len(values), _BLOCK):
        beyond = values[low : low + _BLOCK] > 0x7F
        if beyond.any():
            start = low + int(beyond.argmax())
            sample = values[start : start + _SAMPLE].tobytes()
            if not is_jumble(sample):
                return
            readings = list_readings(sample)
            raise InputError(
                f"{path} is not UTF-8 text (line {line}), and in Windows-1252 (cp1252) it would be "
                f"a jumble of signs; name its encoding{': ' * bool(readings)}{readings}."
            )


def _raw(path: Path) -> pa.Buffer:
    """Give the bytes of a file, unpacked; of a large one, mapped into memory."""
    if packing_of(path) is not None:
        with open_packed(path) as file:
            return _hold_or_copy(_blocks(file))
    return pa.py_buffer(path.read_bytes()) if path.stat().st_size <= HELD else _mapped(path)


def _recoded(path: Path, encoding: str, mark: int) -> pa.Buffer:
    with open_packed(path) as file:
        return _hold_or_copy(_recode(path, _blocks(file), encoding, mark))


def _is_utf8(content: pa.Buffer) -> bool:
    ends = pa.py_buffer(np.array([0, content.size], np.int64))
    try:
        # Far faster than decoding, and without a copy.
        pa.Array.from_buffers(pa.large_binary(), 1, [None, ends, content]).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


def _mapped(path: Path) -> pa.Buffer:
    with pa.memory_map(str(path)) as file:
        return file.read_buffer()


def _hold_or_copy(parts: Iterator[bytes]) -> pa.Buffer:
    held: list[bytes] = []
    size = 0
    for part in parts:
        held.append(part)
        size += len(part)
        if size > HELD:
            break
    else:
        return pa.py_buffer(b"".join(held))
    copy = temporary_file("text.txt")
    with copy.open("wb") as out:
        out.writelines(held)
        out.writelines(parts)
    return _mapped(copy)


def _recode(path: Path, blocks: Iterator[bytes], encoding: str, mark: int) -> Iterator[bytes]:
    """Give the blocks as UTF-8, without the first bytes, which are a mark."""
    decoder, line = _decoder(encoding), 1
    for block in blocks:
        block, mark = block[mark:], 0
        try:
            text = decoder(block, False)
            yield text.encode()
        except UnicodeError:
            raise InputError(
                f"{path} is not {encoding} text (after line {line}); name another encoding."
            ) from None
        line += text.count("\n")
    try:
        yield decoder(b"", True).encode()
    except UnicodeError:
        raise InputError(f"{path} is not {encoding} text: its end is cut off.") from None


def _decoder(encoding: str) -> "Callable[[bytes, bool], str]":
    # Five bytes have no character in cp1252; latin-1 has one for every byte.
    errors = "motherlode_latin" if encoding == "cp1252" else "strict"
    return codecs.getincrementaldecoder(encoding)(errors).decode


def _as_latin(problem: UnicodeError) -> tuple[str, int]:
    assert isinstance(problem, UnicodeDecodeError)
    return problem.object[problem.start : problem.end].decode("latin-1"), problem.end


codecs.register_error("motherlode_latin", _as_latin)


def _holds_nul(content: pa.Buffer) -> bool:
    values = np.frombuffer(content, np.uint8)
    return any(not values[low : low + _BLOCK].min() for low in range(0, len(values), _BLOCK))
