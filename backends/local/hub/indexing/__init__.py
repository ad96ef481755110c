"""The index written: what a scan found, under what `hub.db` says of it, as rows that lists and searches read."""
