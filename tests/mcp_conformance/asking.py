"""The conformance suite's fixtures that ask the client: in the middle of a call, or by a result that requires input."""

from collections.abc import Callable

import mcp_types as types
from mcp.server.lowlevel import Server
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.shared.exceptions import MCPError

from tests.mcp_conformance.fixtures import text_result

__all__ = ["ASKING_TOOLS", "asking_prompt", "protect_state"]

_STATE = "asked"


def protect_state(server: Server) -> None:
    """Seal the state that a client carries to the next round, and refuse it if somebody changed it."""
    server.middleware.append(RequestStateBoundary(RequestStateSecurity.ephemeral(), default_audience="conformance"))


def _schema(**properties):
    return {"type": "object", "properties": properties, "required": list(properties)}


def _elicit(message: str, **properties) -> types.ElicitRequest:
    params = types.ElicitRequestFormParams(message=message, requested_schema=_schema(**properties))
    return types.ElicitRequest(params=params)


def _sample(question: str, max_tokens: int = 100) -> types.CreateMessageRequest:
    message = types.SamplingMessage(role="user", content=types.TextContent(type="text", text=question))
    params = types.CreateMessageRequestParams(messages=[message], max_tokens=max_tokens)
    return types.CreateMessageRequest(params=params)


_NAME = _elicit("What is your name?", name={"type": "string"})
_CONFIRM = _elicit("Please confirm", ok={"type": "boolean"})
_ROOTS = types.ListRootsRequest()


def _asks(state: str | None = None, /, **requests) -> Callable:
    """A tool that requires these inputs, and is done when it has them all."""

    async def tool(_ctx, params):
        return _required(params, state, requests) or text_result("Thank you: state-ok")

    return tool


def _required(params, state: str | None, requests) -> types.InputRequiredResult | None:
    """What is missing, or None; a client may send more than it was asked for."""
    given = params.input_responses or {}
    if requests.keys() <= given.keys() and params.request_state == state:
        return None
    return types.InputRequiredResult(input_requests=requests, request_state=state)


def asking_prompt(params: types.GetPromptRequestParams) -> types.InputRequiredResult | types.GetPromptResult | None:
    """The prompt that requires an input; None for any other."""
    if params.name != "test_input_required_result_prompt":
        return None
    asked = _elicit("What context should the prompt use?", context={"type": "string"})
    message = types.PromptMessage(role="user", content=types.TextContent(type="text", text="With your context."))
    return _required(params, None, {"user_context": asked}) or types.GetPromptResult(messages=[message])


async def _multi_round(_ctx, params):
    match params.request_state:
        case "round 2":
            return text_result("Thank you, twice.")
        case "round 1":
            asked = _elicit("Step 2: What is your favorite color?", color={"type": "string"})
            return types.InputRequiredResult(input_requests={"step2": asked}, request_state="round 2")
        case _:
            asked = _elicit("Step 1: What is your name?", name={"type": "string"})
            return types.InputRequiredResult(input_requests={"step1": asked}, request_state="round 1")


async def _within_capabilities(ctx, params):
    """Ask only what the client says it can answer."""
    declared = ctx.session.client_capabilities or types.ClientCapabilities()
    requests = {}
    if declared.sampling is not None:
        requests["question"] = _sample("What is the capital of France?")
    if declared.elicitation is not None:
        requests["user_name"] = _NAME
    return _required(params, None, requests) or text_result("Thank you.")


async def _needs_sampling(ctx, _params):
    needed = types.ClientCapabilities(sampling=types.SamplingCapability())
    if not ctx.session.check_client_capability(needed):
        data = types.MissingRequiredClientCapabilityErrorData(required_capabilities=needed)
        raise MCPError(
            types.MISSING_REQUIRED_CLIENT_CAPABILITY,
            "This tool needs sampling.",
            data.model_dump(by_alias=True, mode="json", exclude_none=True),
        )
    return text_result("The client has sampling.")


async def _samples(ctx, params):
    asked = _sample(params.arguments["prompt"]).params
    answer = await ctx.session.create_message(
        asked.messages, max_tokens=asked.max_tokens, related_request_id=ctx.request_id
    )
    return text_result(f"LLM response: {answer.content.text}")


def _elicits(**properties) -> Callable:
    """A tool that asks for these properties in the middle of its call."""

    async def tool(ctx, params):
        message = (params.arguments or {}).get("message", "Please provide your information")
        answer = await ctx.session.elicit_form(message, _schema(**properties), related_request_id=ctx.request_id)
        return text_result(f"Elicitation completed: action={answer.action}, content={answer.content}")

    return tool


_OPTIONS = ["option1", "option2", "option3"]
_TITLED = [{"const": f"value{n}", "title": f"{nth} Option"} for n, nth in enumerate(("First", "Second", "Third"), 1)]

ASKING_TOOLS = {
    "test_sampling": _samples,
    "test_elicitation": _elicits(username={"type": "string"}, email={"type": "string"}),
    "test_elicitation_sep1034_defaults": _elicits(
        name={"type": "string", "default": "John Doe"},
        age={"type": "integer", "default": 30},
        score={"type": "number", "default": 95.5},
        status={"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        verified={"type": "boolean", "default": True},
    ),
    "test_elicitation_sep1330_enums": _elicits(
        untitledSingle={"type": "string", "enum": _OPTIONS},
        titledSingle={"type": "string", "oneOf": _TITLED},
        legacyEnum={
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        untitledMulti={"type": "array", "items": {"type": "string", "enum": _OPTIONS}},
        titledMulti={"type": "array", "items": {"anyOf": _TITLED}},
    ),
    "test_missing_capability": _needs_sampling,
    "test_streaming_elicitation": _asks(user_name=_NAME),
    "test_input_required_result_elicitation": _asks(user_name=_NAME),
    "test_input_required_result_sampling": _asks(capital_question=_sample("What is the capital of France?")),
    "test_input_required_result_list_roots": _asks(client_roots=_ROOTS),
    "test_input_required_result_request_state": _asks(_STATE, confirm=_CONFIRM),
    "test_input_required_result_multiple_inputs": _asks(
        _STATE, user_name=_NAME, greeting=_sample("Generate a greeting", 50), client_roots=_ROOTS
    ),
    "test_input_required_result_multi_round": _multi_round,
    "test_input_required_result_tampered_state": _asks(_STATE, confirm=_CONFIRM),
    "test_input_required_result_capabilities": _within_capabilities,
}
