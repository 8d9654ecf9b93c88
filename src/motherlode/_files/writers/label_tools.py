"""The files of other tools for labelling: Label Studio, doccano and Prodigy."""

from collections.abc import Iterator
from typing import Any

from .json_tables import join_array, write_json
from .lines import Line, Lines, require_labels, values_of, write_main


def write_label_studio(lines: Lines) -> Iterator[bytes]:
    """Write an array of tasks with ``data``, ``annotations`` of choices, and ``meta``.

    The control tag is ``label``. The object tag has the name of the column of texts or images, or
    is ``text`` where a row has several columns. A row that was passed over has a cancelled
    annotation, and one without an answer has none. Where lines have a probability of each class,
    the likeliest class is a prediction, and so is what a model decided.
    """
    require_labels(lines, "Label Studio's format")
    return join_array(write_json(_make_task(line, lines)) for line in _each(lines))


def write_doccano(lines: Lines) -> Iterator[bytes]:
    """Write an object a line: ``text``, ``label`` as a list, and all else beside them."""
    require_labels(lines, "doccano's format")
    return _by_line(lines, _make_document)


def write_prodigy(lines: Lines) -> Iterator[bytes]:
    """Write an object a line, as of Prodigy's interface for choices.

    It has ``text`` (or ``image``), ``options``, ``accept`` with the label, ``answer`` (``ignore``
    for rows that were passed over, null for those that nobody answered), names of the row, and
    ``meta``.
    """
    require_labels(lines, "Prodigy's format")
    return _by_line(lines, _make_example)


def _by_line(lines: Lines, make: Any) -> Iterator[bytes]:
    return (f"{write_json(make(line, lines))}\n".encode() for line in _each(lines))


def _each(lines: Lines) -> Iterator[Line]:
    for table in lines.tables:
        yield from values_of(table)


def _make_task(line: Line, lines: Lines) -> dict[str, Any]:
    data = {name: line[name] for name in (*lines.named, *lines.shown)}
    about = lines.main[0] if len(lines.main) == 1 else "text"
    label = line[str(lines.label)]
    result = [] if label is None else [_choose(label, about)]
    is_answered = lines.is_answered and line.get("state", label)
    answers = [{"result": result, "was_cancelled": label is None}] if is_answered else []
    return {
        "data": {about: write_main(line, lines), **data},
        "annotations": answers,
        **_predict(line, lines, about),
        "meta": _meta(line, lines),
    }


def _choose(label: Any, about: str) -> dict[str, Any]:
    value = {"choices": [label]}
    return {"type": "choices", "from_name": "label", "to_name": about, "value": value}


def _predict(line: Line, lines: Lines, about: str) -> dict[str, Any]:
    """Make the prediction of a line by its probabilities; none where it has none."""
    held = {name: line.get(f"probability_{name}") for name in lines.classes}
    known = {name: share for name, share in held.items() if isinstance(share, float)}
    if not known and not lines.is_answered:
        result = [_choose(line[str(lines.label)], about)]
        return {"predictions": [{"result": result, "model_version": "motherlode"}]}
    if not known:
        return {}
    likeliest = max(known, key=lambda name: known[name])
    result = [{**_choose(likeliest, about), "score": known[likeliest]}]
    said = {"result": result, "score": known[likeliest], "model_version": "motherlode"}
    return {"predictions": [said]}


def _make_document(line: Line, lines: Lines) -> dict[str, Any]:
    label = line[str(lines.label)]
    beside = {name: line[name] for name in lines.shown if name not in lines.main}
    return {
        "text": write_main(line, lines),
        "label": [] if label is None else [label],
        **{name: line[name] for name in lines.named},
        **{"data_text" if name == "text" else name: value for name, value in beside.items()},
        **_meta(line, lines),
    }


def _make_example(line: Line, lines: Lines) -> dict[str, Any]:
    label = line[str(lines.label)]
    beside = {name: line[name] for name in lines.shown if name not in lines.main}
    answer = "ignore" if label is None else "accept"
    return {
        "image" if lines.is_image else "text": write_main(line, lines),
        "options": [{"id": name, "text": name} for name in lines.classes],
        "accept": [] if label is None else [label],
        "answer": answer if lines.is_answered and line.get("state", label) else None,
        **{name: line[name] for name in lines.named},
        "meta": beside | _meta(line, lines),
    }


def _meta(line: Line, lines: Lines) -> dict[str, Any]:
    """Collect what is known of the answers."""
    known = {*lines.named, *lines.shown, lines.label}
    return {name: v for name, v in line.items() if name not in known and v is not None}
