"""What Schemathesis has to be told besides the OpenAPI document: SCHEMATHESIS_HOOKS names this module."""

import itertools
import os
import re
from pathlib import Path
from typing import Any

import schemathesis

from contract.musicengine.profiles import MAX_COOKIES_PER_DOMAIN
from tests.conformance.data import forget_calls

__all__ = ["DATA_DIR", "forget_calls_now_and_then", "is_what_words_allow", "of_many_domains"]

DATA_DIR = "CONFORMANCE_DATA_DIR"
"""The variable that names the server's data folder."""

_CALLS_BETWEEN = 20

_NAMED = {"domain", "name", "value"}

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")

_calls = itertools.count()


@schemathesis.hook("before_call")
def forget_calls_now_and_then(_context: Any, _case: Any, _kwargs: dict[str, Any]) -> None:
    """Keep clear of the limits: 30 calls without a good key, and the server looks at no key of this address."""
    if next(_calls) % _CALLS_BETWEEN == 0:
        forget_calls(Path(os.environ[DATA_DIR]))


@schemathesis.hook("filter_case")
def is_what_words_allow(_context: Any, case: Any) -> bool:
    """Leave out what the document forbids in words, since JSON Schema can't: control characters deep in a cookie.

    A schema that says it of fields in fields would have to refer to itself, which generators of clients can't read.
    """
    return all(
        _is_one_line([value for name, value in cookie.items() if name not in _NAMED]) for cookie in _cookies(case)
    )


@schemathesis.hook("map_case")
def of_many_domains(_context: Any, case: Any) -> Any:
    """Spread a large jar over domains, as a browser's is; how many one domain may have JSON Schema can't say either."""
    cookies = _cookies(case)
    if len(cookies) > MAX_COOKIES_PER_DOMAIN and all(isinstance(cookie.get("domain"), str) for cookie in cookies):
        spread = [{**cookie, "domain": f"{number}{cookie['domain']}"} for number, cookie in enumerate(cookies)]
        case.body = {**case.body, "cookies": spread}
    return case


def _cookies(case: Any) -> list[dict[str, Any]]:
    cookies = case.body.get("cookies") if isinstance(case.body, dict) else None
    return [cookie for cookie in cookies if isinstance(cookie, dict)] if isinstance(cookies, list) else []


def _is_one_line(value: Any) -> bool:
    """Whether no text in the value, however deep, holds a control character."""
    if isinstance(value, dict):
        return all(_is_one_line(part) for item in value.items() for part in item)
    if isinstance(value, list):
        return all(_is_one_line(item) for item in value)
    return not isinstance(value, str) or not _CONTROL.search(value)
