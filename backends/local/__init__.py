"""MusicEngine on this machine: one SQLite file in the user's data folder."""
