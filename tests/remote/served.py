"""Answer HTTP from a backend by the contract's routes, as little of a server as a client's tests need."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

from contract.errors import ContractError
from contract.musicengine import OPERATIONS
from contract.operation import Surface
from contract.validation import validate
from tests.remote.scripted import Asked, Reply

__all__ = ["answer_of"]

_ROUTES = [
    (re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", operation.path)), operation)
    for operation in OPERATIONS
    if Surface.REST in operation.surfaces
]


def answer_of(backend, *, extra=None):
    """What answers a request from the backend; `extra` may change the body of a success."""

    async def answer(asked: Asked) -> Reply:
        target = urlsplit(asked.target)
        for route, operation in _ROUTES:
            match = route.fullmatch(target.path)
            if match is not None and asked.method == operation.method:
                arguments = {name: unquote(value) for name, value in match.groupdict().items()}
                try:
                    request = validate(operation.request, {**arguments, **dict(parse_qsl(target.query))})
                    body = (await backend.call(operation, request)).model_dump(mode="json")
                except ContractError as error:
                    return Reply(error.body(), error.status)
                return Reply(body if extra is None else extra(operation, body), operation.status)
        return Reply(status=404)

    return answer
