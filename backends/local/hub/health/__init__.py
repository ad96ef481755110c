"""Whether the hub's databases are what was written into them."""

from backends.local.damage import Problem
from backends.local.hub.health.checking import check_catalogue_database, check_index_database, check_user_database
from backends.local.hub.health.state import Health, check_health
from backends.local.hub.health.watching import watch_health

__all__ = [
    "Health",
    "Problem",
    "check_catalogue_database",
    "check_health",
    "check_index_database",
    "check_user_database",
    "watch_health",
]
