"""The conformance suite's fixtures that need nobody's reply: contents, resources, prompts, progress, log messages."""

import base64
import json

import anyio
import mcp_types as types
from mcp.server.subscriptions import InMemorySubscriptionBus, PromptsListChanged, ToolsListChanged
from mcp.shared.exceptions import MCPError

__all__ = [
    "RESOURCES",
    "TOOLS",
    "acknowledge",
    "change_tools",
    "complete",
    "described",
    "list_prompts",
    "prompt",
    "read",
    "text_result",
]

_PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mP4z8AAAAMBAQAY3Y2wAAAAAElFTkSuQmCC"  # one red pixel
_WAV = base64.b64encode(
    b"RIFF" + (36).to_bytes(4, "little") + b"WAVEfmt " + bytes.fromhex("10000000 0100 0100 401f0000 401f0000 0100 0800")
    + b"data" + bytes(4)
).decode()  # fmt: skip

_IMAGE = types.ImageContent(type="image", data=_PNG, mime_type="image/png")

_PAUSE_SECONDS = 0.05
"""What the suite asks for between two notifications, so that they are seen to arrive one by one."""


def _text(text: str) -> types.TextContent:
    return types.TextContent(type="text", text=text)


def _embedded(uri: str, text: str, mime_type: str = "text/plain") -> types.EmbeddedResource:
    contents = types.TextResourceContents(uri=uri, mime_type=mime_type, text=text)
    return types.EmbeddedResource(type="resource", resource=contents)


def text_result(text: str, *, is_error: bool = False) -> types.CallToolResult:
    """A tool's result that is one text."""
    return types.CallToolResult(content=[_text(text)], is_error=is_error)


def _answers(*content, is_error: bool = False):
    async def tool(_ctx, _params):
        return types.CallToolResult(content=list(content), is_error=is_error)

    return tool


async def _with_progress(ctx, _params):
    for done in (0, 50, 100):
        await ctx.session.report_progress(done, 100)
        await anyio.sleep(_PAUSE_SECONDS)
    return text_result("Done, with progress.")


async def _with_log_messages(ctx, _params):
    for message in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        await ctx.session.send_log_message("info", message, related_request_id=ctx.request_id)
        await anyio.sleep(_PAUSE_SECONDS)
    return text_result("Done, with log messages.")


TOOLS = {
    "test_simple_text": _answers(_text("This is a simple text response for testing.")),
    "test_image_content": _answers(_IMAGE),
    "test_audio_content": _answers(types.AudioContent(type="audio", data=_WAV, mime_type="audio/wav")),
    "test_embedded_resource": _answers(_embedded("test://embedded-resource", "This is an embedded resource content.")),
    "test_multiple_content_types": _answers(
        _text("Multiple content types test:"),
        _IMAGE,
        _embedded("test://mixed-content-resource", '{"test":"data","value":123}', "application/json"),
    ),
    "test_error_handling": _answers(_text("This tool intentionally returns an error for testing"), is_error=True),
    "test_tool_with_progress": _with_progress,
    "test_tool_with_logging": _with_log_messages,
    "test_logging_tool": _with_log_messages,
}


def change_tools(bus: InMemorySubscriptionBus):
    """Tools that tell whoever listens that a list has changed."""

    def publishes(event):
        async def tool(_ctx, _params):
            await bus.publish(event)
            return text_result("Published.")

        return tool

    return {
        "test_trigger_tool_change": publishes(ToolsListChanged()),
        "test_trigger_prompt_change": publishes(PromptsListChanged()),
    }


def described(name: str) -> types.Tool:
    """A fixture as the list shows it; its arguments are the suite's business."""
    return types.Tool(name=name, description="A fixture of the conformance suite.", input_schema={"type": "object"})


RESOURCES = [
    types.Resource(uri="test://static-text", name="static-text", description="Text.", mime_type="text/plain"),
    types.Resource(uri="test://static-binary", name="static-binary", description="A pixel.", mime_type="image/png"),
    types.Resource(uri="test://watched-resource", name="watched", description="Text.", mime_type="text/plain"),
]


def read(uri: str) -> types.ReadResourceResult | None:
    """A fixture's contents, or None if the URI is none of the suite's."""
    parts = uri.removeprefix("test://").split("/")
    if uri == "test://static-binary":
        contents = types.BlobResourceContents(uri=uri, mime_type="image/png", blob=_PNG)
    elif uri in ("test://static-text", "test://watched-resource"):
        text = "This is the content of the static text resource."
        contents = types.TextResourceContents(uri=uri, mime_type="text/plain", text=text)
    elif len(parts) == 3 and (parts[0], parts[2]) == ("template", "data"):
        text = json.dumps({"id": parts[1], "templateTest": True, "data": f"Data for ID: {parts[1]}"})
        contents = types.TextResourceContents(uri=uri, mime_type="application/json", text=text)
    else:
        return None
    return types.ReadResourceResult(contents=[contents])


def _argument(name: str) -> types.PromptArgument:
    return types.PromptArgument(name=name, description="A test argument.", required=True)


_PROMPTS = {
    "test_simple_prompt": [],
    "test_prompt_with_arguments": [_argument("arg1"), _argument("arg2")],
    "test_prompt_with_embedded_resource": [_argument("resourceUri")],
    "test_prompt_with_image": [],
    "test_input_required_result_prompt": [],
}


async def list_prompts(_ctx, _params):
    """The suite's prompts; our server has none."""
    return types.ListPromptsResult(
        prompts=[
            types.Prompt(name=name, description="A fixture of the conformance suite.", arguments=arguments)
            for name, arguments in _PROMPTS.items()
        ]
    )


def prompt(params: types.GetPromptRequestParams) -> types.GetPromptResult:
    """A prompt's messages."""
    given = params.arguments or {}
    match params.name:
        case "test_simple_prompt":
            contents = [_text("This is a simple prompt for testing.")]
        case "test_prompt_with_arguments":
            contents = [_text(f"Prompt with arguments: arg1='{given['arg1']}', arg2='{given['arg2']}'")]
        case "test_prompt_with_embedded_resource":
            embedded = _embedded(given["resourceUri"], "Embedded resource content for testing.")
            contents = [embedded, _text("Please process the embedded resource above.")]
        case "test_prompt_with_image":
            contents = [_IMAGE, _text("Please analyze the image above.")]
        case _:
            raise MCPError(types.INVALID_PARAMS, "There is no such prompt.")
    return types.GetPromptResult(messages=[types.PromptMessage(role="user", content=content) for content in contents])


async def complete(_ctx, _params):
    """One completion, whatever is asked."""
    return types.CompleteResult(completion=types.Completion(values=["test value"], total=1, has_more=False))


async def acknowledge(_ctx, _params):
    """Nothing but that it was taken note of."""
    return types.EmptyResult()
