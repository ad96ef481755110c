"""Scans: what is in the folders, against what the index says, file by file."""
