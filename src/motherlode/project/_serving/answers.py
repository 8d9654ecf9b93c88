"""Check and record what annotators answer, and what they take back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from ..._files.class_names import list_names
from ...errors import InputError
from ...session import CONTROL
from .._data.settings import Settings
from .._log import log
from .._log.events import CHANNELS, SEARCH, SETTLE, Event
from .._log.fold import RowState, State
from .._log.provenance import Provenance
from . import leases
from .keys import check_text, find_recorded
from .queue import TAKEN_BACK, Offer

_LONGEST_DAY = 86_400.0
_NOTHING = "There is nothing to take back."


@dataclass(frozen=True)
class Answer:
    """One annotator's answer to one row.

    Parameters
    ----------
    row : int
        Global row id.
    kind : {"label", "skip", "unsure"}
        "skip": left unlabelled on purpose; "unsure": nobody can tell.
    label : str or None
        The class, for the kind "label".
    seconds : float or None
        Time spent on the row.
    note : str or None
        Free text.
    tags : tuple of str
        Short words.
    key : str or None
        Random; an answer whose key was recorded before is not recorded again.
    channel : str or None
        "search" for a row found by search, "settle" to settle a disagreement; None to keep how
        the row was asked.
    second : bool
        Whether an answer to a row that a colleague labelled is one more opinion on purpose. Without
        it, such a row that was found by search keeps its label and the answer is refused, unless
        the project waits for a second opinion of it.
    """

    row: int
    kind: str = "label"
    label: str | None = None
    seconds: float | None = None
    note: str | None = None
    tags: tuple[str, ...] = ()
    key: str | None = None
    channel: str | None = None
    second: bool = False


def record(
    connection: Connection,
    state: State,
    settings: Settings,
    annotator: str,
    answers: Sequence[Answer],
    now: float,
) -> list[int]:
    """Record all of some answers, or none of them if anything is wrong; return the ids of events.

    An answer whose key was recorded before is not recorded again.
    """
    rows = Counter(answer.row for answer in answers)
    twice = next((row for row, times in rows.items() if times > 1), None)
    if twice is not None:
        raise InputError(f"Row {twice} is answered twice in one request; nothing was recorded.")
    sent = [(answer.key, answer) for answer in answers]
    known = find_recorded(connection, sent, lambda a, event: _is_same(a, annotator, event))
    for answer in answers:
        _check(answer, state, settings)
    own, drawn = (
        leases.find_offers(connection, annotator, rows),
        leases.find_draws(connection, rows),
    )
    new = [a for a in answers if a.key is None or a.key not in known]
    events = []
    for answer in new:
        before = state.rows.get(answer.row)
        _check_purpose(answer, annotator, state)
        asked = _find_asked(before, annotator, own.get(answer.row), drawn.get(answer.row))
        how = _how(answer, asked, is_answered=before is not None)
        events.append(_event(answer, annotator, how, now))
    ids = iter(log.append(connection, events))
    leases.release(connection, annotator, [answer.row for answer in new])
    return [known[a.key].id if a.key in known else next(ids) for a in answers]


def take_back(
    connection: Connection,
    state: State,
    settings: Settings,
    annotator: str,
    now: float,
    *,
    event_id: int | None = None,
    key: str | None = None,
) -> Event:
    """Take back an annotator's last answer, or the one of that id, and offer its row again."""
    before = find_recorded(
        connection, [(key, event_id)], lambda id, event: _is_undo(event, annotator, id)
    )
    if key in before:
        return _find_taken_back(connection, before[key])
    answer = state.last_of(annotator) if event_id is None else state.answer(event_id, annotator)
    if answer is None:
        raise InputError(
            _NOTHING
            if event_id is None
            else f"Event {event_id} is no answer of {annotator}, or was taken back before."
        )
    how = Provenance(answer.how.channel)
    event = Event(answer.row, "retract", annotator, now, how=how, retracts=answer.id, key=key)
    log.append(connection, [event])
    current = leases.list_current(connection, now, settings.lease)
    if answer.how.channel != SETTLE:
        offer = Offer(
            answer.row, answer.how, urgency=TAKEN_BACK, reason="you took your answer back"
        )
        if any(one.offer.row == answer.row and one.annotator != annotator for one in current):
            leases.remember(connection, annotator, offer, now)
        else:
            leases.grant(connection, annotator, [offer], now, settings.lease)
    return answer


def exchange(
    connection: Connection,
    state: State,
    settings: Settings,
    annotator: str,
    event_id: int,
    answer: Answer,
    now: float,
) -> int:
    """Record an answer in place of one of the annotator's, and return the id of its event."""
    take_back(connection, state, settings, annotator, now, event_id=event_id)
    # In a copy, since both events are undone together if the answer is refused.
    between = log.read_state(connection, state.copy())
    return record(connection, between, settings, annotator, [answer], now)[0]


