"""The API key of a service, in the form in which a header can carry it."""

from contract.errors import InvalidRequest

__all__ = ["API_KEY_VARIABLE", "check_api_key"]

API_KEY_VARIABLE = "MUSICENGINE_API_KEY"


def check_api_key(api_key: str) -> str:
    """The key without the line break that files end with; any other would make httpx show it in an error.

    Raises:
        InvalidRequest: No header can carry it.
    """
    key = api_key.strip()
    if not key or not key.isascii() or not key.isprintable():
        raise InvalidRequest(
            f"The API key in {API_KEY_VARIABLE} must be one line of ASCII characters.",
            field="api_key",
            next_step="Copy it again from where it was created.",
        )
    return key
