"""What a client shows to a service, and how it comes by another when that is no longer good."""

from typing import Protocol

from backends.remote.service import Service
from contract.errors import InvalidRequest

__all__ = ["Credential", "FixedSecret", "Nobody", "check_secret"]


class Credential(Protocol):
    """A bearer token that may change."""

    async def token(self) -> str:
        """The one to show now.

        Raises:
            ContractError: There is none, and none can be had.
        """
        ...

    async def renewed(self, refused: str) -> bool:
        """Whether there is another in the place of one that was refused, so that another try may fare better."""
        ...


class FixedSecret:
    """An API key, or a token of a setting: there is no other."""

    def __init__(self, secret: str, service: Service) -> None:
        """Take it as it stands in a setting.

        Raises:
            InvalidRequest: No header can carry it.
        """
        self._secret = check_secret(secret, service)

    async def token(self) -> str:
        """The secret."""
        return self._secret

    async def renewed(self, refused: str) -> bool:  # noqa: ARG002  (there is but one)
        """Never."""
        return False


class Nobody:
    """For what anybody may ask."""

    async def token(self) -> str:
        """None: nothing is shown."""
        return ""

    async def renewed(self, refused: str) -> bool:  # noqa: ARG002  (there is none)
        """Never."""
        return False


def check_secret(secret: str, service: Service) -> str:
    """The secret without the line break that files end with; any other would make httpx show it in an error.

    Raises:
        InvalidRequest: No header can carry it.
    """
    bare = secret.strip()
    if not bare or not bare.isascii() or not bare.isprintable():
        raise InvalidRequest(
            f"The {service.secret} in {service.credential} must be one line of ASCII characters.",
            field=service.field,
            next_step=service.origin,
        )
    return bare
