"""Players of this program's own: devices of the hub's one playback session, beside the web player."""
