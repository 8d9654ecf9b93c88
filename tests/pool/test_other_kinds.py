"""The encoder reads what pandas makes of the file that it was fitted on."""

import numpy as np
import pandas as pd
import pytest

from motherlode import Pool
from motherlode._files.reading import read_table
from motherlode.errors import InputError

CODES = ("007", "012", "300")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("kinds") / "rows.csv"
    lines = ["booked,seen,zip,level,amount,flag"]
    for i in range(120):
        booked = f"{i % 28 + 1:02d}.{i % 12 + 1:02d}.2026"
        seen = "" if i == 5 else f"2026-{i % 12 + 1:02d}-{i % 28 + 1:02d} 10:{i % 60:02d}:00"
        level = ("None", "High", "Low")[i % 3]
        flag = ("true", "false", "")[i % 3]
        lines.append(f'{booked},{seen},{CODES[i % 3]},{level},"{1 + i % 40},{i:03d}.50",{flag}')
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_frame_of_pandas_gives_the_features_of_the_file(file):
    pool, frame = Pool(read_table(file)), pd.read_csv(file)
    kinds = pool.transformer.kinds_of_columns()
    assert kinds == {"booked": "date", "seen": "date", "zip": "category", "level": "category",
                     "amount": "number", "flag": "number"}  # fmt: skip
    assert frame["zip"].dtype == np.int64
    assert frame["level"].isna().sum() == 40
    np.testing.assert_array_equal(pool.transformer.transform(frame), pool.features)
    # also a row at a time, which says less of what its columns are
    one = pd.concat([frame.iloc[[i]] for i in (0, 12, 40)])
    np.testing.assert_array_equal(pool.transformer.transform(one), pool.features[[0, 12, 40]])


def test_a_date_that_may_be_two_days_is_refused_and_one_beside_it_decides(file):
    pool, frame = Pool(read_table(file)), pd.read_csv(file)
    with pytest.raises(InputError, match=r"day or month may stand first.*pandas\.to_datetime"):
        pool.transformer.transform(frame.assign(booked="03/04/2026"))
    both = frame.iloc[:2].assign(booked=["03/04/2026", "25/04/2026"])
    days = frame.iloc[:2].assign(booked=["2026-04-03", "2026-04-25"])
    np.testing.assert_array_equal(*map(pool.transformer.transform, (both, days)))


def test_words_where_numbers_or_dates_were_are_refused(file):
    pool, frame = Pool(read_table(file)), pd.read_csv(file)
    for name, held in (("booked", "dates"), ("amount", "numbers"), ("flag", "numbers")):
        with pytest.raises(InputError, match=f"'{name}' holds strings here.*held {held}"):
            pool.transformer.transform(frame.assign(**{name: "soon"}))


def test_a_number_that_two_codes_are_read_as_is_refused():
    pool = Pool(pd.DataFrame({"code": ["7", "07", "x"] * 9}))
    with pytest.raises(InputError, match=r"'07' and '7'.*dtype=str"):
        pool.transformer.transform(pd.DataFrame({"code": [7]}))
    assert pool.transformer.transform(pd.DataFrame({"code": [8.0, 2.5]})).sum() == 0


TEXTS = [f"{word} came {i} times" for i, word in enumerate(["ships", "gold", "rain"] * 20)]


def test_a_frame_where_texts_are_wanted_is_refused_and_its_column_is_read():
    words = Pool(TEXTS).transformer
    frame = pd.DataFrame({"id": range(60), "body": TEXTS})
    for given in (frame, frame[["body"]], frame.to_numpy(), frame[["body"]].to_numpy()):
        with pytest.raises(InputError, match="one a row"):
            words.transform(given)
    with pytest.raises(InputError, match="such as 'id', 'body'; give the one"):
        words.fit_transform(frame)
    assert (words.transform(frame["body"]) != words.transform(TEXTS)).nnz == 0


def test_a_missing_text_is_an_empty_one():
    words = Pool(TEXTS).transformer
    gaps = pd.Series(["gold came", None, np.nan, pd.NA, pd.NaT])
    assert words.transform(gaps).getnnz(axis=1).tolist()[1:] == [0, 0, 0, 0]
