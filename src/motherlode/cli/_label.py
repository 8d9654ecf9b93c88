"""``motherlode label``: label in the terminal, with the keys of the page."""

import sys
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from rich.console import Console

from .._inert.description import pluralise
from .._inert.shell_words import as_typed
from ..errors import InputError
from ..project._data.assigned import say_assignment
from ..project._data.folder import Project, open_project
from ..project._data.guidelines import FILE, read_guidelines
from ..project._insight.status import count_known
from ..project._insight.wording import name_rows, word_reason
from ..project._log.events import Event
from ..project._serving.answers import Answer
from ..project._serving.live import Live
from ..project._serving.pausing import find_pause
from ..project._serving.queue import Offer
from ..project._training.supervisor import Supervisor
from . import _label_keys as keys
from ._interrupt import Interrupted
from ._keyboard import Keyboard, open_keyboard
from ._label_view import draw_keys, draw_row
from ._screen import make_console, say
from ._who import find_annotator


def label(folder: Path, who: str | None) -> None:
    """Show row after row and take a key for each, until there is none or the annotator quits."""
    name = find_annotator(who)
    with open_project(folder) as project:
        project.rows.check()
        live = Live(project)
        labelling = Labelling(project, live, name, make_console())
        try:
            with Supervisor(project), open_keyboard(sys.stdin) as keyboard:
                labelling.run(keyboard)
        except KeyboardInterrupt:
            raise Interrupted(labelling.say_saved(folder)) from None
        finally:
            live.close()
    say(make_console(), labelling.say_saved(folder))


