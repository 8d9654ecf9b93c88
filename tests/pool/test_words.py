"""What texts are read by."""

import pytest

from motherlode.pool._words import vectoriser_for

ROCKS = ("quartz", "granite", "basalt")
SHORT = [f"drill {i} met a gold vein in {ROCKS[i % 3]}" for i in range(60)]
LONG = [f"{text} " * 12 for text in SHORT]


def terms(texts, n=None, **settings):
    return set(vectoriser_for(texts, n or len(texts), **settings).fit(texts).vocabulary_)


def test_long_texts_are_read_by_pairs_of_words_too():
    found = terms(LONG)
    assert {"granite", "in granite", "granite drill"} <= found
    assert not {"gold vein", "drill 17"} & found, "in every text, and in a single one"


@pytest.mark.parametrize(
    ("texts", "n"), [(SHORT, 60), (LONG, 20_000_000 // len(LONG[0]) + 60)], ids=["short", "many"]
)
def test_short_texts_and_very_many_are_read_by_words_seen_twice(texts, n):
    assert terms(texts, n) == set(ROCKS)


def test_columns_of_a_table_are_read_by_words():
    assert not [term for term in terms(LONG, max_features=30, max_df=1.0) if " " in term]


def test_few_texts_are_read_by_words():
    assert terms(["gold vein " * 90, "clay " * 90]) == {"gold", "vein", "clay"}
