"""Backups of the hub's databases, and new databases made of damaged ones. Nothing is deleted by it."""
