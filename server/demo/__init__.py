"""A small fictional label, as the files a real one has, and what its manager would ask."""
