"""Audio files read: what is in their tags, in one form for all formats. Nothing here knows of databases.

Processes that read import this package and little else, so that they start fast and stay small.
"""
