"""Regular expressions of JSON Schema that more than one reader needs: documents show them, and people get words."""

__all__ = ["IN_WORDS", "ONE_LINE", "READABLE", "SINCE_1900"]

ONE_LINE = r"^[^\x00-\x1f\x7f]*$"

READABLE = r"^[^\x00-\x1f\x7f-\xa0\xad]*[^\x00-\x20\x7f-\xa0\xad][^\x00-\x1f\x7f-\xa0\xad]*$"
"""As far as JSON Schema can say it: among all of Unicode's scripts more is unreadable than this."""

SINCE_1900 = "^(19|[2-9][0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}$"
"""Of a date."""

IN_WORDS = {ONE_LINE: "no control characters", READABLE: "readable", SINCE_1900: "since 1900"}
"""By expression: what a person reads in its place."""
