"""Sources that say more of a track than its file does."""
