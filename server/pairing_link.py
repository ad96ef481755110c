"""The link that a QR code holds: the hub's player, with the pairing code behind a `#`."""

__all__ = ["PLAYER_READS", "pairing_link"]

PLAYER_READS = "pair"
"""The name under which the player looks for a code in its fragment."""


def pairing_link(address: str, code: str | None) -> str:
    """The player at the base address. Browsers keep a fragment to themselves, so that no log holds the code."""
    player = f"{address.rstrip('/')}/"
    return player if code is None else f"{player}#{PLAYER_READS}={code}"
