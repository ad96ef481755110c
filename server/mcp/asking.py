"""Ask the person before something is done that is theirs to decide; the model can't answer in their place.

Hosts of the handshake revisions are asked in the middle of the call. In 2026-07-28 the call ends with a question, and
the host calls again with the answer; what it sends along shows that this very question was asked.
"""

import secrets
from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.shared.exceptions import NoBackChannelError
from mcp_types.version import is_version_at_least

__all__ = ["QuestionAsked", "asking", "may_go_on"]

_ENDS_WITH_QUESTION = "2026-07-28"

_KEY = "confirm"

_MOST_ASKED = 100
"""Questions whose answers are awaited; the oldest is forgotten then."""

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {_KEY: {"type": "boolean", "title": "Go on", "description": "Nothing is done otherwise."}},
    "required": [_KEY],
}


class QuestionAsked(Exception):
    """The call ends with a question, and comes again with its answer.

    Attributes:
        result: The question, as the protocol has it.
    """

    def __init__(self, result: types.InputRequiredResult) -> None:
        super().__init__("the person is asked first")
        self.result = result


@dataclass
class _Asker:
    context: ServerRequestContext[Any, Any]
    params: types.CallToolRequestParams


@dataclass
class _Asked:
    """States that were given out with questions, each for one answer."""

    states: dict[str, str] = field(default_factory=dict[str, str])

    def new(self, message: str) -> str:
        state = secrets.token_urlsafe(32)
        self.states[state] = message
        while len(self.states) > _MOST_ASKED:
            self.states.pop(next(iter(self.states)))
        return state


_ASKED = _Asked()

_ASKER: ContextVar[_Asker | None] = ContextVar("asker", default=None)


@contextmanager
def asking(
    context: ServerRequestContext[Any, Any] | None, params: types.CallToolRequestParams
) -> Generator[None, None, None]:
    """Carry a tool out whose caller's host may be asked something."""
    token = _ASKER.set(None if context is None else _Asker(context, params))
    try:
        yield
    finally:
        _ASKER.reset(token)


async def may_go_on(message: str) -> bool | None:
    """Ask the person; None if their host can't.

    Raises:
        QuestionAsked: The answer comes with the next call.
    """
    asker = _ASKER.get()
    if asker is None or not _can_be_asked(asker.context):
        return None
    if is_version_at_least(asker.context.protocol_version, _ENDS_WITH_QUESTION):
        return _answered(asker.params, message)
    try:
        answer = await asker.context.session.elicit_form(message, _SCHEMA, asker.context.request_id)
    except NoBackChannelError:
        return None
    return _agrees(answer)


def _can_be_asked(context: ServerRequestContext[Any, Any]) -> bool:
    """Whether the host says that it shows forms; before there was anything else to show, it said so in fewer words."""
    capabilities = context.session.client_capabilities
    elicitation = None if capabilities is None else capabilities.elicitation
    return elicitation is not None and (elicitation.form is not None or elicitation.url is None)


def _answered(params: types.CallToolRequestParams, message: str) -> bool:
    answer = (params.input_responses or {}).get(_KEY)
    # Whoever was not asked this can't have agreed to it.
    if params.request_state is not None and _ASKED.states.pop(params.request_state, None) == message and answer:
        return isinstance(answer, types.ElicitResult) and _agrees(answer)
    form = types.ElicitRequestFormParams(message=message, requested_schema=_SCHEMA)
    request = types.ElicitRequest(params=form)
    raise QuestionAsked(types.InputRequiredResult(input_requests={_KEY: request}, request_state=_ASKED.new(message)))


def _agrees(answer: types.ElicitResult) -> bool:
    return answer.action == "accept" and (answer.content or {}).get(_KEY) is True