def _find_taken_back(connection: Connection, retraction: Event) -> Event:
    found = log.find(connection, retraction.retracts or 0)
    if found is None or found.annotator != retraction.annotator:  # of a log from elsewhere
        raise InputError(_NOTHING)
    return found


def _is_undo(event: Event, annotator: str, id: int | None) -> bool:
    """Say whether an event is the annotator's undo of an answer, or of any if no id is given."""
    is_own = event.kind == "retract" and event.annotator == annotator
    return is_own and id in (None, event.retracts)


def _is_same(answer: Answer, annotator: str, event: Event) -> bool:
    """Say whether an event records an answer, however its row had come to be asked."""
    again = _event(answer, annotator, event.how, event.at)
    settles = answer.channel == SETTLE, event.how.channel == SETTLE
    return settles[0] == settles[1] and again == replace(event, id=0, how=again.how)


def _event(answer: Answer, annotator: str, how: Provenance, now: float) -> Event:
    return Event(
        answer.row,
        answer.kind,
        annotator,
        now,
        label=answer.label,
        how=how,
        seconds=answer.seconds,
        note=answer.note or None,
        tags="\n".join(answer.tags) or None,
        key=answer.key,
    )


def _check(answer: Answer, state: State, settings: Settings) -> None:
    check_row(answer.row, settings)
    if answer.kind == "label":
        check_class(answer.label, state, settings)
    elif answer.kind not in ("skip", "unsure"):
        raise InputError(f"The kind is {answer.kind!r}; it is 'label', 'skip' or 'unsure'.")
    elif answer.label is not None:
        raise InputError(f"Row {answer.row} has the kind {answer.kind!r} and a label; give one.")
    if answer.channel is not None and answer.channel not in CHANNELS:
        raise InputError(f"The channel is {answer.channel!r}; it is {', '.join(CHANNELS)}.")
    if answer.seconds is not None and not 0 <= answer.seconds <= _LONGEST_DAY:
        raise InputError("The seconds spent on a row lie between 0 and 86,400.")
    for text in (answer.note, *answer.tags):
        check_text(text)
    if any("\n" in tag for tag in answer.tags):  # the log has a line for each tag
        raise InputError("A tag holds a line break; give two tags instead.")


def _check_purpose(answer: Answer, annotator: str, state: State) -> None:
    """See that a second opinion of a row found by search is meant to be one."""
    known = state.rows.get(answer.row)
    if known is None or answer.second or answer.channel != SEARCH or answer.row in state.single:
        return
    if any(opinion.annotator == annotator for opinion in known.opinions):
        return
    said = next((f"{o.annotator}: {o.label}" for o in known.opinions if o.kind == "label"), None)
    if said is not None:
        raise InputError(
            f"Row {answer.row} is labelled ({said}); nothing was recorded. To give one more "
            "opinion of it, send second: true."
        )


def check_row(row: int, settings: Settings) -> None:
    """See that a row is in the data."""
    if not 0 <= row < settings.rows:
        raise InputError(f"Row {row} is not in the data, whose rows are 0 to {settings.rows - 1}.")


def check_class(label: str | None, state: State, settings: Settings) -> None:
    """See that a class is declared, or was under this name before it got another one."""
    if label is None or state.changes.current(label) not in settings.classes:
        declared = list_names(settings.classes)
        if label is None:
            raise InputError(f"An answer has no label; give one of the classes: {declared}.")
        raise InputError(f"Label {label!r} is not among the classes, which are: {declared}.")


def _find_asked(
    before: RowState | None, annotator: str, own: Offer | None, drawn: Offer | None
) -> Provenance:
    """Find how a row came to be asked.

    The first answer to a control draw is one, whoever gives it. After it each answer is as the row
    was offered to its annotator, and a correction as the answer that it replaces.
    """
    is_recorded = before is not None and before.how.channel == CONTROL
    if drawn is not None and not is_recorded:
        return drawn.how
    if own is not None:
        return own.how
    opinions = () if before is None else before.opinions
    corrected = (o.how for o in opinions if o.annotator == annotator and o.how.channel != SETTLE)
    return next(corrected, Provenance())


def _how(answer: Answer, asked: Provenance, *, is_answered: bool) -> Provenance:
    """Find how an answer came about; a control draw stays one, however it gets its first answer."""
    if answer.channel is None:
        return asked
    stays = asked.channel == CONTROL and (answer.channel == SEARCH or not is_answered)
    return asked if stays else replace(asked, channel=answer.channel)
