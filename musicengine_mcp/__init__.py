"""The installed application: this package carries the launcher and, in a wheel, the product's own packages."""

__version__ = "0.1.0"
