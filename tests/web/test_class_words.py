"""Rules of stopping speak of the class by its name, on the page."""

import pytest

from motherlode.session import Session
from motherlode.stopping import named
from motherlode.stopping._registry import NAMES
from motherlode.web._class_words import name_class

SESSIONS = [
    Session(300, [False] * 20),
    Session(300, [True] + [False] * 20),
    Session(300, [True] * 30 + [False] * 200),
]


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_of_a_rule_says_positive(name):
    rule = named("budget:500" if name == "budget" else name)
    sentences = [rule.promises, rule.assumes]
    for session in SESSIONS:
        advice = rule.advise(session)
        sentences += [advice.why, advice.needs]
    said = [name_class(sentence, "late fees") for sentence in sentences]
    assert not [sentence for sentence in said if "positive" in sentence.lower()]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("1 positive is found.", "1 row of a\\1 is found."),
        ("Of 3 none is positive.", "Of 3 none is of a\\1."),
        ("A positive; label more.", "A row of a\\1; label more."),
        ("It calls no row positive.", "It calls no row a\\1."),
    ],
)
def test_the_name_stands_where_a_positive_stood(sentence, expected):
    assert name_class(sentence, r"a\1") == expected
