"""The Music Hub on this machine: a library of audio files, and what its owner does with it.

Two databases: `hub.db` holds what people made (playlists, plays, overrides, the session); `hub-index.db` holds what
a scan of the files and `hub.db` together give, and can be built again from them.
"""
