"""The reference's map of what is published and what is not yet. Published routes follow from the operations."""

from contract.operation import Area
from contract.system import SurfaceArea

__all__ = ["AREAS"]

AREAS = (
    SurfaceArea(
        area=Area.CATALOGUE,
        title="Catalogue and dashboard",
        standing="Best fit for API keys today",
        description=(
            "Read-heavy surface for the analytics dashboard: overview stats, track exports, track metadata, and "
            "historical stream rows."
        ),
        boundary=(
            "This is intentionally output-focused. It is the cleanest public API surface today, even if it is the "
            "lowest-control part of the product."
        ),
    ),
    SurfaceArea(
        area=Area.DATABASE,
        title="Database and Baserow workspace",
        standing="Powerful in product, not published as generic API yet",
        description=(
            "Users work inside an embedded Baserow workspace for tables, fields, attachments, templates, and "
            "workflow automations."
        ),
        boundary=(
            "If an agent needs full database manipulation today, it has to act through the signed-in web app or "
            "Baserow itself rather than the public developer API."
        ),
        product_can=(
            "Open the user workspace inside embedded Baserow via SSO.",
            "Work directly with rows, fields, views, and attachments in the Baserow UI.",
            "Add templates, configure webhooks, and trigger inspiration downloads.",
        ),
        internal_routes=(
            "/api/baserow/workspace-url",
            "/api/baserow/add-templates",
            "/api/baserow/setup-webhook",
            "/api/baserow/trigger-inspiration-download",
        ),
    ),
    SurfaceArea(
        area=Area.DISTRIBUTION,
        title="Distribution management",
        standing="Most operationally rich surface, still mostly internal",
        description=(
            "The website already supports release creation, metadata updates, profile and account linking, and "
            "upload session launch."
        ),
        boundary=(
            "The public API does not yet expose release CRUD or upload-start endpoints, even though the signed-in "
            "product already uses them internally."
        ),
        product_can=(
            "Create releases and track rows.",
            "Assign releases to distributor accounts and accounts to browser profiles.",
            "Update release and track metadata before upload.",
            "Start interactive browser sessions and launch upload automation.",
        ),
        internal_routes=(
            "/api/distribution/releases",
            "/api/distribution/update-metadata",
            "/api/distribution/assign-account",
            "/api/distribution/assign-release",
            "/api/distribution/releases-by-account",
            "/api/distributor-sessions/start",
            "/api/distributor-sessions/start-upload",
        ),
    ),
)
