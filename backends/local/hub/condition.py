"""Whether the hub's databases can be used, as far as this process knows."""

from dataclasses import dataclass

from contract.errors import ContractError
from contract.hub.errors import DatabaseUnavailable
from contract.hub.service import Status

__all__ = ["Condition"]


@dataclass
class Condition:
    """How the databases are.

    Attributes:
        status: Healthy until something else is known.
        reason: A sentence for people that says what is wrong, or None.
    """

    status: Status = "healthy"
    reason: str | None = None

    def unavailable(self) -> ContractError:
        """The error of whatever needs the databases while they are not healthy."""
        return DatabaseUnavailable(self.reason)
