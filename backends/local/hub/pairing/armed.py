"""The pairing code that this process has armed: nobody else can show it, since only a hash of it is stored."""

from dataclasses import dataclass, field

__all__ = ["Armed"]


@dataclass
class Armed:
    """What is needed to show the code again.

    Attributes:
        code: The code, or None if this process has armed none that could still be good.
        salt: Of its hash, by which it is told from a code that another process has armed since.
    """

    code: str | None = field(default=None, repr=False)
    salt: bytes = b""

    def keep(self, code: str, salt: bytes) -> None:
        """Remember a code that was armed just now."""
        self.code, self.salt = code, salt

    def forget(self) -> None:
        """Forget the code."""
        self.code, self.salt = None, b""
