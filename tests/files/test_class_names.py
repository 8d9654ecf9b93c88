import pyarrow as pa
import pytest

from motherlode._files.class_names import ClassNames
from motherlode.errors import InputError


@pytest.mark.parametrize(
    ("classes", "label", "found"),
    [
        (["false", "true"], "TRUE", "true"),
        (["false", "true"], True, "true"),
        (["0", "1"], "01", "1"),
        (["0", "1"], "1.0", "1"),
        (["0", "1"], 1.0, "1"),
        (["0", "1"], "-0", "0"),
        (["-1", "+1"], "+1", "+1"),
        (["-1", "+1"], "1", "+1"),
        (["-1", "+1"], "\u22121", "-1"),
        (["1", "2"], 2.0, "2"),
        (["01", "1"], "1", "1"),
        (["01", "1"], "01", "01"),
        (["NA", "EU"], "NA", "NA"),
        (["null", "other"], "null", "null"),
        (["Yes", "No"], " yes ", "Yes"),
        (["12345678901234567890", "12345678901234567891"], "12345678901234567891.0",
         "12345678901234567891"),
        (["no", "yes"], "", None),
        (["no", "yes"], None, None),
        (["no", "yes"], float("nan"), None),
        (["no", "yes"], "NA", None),
    ],
)  # fmt: skip
def test_a_label_is_found_by_how_it_is_written(classes, label, found):
    assert ClassNames(classes).find(label) == found


@pytest.mark.parametrize(
    ("classes", "label", "hint"),
    [
        (["no", "yes"], "yess", "did you mean 'yes'?"),
        (["01", "1"], "1.0", "the classes, which are: 01, 1"),
        (["true", "TRUE"], "True", "did you mean"),
        (["0", "1"], "true", "which are: 0, 1; declare it too, or clear its cells."),
        (["no", "yes"], "-99", "which are: no, yes; declare it too"),
    ],
)
def test_a_label_that_is_no_class_is_one_sentence(classes, label, hint):
    with pytest.raises(InputError) as caught:
        ClassNames(classes).find(label)
    assert hint in str(caught.value)


def test_codes_for_a_missing_label_may_be_named_but_classes_win():
    assert ClassNames(["no", "yes"], {"-99"}).find("-99") is None
    assert ClassNames(["no", "-99"], {"-99"}).find("-99") == "-99"


@pytest.mark.parametrize(
    ("column", "all_in"),
    [
        (["no", "", "yes"], True),
        ([None, "YES"], True),
        (["no", "maybe"], False),
        (["", None], False),
        ([1.0, None, 0.0], False),
        ([["no"]], False),
        ([b"no"], False),
    ],
)
def test_a_column_of_classes_and_gaps_is_known(column, all_in):
    assert ClassNames(["no", "yes"]).are_all_in(pa.chunked_array([column])) == all_in
