"""Lists of parameters and members, each with an address of its own."""

from collections.abc import Iterable

from contract.publish.fields import Field, bounds_of, type_of
from contract.publish.html_parts import Html, element, joined, lines, link, prose

__all__ = ["answer_list", "field_list"]


def field_list(prefix: str, fields: Iterable[Field]) -> Html:
    """What a caller sends; a field's id is `prefix.place.name`, without brackets."""
    return _list(_item(f"{prefix}.{field.place}", field, _demands(field), _limits(field)) for field in fields)


def answer_list(prefix: str, fields: Iterable[Field]) -> Html:
    """What comes back; a field's id is `prefix.response.name`, without brackets."""
    return _list(_item(f"{prefix}.response", field) for field in fields)


def _list(items: Iterable[Html]) -> Html:
    return element("ul", "\n", lines(*items), "\n", class_="fields")


def _item(prefix: str, field: Field, demands: Iterable[Html] = (), limits: Html | str = "") -> Html:
    target = f"{prefix}.{field.name.replace('[]', '')}"
    start, dot, name = field.name.rpartition(".")
    path = element("span", f"{start}{dot}") if start else ""
    head = (link(target, element("code", path, name)), element("span", type_of(field), class_="type"), *demands)
    description = element("p", prose(field.description)) if field.description else ""
    return element("li", element("p", joined(head, " ")), description, limits, id=target)


def _demands(field: Field) -> Iterable[Html]:
    if field.place not in {"body", "argument"}:
        yield element("span", field.place)
    yield element("span", "required", class_="required") if field.required else element("span", "optional")


def _limits(field: Field) -> Html | str:
    """The default and the bounds, if there are any, in a line of their own."""
    default = "" if field.default is None else prose(f"Default `{field.default}`")
    bounds = bounds_of(field.schema)
    written = joined((default, prose(bounds[:1].upper() + bounds[1:])), " · ")
    return element("p", written, class_="limits") if written else ""
