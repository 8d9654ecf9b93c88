"""The records that labelling tools export: which columns of data and of labels they hold."""

from collections.abc import Callable, Iterator
from typing import Any

from .._inert.description import pluralise

Flat = dict[str, Any]
_ANSWER = "\0"  # before the name of a question, until it is known how many there are
_PRODIGY = {"options", "accept", "answer", "config", "tokens"}


class Shape:
    """How the objects of one file are read, which their first one tells."""

    def __init__(self, tool: str | None, read: Callable[["Shape", Flat], Flat]) -> None:
        self.tool, self._read = tool, read
        self._left_out: set[str] = set()
        self._unsure = 0

    def flat(self, record: Flat) -> Flat:
        """Give the columns of one record."""
        return self._read(self, record)

    def leave_out(self, name: str) -> None:
        """Note that a key of the file becomes no column."""
        self._left_out.add(name)

    def single(self, labels: list[Any]) -> Any:
        """Give the label that all agree on; None if there is none, or if they differ."""
        different = list(dict.fromkeys(labels))
        self._unsure += len(different) > 1
        return different[0] if len(different) == 1 else None

    def name_answers(self, columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
        """Name the columns of answers: that to the only question is called ``label``."""
        made = {name: values for name, values in columns.items() if name[:1] != _ANSWER}
        answers = {name[1:]: values for name, values in columns.items() if name[:1] == _ANSWER}
        only = len(answers) == 1 and "label" not in made
        for name, values in answers.items():
            made["label" if only else _free(made, name)] = values
        return made

    def notes(self) -> tuple[str, ...]:
        """Say how the records were read."""
        said = [] if self.tool is None else [f"It is read as an export of {self.tool}."]
        if self._left_out:
            said.append(f"Left out, as the tool's own: {', '.join(sorted(self._left_out))}.")
        if self._unsure:
            several = "record with several labels has", "records with several labels have"
            said.append(f"{pluralise(self._unsure, *several)} none here.")
        return tuple(said)


def shape_of(record: Flat) -> Shape:
    """Tell by the keys of an object which tool wrote it."""
    if isinstance(record.get("data"), dict) and record.keys() & {"annotations", "completions"}:
        return Shape("Label Studio", _read_label_studio)
    if isinstance(record.get("fields"), dict) and isinstance(record.get("responses"), dict | list):
        return Shape("Argilla", _read_argilla)
    if record.keys() >= {"annotation", "prediction"} and record.keys() & {"inputs", "text"}:
        return Shape("Argilla", _read_old_argilla)
    if "_task_hash" in record or "_input_hash" in record or _is_prodigy_choice(record):
        return Shape("Prodigy", _read_prodigy)
    return Shape(None, _read_plain)


def _is_prodigy_choice(record: Flat) -> bool:
    return "answer" in record and "options" in record


def flatten(record: Flat, before: str = "") -> Iterator[tuple[str, Any]]:
    """Give the values of objects in objects under names like ``outer.inner``.

    Objects that hold nothing but choices are lists of them: Label Studio's small export has both.
    """
    waiting = [(before, record)]
    while waiting:
        prefix, one = waiting.pop()
        for key, value in one.items():
            name = f"{prefix}{key}"
            if not isinstance(value, dict):
                yield name, value
            elif list(value) == ["choices"] and isinstance(value["choices"], list):
                yield name, value["choices"]
            else:
                waiting.append((f"{name}.", value))


def _read_plain(shape: Shape, record: Flat) -> Flat:
    made: Flat = {}
    for name, value in flatten(record):
        made[_free(made, name)] = value
    return made


def _free(made: Flat, name: str) -> str:
    while name in made:
        name += "_"
    return name


def _answers(shape: Shape, given: dict[str, list[Any]]) -> Flat:
    return {_ANSWER + name: shape.single(labels) for name, labels in given.items()}


def _read_label_studio(shape: Shape, record: Flat) -> Flat:
    made = {"id": record["id"]} if "id" in record and "id" not in record["data"] else {}
    made |= _read_plain(shape, record["data"])
    for name in record.keys() - {"id", "data", "annotations", "completions"}:
        shape.leave_out(name)
    given: dict[str, list[Any]] = {}
    for one in record.get("annotations") or record.get("completions") or ():
        if not isinstance(one, dict) or one.get("was_cancelled"):
            continue
        for result in one.get("result") or ():
            name, value = result.get("from_name"), result.get("value")
            if isinstance(value, dict) and isinstance(value.get("choices"), list):
                given.setdefault(name or "label", []).append("; ".join(map(str, value["choices"])))
    return made | _answers(shape, given)


def _read_argilla(shape: Shape, record: Flat) -> Flat:
    made = {"id": record["id"]} if "id" in record and "id" not in record["fields"] else {}
    made |= _read_plain(shape, record["fields"])
    metadata = record.get("metadata")
    if isinstance(metadata, dict):
        made |= {f"metadata.{name}": value for name, value in flatten(metadata)}
    for name in record.keys() - {"id", "fields", "metadata", "responses"}:
        shape.leave_out(name)
    given: dict[str, list[Any]] = {}
    for name, one in _argilla_responses(record["responses"]):
        if isinstance(one, dict) and one.get("status") in (None, "submitted"):
            value = one.get("value")
            given.setdefault(name, []).append(
                "; ".join(map(str, value)) if isinstance(value, list) else value
            )
    return made | _answers(shape, given)


def _argilla_responses(responses: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(responses, dict):
        for name, several in responses.items():
            for one in several if isinstance(several, list) else ():
                yield name, one
        return
    for response in responses:  # the form of Argilla 1: an object for each annotator
        values = response.get("values") if isinstance(response, dict) else None
        for name, one in (values or {}).items():
            status = response.get("status")
            yield name, {"value": one.get("value") if isinstance(one, dict) else one,
                         "status": status}  # fmt: skip


def _read_old_argilla(shape: Shape, record: Flat) -> Flat:
    """Read a record of Argilla 1 for the classification of texts."""
    data = record.get("inputs")
    made = {"id": record["id"]} if "id" in record else {}
    made |= _read_plain(shape, data) if isinstance(data, dict) else {"text": record.get("text")}
    metadata = record.get("metadata")
    if isinstance(metadata, dict):
        made |= {f"metadata.{name}": value for name, value in flatten(metadata)}
    for name in record.keys() - {"id", "inputs", "text", "metadata", "annotation"}:
        shape.leave_out(name)
    label = record["annotation"]
    joined = "; ".join(map(str, label)) if isinstance(label, list) else label
    return made | _answers(shape, {"label": [] if joined is None else [joined]})


def _read_prodigy(shape: Shape, record: Flat) -> Flat:
    own = {name for name in record if name in _PRODIGY or name.startswith("_")}
    for name in own - {"accept"}:
        shape.leave_out(name)
    made = _read_plain(shape, {key: value for key, value in record.items() if key not in own})
    is_accepted = record.get("answer", "accept") == "accept"
    if "label" in made and not is_accepted:  # the label of a yes-or-no question, answered by no
        made["label"] = None
    if "accept" not in record:
        return made
    chosen = record["accept"] if is_accepted else None
    return made | _answers(shape, {"label": list(chosen or ())})
