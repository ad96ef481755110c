"""Devices of the hub: how they are paired, the tokens that they bear, and their end."""
