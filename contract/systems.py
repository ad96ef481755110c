"""The systems of the contract, and which of them an operation belongs to."""

from typing import Any

from contract.hub.about import HUB
from contract.musicengine.about import MUSICENGINE
from contract.operation import Operation
from contract.system import System

__all__ = ["OPERATIONS", "SYSTEMS", "system_of"]

SYSTEMS = (MUSICENGINE, HUB)
"""The first is the one that a document is named after."""

OPERATIONS = tuple(operation for system in SYSTEMS for operation in system.operations)


def system_of(operation: Operation[Any, Any]) -> System:
    """The system that has the operation."""
    return next(system for system in SYSTEMS if system.access is operation.access)
