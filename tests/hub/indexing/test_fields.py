"""The fields that can be overridden, and the values that each takes."""

import pytest
from pydantic import ValidationError

from contract.hub.fields import MetadataField, MetadataValues


def test_each_field_has_its_values_and_no_other_has():
    assert list(MetadataValues.model_fields) == list(MetadataField)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "T.N.T."),
        ("artists", ["Queen", "David Bowie"]),
        ("disc", 0),
        ("track", 9999),
        ("releaseDate", "1969"),
        ("releaseDate", "1969-09"),
        ("originalDate", "1969-09-26"),
        ("isrc", "GBUM71029604"),
        ("compilation", True),
        ("album", None),
    ],
)
def test_a_value_that_fits_is_taken(field, value):
    assert MetadataValues.model_validate({field: value}).model_dump(exclude_unset=True) == {field: value}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "  "),
        ("title", "A" * 1001),
        ("artists", []),
        ("genres", ["Rock"] * 51),
        ("track", -1),
        ("disc", 10_000),
        ("releaseDate", "69"),
        ("releaseDate", "1969-13"),
        ("releaseDate", "1969-02-30"),
        ("originalDate", "0000"),
        ("isrc", "nonsense"),
        ("composer", "Bach"),
    ],
)
def test_a_value_that_does_not_fit_is_refused(field, value):
    with pytest.raises(ValidationError) as refused:
        MetadataValues.model_validate({field: value})
    assert refused.value.errors()[0]["loc"][0] == field
