"""The Music Hub: a library of audio files, its playlists, and one playback session.

Its operations are in `contract.hub.operations`: what is here is imported with the errors, and must import none of them.
"""

__all__ = ["BASE_URL", "DEV_URL"]

BASE_URL = "http://localhost:38472"
"""Where the desktop hub answers."""

DEV_URL = "http://localhost:38473"
"""Where a hub under development answers."""
