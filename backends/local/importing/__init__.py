"""Bring a label's real files into the database: one transaction a file, all of it or nothing."""
