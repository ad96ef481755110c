"""The hub's tools, carried out: one file for each thing that people do with a library."""
