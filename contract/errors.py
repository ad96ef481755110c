"""The error family: one code, one status and one JSON body each. The hub's own are in `contract.hub.errors`.

    ContractError
    ├── InvalidRequest           400  a parameter or the body is not as the contract says
    ├── Unauthorized             401  no API key, or one that is not known
    │   ├── KeyRevoked           401  a key that was revoked
    │   └── KeyExpired           401  a key that was rotated out and whose overlap has ended
    ├── Forbidden                403  the workspace has no access to this surface
    │   └── EncryptionNotConfigured   cookies cannot be stored: no encryption key
    ├── NotFound                 404  nothing of that name in this workspace, or no such route
    │   └── TrackNotFound
    ├── MethodNotAllowed         405  the route has no such method
    ├── RequestTimeout           408  the body took too long to arrive
    ├── PayloadTooLarge          413  the body is larger than any the contract takes
    ├── UnsupportedMediaType     415  the body is not declared to be JSON
    ├── IdempotencyKeyReused     422  the Idempotency-Key came with another request before
    ├── RateLimited              429
    └── InternalError            500  the service failed
        ├── NotPublished              the remote service publishes no route for this operation
        ├── ContractDrift             an answer that is not as the contract says
        ├── ServiceUnreachable        the remote service did not answer
        ├── DecryptionFailed          stored cookies, or the key to them, are not what was written
        └── StorageError              the local database cannot be used
            ├── StorageBusy      503  another process holds it
            ├── StorageFull           the disk is full, or a write failed
            ├── StorageReadOnly       the data folder cannot be written to
            ├── StorageCorrupt        the file is damaged, or not a database
            └── StorageTooNew         a newer version of this program wrote it

A message never repeats what the caller sent: it may be a secret, or text made to be obeyed.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, Field

__all__ = [
    "OFF_ROUTE",
    "ContractDrift",
    "ContractError",
    "DecryptionFailed",
    "EncryptionNotConfigured",
    "ErrorBody",
    "ErrorDetail",
    "Forbidden",
    "IdempotencyKeyReused",
    "InternalError",
    "InvalidRequest",
    "KeyExpired",
    "KeyRevoked",
    "MethodNotAllowed",
    "NotFound",
    "NotPublished",
    "PayloadTooLarge",
    "RateLimited",
    "RequestTimeout",
    "ServiceUnreachable",
    "StorageBusy",
    "StorageCorrupt",
    "StorageError",
    "StorageFull",
    "StorageReadOnly",
    "StorageTooNew",
    "TrackNotFound",
    "Unauthorized",
    "UnsupportedMediaType",
    "family",
]


class ErrorDetail(BaseModel):
    """What went wrong and what to do about it."""

    code: str = Field(description="Stable name of the error, for programs.")
    message: str = Field(description="What was wrong and what is accepted, for people.")
    field: str | None = Field(default=None, description="The parameter or body member at fault, if there is one.")
    next_step: str | None = Field(default=None, description="What to do next, if anything helps.")


class ErrorBody(BaseModel):
    """The one JSON body of every error."""

    error: ErrorDetail


class ContractError(Exception):
    """An error that the contract names; its text is safe to show to anybody.

    Attributes:
        body_model: The form of its JSON body.
        code: Stable name, for programs.
        status: HTTP status.
        message: What was wrong and what is accepted.
        field: The parameter or body member at fault, or None.
        next_step: What to do next, or None.
        headers: HTTP headers that belong to this very error.
    """

    body_model: ClassVar[type[ErrorBody]] = ErrorBody
    code: ClassVar[str] = "error"
    status: ClassVar[int] = 500
    meaning: ClassVar[str] = ""
    default_message: ClassVar[str] = ""
    default_field: ClassVar[str | None] = None
    default_next_step: ClassVar[str | None] = None
    default_headers: ClassVar[Mapping[str, str]] = {}
    agent_next_step: ClassVar[str | None] = None
    """What an agent should do instead of the next step that suits a caller of the HTTP API."""

    def __init__(self, message: str | None = None, *, field: str | None = None, next_step: str | None = None) -> None:
        self.message = message or self.default_message
        self.field = field or self.default_field
        self.next_step = next_step or self.default_next_step
        self.headers = dict(self.default_headers)
        super().__init__(self.message)

    @classmethod
    def told(cls, detail: ErrorDetail, members: Mapping[str, Any]) -> Self:  # noqa: ARG003  (for those that say more)
        """The error as another program told of it, in a body with these members."""
        return cls(detail.message, field=detail.field, next_step=detail.next_step)

    @property
    def sentence(self) -> str:
        """The whole error in one line for a person: the message, then the next step."""
        return f"{self.message} {self.next_step}" if self.next_step else self.message

    def body(self) -> dict[str, Any]:
        """The JSON body, without members that say nothing."""
        detail = ErrorDetail(code=self.code, message=self.message, field=self.field, next_step=self.next_step)
        return ErrorBody(error=detail).model_dump(exclude_none=True)


class InvalidRequest(ContractError):
    """A parameter or the body did not pass validation."""

    code = "invalid_request"
    status = 400
    meaning = "Bad Request. Parameters or JSON payload did not pass validation."
    default_message = "The request is not as the contract says."


class Unauthorized(ContractError):
    """No API key, or one that is not known."""

    code = "unauthorized"
    status = 401
    meaning = "Unauthorized. The Authorization header is missing or the API key is invalid."
    default_message = "The Authorization header is missing or its API key is not known."
    default_next_step = (
        "Send 'Authorization: Bearer isrc_live_...' with a key from Settings > API Keys; for a server of your own, "
        "'musicengine-mcp keys create --name NAME' makes one."
    )
    default_headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": 'Bearer realm="MusicEngine"'}  # RFC 6750


class KeyRevoked(Unauthorized):
    """A key that was revoked."""

    code = "key_revoked"
    default_message = "This API key was revoked."
    default_next_step = "Create another with 'musicengine-mcp keys create --name NAME'."


class KeyExpired(Unauthorized):
    """A key that was rotated out, after its overlap."""

    code = "key_expired"
    default_message = "This API key was rotated and its overlap has ended."
    default_next_step = "Use the key that replaced it."


class Forbidden(ContractError):
    """The workspace has no access to this surface."""

    code = "forbidden"
    status = 403
    meaning = "Forbidden. The workspace does not have access to the requested public surface."
    default_message = "This workspace does not have access to the requested public surface."


class EncryptionNotConfigured(Forbidden):
    """Browser sessions are refused while there is no key to encrypt them with."""

    code = "encryption_not_configured"
    default_message = "Browser sessions can't be stored: no encryption key is configured."
    default_next_step = "Run 'musicengine-mcp secrets init', or set MUSICENGINE_ENCRYPTION_KEY, then try again."


class NotFound(ContractError):
    """Nothing of that name in this workspace."""

    code = "not_found"
    status = 404
    meaning = "Not Found. The requested resource does not exist inside the authenticated workspace."
    default_message = "There is no such resource in this workspace."


class TrackNotFound(NotFound):
    """No track of this workspace has the ISRC."""

    code = "track_not_found"
    default_message = "No track in this workspace has that ISRC."
    default_field = "isrc"
    default_next_step = "List the workspace's tracks to find the right one."
    agent_next_step = "Call catalogue_list_tracks with query=<title or artist> to find it."


class MethodNotAllowed(ContractError):
    """The route has no such method."""

    code = "method_not_allowed"
    status = 405
    meaning = "Method Not Allowed. The route does not have this method; the Allow header names those it has."
    default_message = "This route does not have that method."
    default_next_step = "Use a method that the Allow header names."


OFF_ROUTE: tuple[type[ContractError], ...] = (NotFound, MethodNotAllowed)
"""What a request gets that meets no operation."""


class RequestTimeout(ContractError):
    """The body took too long to arrive."""

    code = "request_timeout"
    status = 408
    meaning = "Request Timeout. The request's body did not arrive in time."
    default_message = "The request's body did not arrive in time. Nothing was changed."
    default_next_step = "Send it again, on a connection that is fast enough."
    default_headers: ClassVar[Mapping[str, str]] = {"Connection": "close"}  # the rest may come at any time, or never


class PayloadTooLarge(ContractError):
    """The body is larger than any that the contract takes."""

    code = "payload_too_large"
    status = 413
    meaning = "Content Too Large. The request's body is larger than any that the contract takes."
    default_message = "The request's body is too large."


class UnsupportedMediaType(ContractError):
    """The body is not declared to be JSON."""

    code = "unsupported_media_type"
    status = 415
    meaning = "Unsupported Media Type. The request's body must be JSON."
    default_message = "The request's body must be JSON, uncompressed."
    default_next_step = "Send 'Content-Type: application/json'."


class IdempotencyKeyReused(ContractError):
    """The Idempotency-Key came with another request before."""

    code = "idempotency_key_reused"
    status = 422
    meaning = "Unprocessable Content. The Idempotency-Key came with another request before."
    default_message = "This Idempotency-Key came with another request before. Nothing was changed."
    default_field = "Idempotency-Key"
    default_next_step = "Send a new key with a new request, and the same key only to repeat the same one."


class RateLimited(ContractError):
    """Too many requests."""

    code = "rate_limited"
    status = 429
    meaning = "Too Many Requests. Back off and respect Retry-After and X-RateLimit-* headers."
    default_message = "Too many requests."
    default_next_step = "Wait for as many seconds as the Retry-After header says."


class InternalError(ContractError):
    """The service failed while processing the request."""

    code = "internal_error"
    status = 500
    meaning = "Internal Server Error. MusicEngine failed while processing the request."
    default_message = "The service failed while processing the request."


class NotPublished(InternalError):
    """The remote service publishes no route for this operation."""

    code = "not_published"
    default_message = "The service does not publish this operation; only the local backend answers it."


class ContractDrift(InternalError):
    """The service answered in a form that the contract does not describe."""

    code = "contract_drift"
    default_message = "The service's answer is not as the contract says."


class ServiceUnreachable(InternalError):
    """The service could not be reached, or did not answer in time."""

    code = "service_unreachable"
    default_message = "The service could not be reached or did not answer in time."
    default_next_step = "Check the network and the service's address, then try again."


class DecryptionFailed(InternalError):
    """What was decrypted is not what was encrypted; nothing of it is shown."""

    code = "decryption_failed"
    default_message = "The stored cookies can't be decrypted: they, or the data key that protects them, were changed."
    default_next_step = "Restore the database from a backup, or delete the profile and import it again."


class StorageError(InternalError):
    """The local database cannot be used."""

    code = "storage_error"
    default_message = "The local database could not be used."


class StorageBusy(StorageError):
    """Another process held the database for longer than we wait."""

    code = "storage_busy"
    status = 503
    meaning = "Service Unavailable. Another process is writing to the database. Wait as long as Retry-After says."
    default_headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}
    default_message = "The database is busy: another process is writing to it."
    default_next_step = "Wait for it to finish (an import, say), then try again."


class StorageFull(StorageError):
    """The disk is full or a write failed; nothing was changed."""

    code = "storage_full"
    default_message = "The database could not be written: the disk is full or failing. Nothing was changed."
    default_next_step = "Free some space, then run the same command again."


class StorageReadOnly(StorageError):
    """The data folder or its database cannot be written to."""

    code = "storage_read_only"
    default_message = "The data folder can't be written to."
    default_next_step = "Make it writable, or choose another with --data-dir or MUSICENGINE_DATA_DIR."


class StorageCorrupt(StorageError):
    """The file is damaged or is not a database."""

    code = "storage_corrupt"
    default_message = "The database file is damaged, or is not a database. It was left as it is."
    default_next_step = (
        "'musicengine-mcp doctor' says what is wrong; 'musicengine-mcp rebuild' makes a new library of what can be "
        "read, and 'musicengine-mcp restore' puts a backup in a database's place. Neither deletes anything."
    )


class StorageTooNew(StorageError):
    """A newer version of this program wrote the database."""

    code = "storage_too_new"
    default_message = "A newer version of musicengine-mcp wrote this database. It was left as it is."
    default_next_step = "Upgrade with 'pip install --upgrade musicengine-mcp', or choose another --data-dir."


def family(root: type[ContractError] = ContractError) -> tuple[type[ContractError], ...]:
    """Every error below the root, in the order of the trees at the heads of the contract's files of errors."""
    # Others may subclass them; only the errors of the contract's own files are part of it.
    children = [error for error in root.__subclasses__() if error.__module__.startswith("contract.")]
    return tuple(error for child in children for error in (child, *family(child)))
