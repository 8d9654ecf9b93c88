"""Sentences of stopping rules speak of what is looked for by its name."""

import pytest

from motherlode.estimation._naming import name_positives
from motherlode.session import Session
from motherlode.stopping import named
from motherlode.stopping._forecast import forecast
from motherlode.stopping._registry import NAMES

SESSIONS = [
    Session(300, [False] * 20),
    Session(300, [True] + [False] * 20),
    Session(300, [True] * 30 + [False] * 200),
]


@pytest.mark.parametrize("name", ["rows of late fees", "urgent mails"])
@pytest.mark.parametrize("rule", NAMES)
def test_no_sentence_of_a_rule_says_positive(rule, name):
    asked = named("budget:500" if rule == "budget" else rule)
    sentences = [name_positives(one, name) for one in (asked.promises, asked.assumes)]
    for session in SESSIONS:
        sentences += forecast(session, [asked], name=name).lines()
    assert not [sentence for sentence in sentences if "positive" in sentence.lower()]
