"""What is wrong with a request is said in plain words, whatever is wrong."""

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from motherlode.web._problems import describe_form


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid")
    n: int = Field(1, ge=1, le=50)
    share: float = Field(0.5, gt=0, lt=1)
    name: str = Field("x", min_length=1, max_length=3)
    kind: str = Field("csv", pattern="^(csv|tsv)$")
    some: list[int] = Field([1], min_length=1, max_length=2)
    inner: dict[str, "Form"] = {}
    yes: bool = True


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"n": 0}, "'n' should be at least 1."),
        ({"n": 51}, "'n' should be at most 50."),
        ({"n": "x"}, "'n' should be a whole number."),
        ({"n": 1.5}, "'n' should be a whole number."),
        ({"share": 0}, "'share' should be above 0.0."),
        ({"share": 1}, "'share' should be below 1.0."),
        ({"share": "x"}, "'share' should be a number."),
        ({"name": 3}, "'name' should be a text."),
        ({"name": ""}, "'name' should be of a length of at least 1."),
        ({"name": "long"}, "'name' should be of a length of at most 3."),
        ({"kind": "docx"}, "'kind' should be one of csv, tsv."),
        ({"some": []}, "'some' should be a list of at least 1."),
        ({"some": [1, 2, 3]}, "'some' should be a list of at most 2."),
        ({"some": ["x"]}, "'some[0]' should be a whole number."),
        ({"some": 3}, "'some' should be a list, as in [...]."),
        ({"inner": {"a": {"n": "x"}}}, "'inner.a.n' should be a whole number."),
        ({"inner": 3}, "'inner' should be an object, as in {...}."),
        ({"inner": {"a": 3}}, "'inner.a' should be an object, as in {...}."),
        ({"yes": "perhaps"}, "'yes' should be true or false."),
        ({"m": 1}, "The request has 'm', which is unknown here; it may be mistyped."),
        ([], "The request should be an object, as in {...}."),
    ],
)
def test_each_kind_of_error_is_a_plain_sentence(sent, said):
    with pytest.raises(ValidationError) as problem:
        Form.model_validate(sent)
    assert describe_form(problem.value.errors()[0]) == said