@dataclass
class Labelling:
    """One annotator before the terminal.

    Parameters
    ----------
    project : Project
    live : Live
    name : str
        Who answers.
    console : Console
        Where rows are shown.
    saved : int
        Answers that are on the disk, without those taken back.
    drafts : dict of int to Answer
        The note and tags for the next answer to a row, by the row.
    back : int or None
        Which own answer is looked at, counted from the last one; None for the next row.
    """

    project: Project
    live: Live
    name: str
    console: Console
    saved: int = 0
    drafts: dict[int, Answer] = field(default_factory=dict)
    back: int | None = None

    def run(self, keyboard: Keyboard) -> None:
        """Take keys until the annotator quits, or no row is left."""
        classes = keys.assign_keys(self.project.settings.classes)
        draw_keys(keys.explain_keys(classes), self.console)
        goes_on = True
        while goes_on:
            row = self._show()
            if row is None:
                say(self.console, self._say_end())
                goes_on = self._turn_back(keyboard, classes)
            else:
                goes_on = self._take_keys(row, keyboard, classes)

    def _take_keys(self, row: int, keyboard: Keyboard, classes: dict[str, str]) -> bool:
        """Take keys until another row is to be shown; return whether the annotator goes on."""
        shown = time.monotonic()
        while (key := keyboard.key()) != keys.END:
            if (name := classes.get(key.lower())) is not None:
                self._answer(row, "label", name, shown)
                return True
            action = keys.find_action(key, classes)
            if action == keys.QUIT:
                return False
            if action and self._act(action, row, shown, keyboard, classes):
                return True
        return False

    def _turn_back(self, keyboard: Keyboard, classes: dict[str, str]) -> bool:
        """After the last row, let the last answers be looked at or taken back."""
        ways = (keys.UNDO, keys.BACK, keys.QUIT)
        does = keys.explain_keys(classes, ways)
        if not self._history():
            return False
        say(self.console, ", ".join(f"{key}: {what}" for key, what in does) + ".")
        while (key := keyboard.key()) != keys.END:
            action = keys.find_action(key, classes)
            if action == keys.QUIT:
                return False
            if action == keys.UNDO:
                self._undo()
                return True
            if action == keys.BACK and self._look(1):
                return True
        return False

    def _say_end(self) -> str:
        """Say why no row comes."""
        state = self.live.now()
        settings = self.project.settings_at(state)
        pause = find_pause(settings, state)
        if pause is not None:
            return f"{pause}: nobody is given rows. Answers so far are kept."
        if self.name in settings.assigned:
            part = say_assignment(settings.assigned[self.name])
            return f"You are asked about {part}; each is answered, or kept for another annotator."
        return "Every row is answered, or kept for another annotator."

    def say_saved(self, folder: Path) -> str:
        """Say how many answers are saved, and how to go on."""
        return f"{self.count_saved()}; `motherlode label {as_typed(folder)}` goes on from here."

    def count_saved(self) -> str:
        """Say how many answers are saved."""
        return f"{pluralise(self.saved, 'answer is', 'answers are')} saved"

    def _show(self) -> int | None:
        """Show the row to answer, or an earlier one while looking back; return its id."""
        history = [] if self.back is None else self._history()
        if self.back is not None and self.back >= len(history):  # taken back on the page
            self.back = None
        if self.back is not None:
            before = history[self.back]
            place = f"looking back, {self.back + 1} of {len(history)}"
            tags = ", ".join(before.each_tag)
            noted = [before.note and f"note: {before.note}", tags and f"tags: {tags}"]
            said = " · ".join(filter(None, (f"you said {before.label or before.kind}", *noted)))
            self._draw(before.row, place, said)
            return before.row
        leases = self.live.next(self.name)
        if not leases:
            return None
        offer = leases[0].offer
        self._draw(offer.row, self._count(), self._word(offer) or "")
        return offer.row

    def _draw(self, row: int, place: str, below: str) -> None:
        title = f"row {self.project.rows.name(row)} · {place}"
        draw_row(self.project, row, title, below, self.console)

    def _count(self) -> str:
        """Say how far the project and this annotator are."""
        settings = self.project.settings
        kinds, labels = count_known(self.live.now(), settings, self.name)
        said = f"{kinds.get('label', 0):,} of {settings.rows:,} labelled"
        if settings.positive_classes:
            found = sum(labels[name] for name in settings.positive_classes)
            said += f" · {found:,} {settings.positive_name} found"
        return f"{said} · {self.saved:,} saved"

    def _history(self) -> list[Event]:
        return list(self.live.now().history(self.name))

    def _answer(self, row: int, kind: str, name: str | None, shown: float) -> None:
        """Record an answer, in place of the one that is looked at."""
        seconds = round(min(time.monotonic() - shown, 86_400.0), 3)
        answer = replace(self._draft(row), kind=kind, label=name, seconds=seconds)
        # By its row, since the same person may answer on the page meanwhile.
        history = () if self.back is None else self._history()
        before = next((one for one in history if one.row == row), None)
        self.back = None
        if before is None:
            self.live.answer(self.name, [answer])
            self.saved += 1
        else:
            note, tags = answer.note or before.note, answer.tags or before.each_tag
            self.live.exchange(self.name, before.id, replace(answer, note=note, tags=tags))
        self.drafts.pop(row, None)
        say(self.console, f"→ {name or kind}")

    def _draft(self, row: int) -> Answer:
        return self.drafts.get(row, Answer(row))

    def _act(
        self, action: str, row: int, shown: float, keyboard: Keyboard, classes: dict[str, str]
    ) -> bool:
        """Do what a key stands for; return whether another row is to be shown."""
        if action in (keys.BACK, keys.FORWARD):
            return self._look(1 if action == keys.BACK else -1)
        if action in (keys.UNSURE, keys.SKIP):
            self._answer(row, "unsure" if action == keys.UNSURE else "skip", None, shown)
            return True
        if action == keys.UNDO:
            self._undo()
            return True
        if action == keys.HELP:
            draw_keys(keys.explain_keys(classes), self.console)
        elif action in (keys.NOTE, keys.TAGS):
            self._write(action, row, keyboard)
        else:
            say(self.console, self._why(row) if action == keys.WHY else self._guidelines())
        return False

    def _write(self, action: str, row: int, keyboard: Keyboard) -> None:
        """Take a note, or tags, for the next answer to a row."""
        draft = self._draft(row)
        if action == keys.NOTE:
            self.drafts[row] = replace(draft, note=keyboard.line("Note: ") or None)
            return
        words = [tag.strip()[:100] for tag in keyboard.line("Tags, with commas: ").split(",")]
        self.drafts[row] = replace(draft, tags=tuple(dict.fromkeys(filter(None, words)))[:20])

    def _look(self, by: int) -> bool:
        """Look at an earlier answer, or come forward again."""
        to = by - 1 if self.back is None else self.back + by
        if to >= len(self._history()):
            say(self.console, "This is your first answer.")
            return False
        if to < 0 and self.back is None:
            say(self.console, "This is the newest row.")
            return False
        self.back = None if to < 0 else to
        return True

    def _undo(self) -> None:
        if self.back is not None:
            self.back = None
            return
        try:
            event = self.live.undo(self.name)
        except InputError as problem:
            say(self.console, str(problem))
            return
        self.saved -= 1
        self.drafts[event.row] = Answer(event.row, note=event.note, tags=event.each_tag)
        row = self.project.rows.name(event.row)
        say(self.console, f"Took back {event.label or event.kind!r} of row {row}.")

    def _guidelines(self) -> str:
        try:
            text = read_guidelines(self.project)
        except InputError as problem:
            return str(problem)
        return (text or "").strip() or (
            f"There are no guidelines; write some on the page, or into {FILE} in the project's "
            "folder."
        )

    def _why(self, row: int) -> str:
        leases = [one for one in self.live.next(self.name) if one.offer.row == row]
        if self.back is not None or not leases:
            return "You answered this row before."
        offer = leases[0].offer
        measure = name_rows(offer.reason or "", self.project.rows.name)
        word = self._word(offer) or "No reason is kept"
        return f"{word}." + (f" Details: {measure}" if measure.lower() not in word.lower() else "")

    def _word(self, offer: Offer) -> str | None:
        name, positive = self.project.rows.name, self.project.settings.positive_name
        return word_reason(offer.reason, name, positive)
