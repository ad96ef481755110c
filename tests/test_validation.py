"""What a caller sends becomes a model, or one error that says what is accepted and repeats nothing."""

from enum import StrEnum
from typing import Annotated, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field
from typing_extensions import TypedDict

from contract.errors import ContractDrift, InvalidRequest
from contract.identifiers import IsoDate, Isrc
from contract.musicengine.catalogue import GetTrack, ListTracks
from contract.musicengine.tools import TOOLS
from contract.systems import OPERATIONS
from contract.validation import check_answer, validate


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid")

    size: int


class Everything(BaseModel):
    """A field for each kind of wrongness."""

    model_config = ConfigDict(extra="forbid")

    whole: int = 0
    bounded: Annotated[int, Field(ge=1, le=9)] = 1
    at_least: Annotated[int, Field(ge=3)] = 3
    at_most: Annotated[int, Field(le=3)] = 3
    number: float = 0
    flag: bool = False
    text: Annotated[str, Field(min_length=2, max_length=4)] = "ab"
    choice: Literal["one", "two"] = "one"
    colour: Colour = Colour.RED
    items: Annotated[list[int], Field(min_length=1, max_length=2)] = [1]
    members: dict[str, int] = {}
    inner: Inner | None = None
    day: IsoDate = "2026-03-08"
    isrc: Isrc = "USXXX1234567"


SAYS = [
    ("whole", "x", "whole must be a whole number."),
    ("whole", 1.5, "whole must be a whole number."),
    ("whole", None, "whole must be a whole number."),
    ("whole", "9" * 5000, "whole must be a whole number of a sensible size."),
    ("bounded", 0, "bounded must be a whole number from 1 to 9."),
    ("bounded", 10, "bounded must be a whole number from 1 to 9."),
    ("bounded", "x", "bounded must be a whole number from 1 to 9."),
    ("at_least", 2, "at_least must be 3 or more."),
    ("at_most", 4, "at_most must be 3 or less."),
    ("number", "x", "number must be a number."),
    ("number", [], "number must be a number."),
    ("flag", "perhaps", "flag must be true or false."),
    ("flag", [], "flag must be true or false."),
    ("text", 7, "text must be text."),
    ("text", "a", "text must have at least 2 character(s)."),
    ("text", "abcde", "text must have at most 4 characters."),
    ("text", "a\ud800", "text must be text in valid Unicode."),
    ("choice", "three", "choice must be 'one' or 'two'."),
    ("colour", "green", "colour must be 'red' or 'blue'."),
    ("items", 7, "items must be a list."),
    ("items", [], "items must have at least 1 item(s)."),
    ("items", [1, 2, 3], "items must have at most 2 items."),
    ("items", [1, "x"], "items.1 must be a whole number."),
    ("members", [], "members must be an object."),
    ("inner", 7, "inner must be an object."),
    ("inner", {}, "inner.size is required."),
    ("inner", {"size": 1, "more": 2}, "inner.more is not known."),
    ("day", "2026-13-01", "day must be a day of the calendar as YYYY-MM-DD, such as 2026-03-08."),
    ("day", "8.3.2026", "day must be a date as YYYY-MM-DD, such as 2026-03-08."),
    ("day", "0999-01-01", "day must be a day since 1900 as YYYY-MM-DD, such as 2026-03-08."),
    ("isrc", "x", "isrc must be an ISRC: 2 letters, 3 letters or digits, 7 digits, such as USXXX1234567."),
    ("isrc", 7, "isrc must be text."),
]


def refusal(model, data) -> InvalidRequest:
    with pytest.raises(InvalidRequest) as caught:
        validate(model, data)
    return caught.value


@pytest.mark.parametrize(("field", "value", "sentence"), SAYS)
def test_each_kind_of_wrongness_has_a_sentence_that_names_the_field(field, value, sentence):
    error = refusal(Everything, {field: value})
    assert error.message == sentence
    assert error.field == sentence.split()[0]


def test_what_is_right_becomes_the_model_with_its_defaults():
    assert validate(ListTracks, {"limit": "7"}) == ListTracks(limit=7, offset=0)


def test_what_is_required_is_named():
    assert refusal(GetTrack, {}).message == "isrc is required."


def test_an_unknown_argument_is_not_named_but_the_known_ones_are():
    error = refusal(ListTracks, {"CANARY": 1})
    assert error.message == "An argument is not known."
    assert error.next_step == "Accepted arguments: limit, offset."
    assert error.field is None


def test_where_nothing_is_accepted_it_says_so():
    class Nothing(BaseModel):
        model_config = ConfigDict(extra="forbid")

    assert refusal(Nothing, {"x": 1}).next_step == "Accepted arguments: none."


@pytest.mark.parametrize("data", [[], "CANARY", 7, None])
def test_a_request_that_is_no_object_is_refused(data):
    assert refusal(ListTracks, data).message == "The request must be an object."


def test_the_first_wrong_field_in_the_models_order_is_named():
    assert refusal(Everything, {"flag": "x", "whole": "x"}).field == "whole"


def test_an_error_has_no_cause_that_shows_the_input():
    error = refusal(ListTracks, {"limit": "CANARY"})
    assert error.__cause__ is None
    assert error.__context__ is None


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
MODELS = [operation.request for operation in OPERATIONS] + [tool.arguments for tool in TOOLS]


def outcome(model, data) -> InvalidRequest | None:
    """The error that the data meet, if any; what is no error must have become the model."""
    try:
        assert isinstance(validate(model, data), model)
    except InvalidRequest as error:
        return error
    return None


@settings(deadline=None)  # a model is built when it is first used
@given(model=st.sampled_from(MODELS), data=st.data())
def test_anything_at_all_is_a_model_or_one_sentence(model, data):
    names = st.sampled_from([*model.model_fields, "surprise"])
    error = outcome(model, data.draw(st.dictionaries(names, JSON, max_size=4)))
    if error is not None:
        assert error.message.endswith(".")
        assert "is not as the contract says" not in error.message, "each kind of wrongness has a sentence"
        assert "pydantic" not in error.sentence


@settings(deadline=None)
@given(model=st.sampled_from(MODELS), data=st.data())
def test_no_value_is_ever_repeated(model, data):
    name = data.draw(st.sampled_from([*model.model_fields, "surprise"]))
    shape = data.draw(st.sampled_from(["{}", "2026-13-{}", "US-{}", "spotify:track:{}", "{}" * 100]))
    error = outcome(model, {name: shape.replace("{}", "CANARY")})
    assert error is None or "CANARY" not in repr(error.body()) + error.sentence


class Row(TypedDict):
    title: str
    count: int


class Rows(BaseModel):
    data: list[Row]


def test_an_answer_that_is_as_the_contract_says_becomes_the_model():
    assert check_answer(Rows, {"data": [{"title": "T", "count": 1}]}).data == [{"title": "T", "count": 1}]


@pytest.mark.parametrize(
    ("answer", "field"),
    [
        ({"data": [{"title": "T", "count": 1}, {"title": "T"}]}, "data.1.count"),
        ({"data": [{"title": 7, "count": 1}]}, "data.0.title"),
        ({}, "data"),
        ("CANARY", "answer"),
        (None, "answer"),
    ],
)
def test_an_answer_that_is_not_is_drift_that_names_the_member(answer, field):
    with pytest.raises(ContractDrift) as caught:
        check_answer(Rows, answer)
    assert caught.value.field == field
    assert f": {field} " in caught.value.message
    assert "CANARY" not in caught.value.message
