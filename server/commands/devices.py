"""`musicengine-mcp devices`: pair devices with the hub, list them, revoke them."""

import argparse
import io
import re
import sys
from contextlib import aclosing
from typing import TYPE_CHECKING

from contract.hub.pairing import DEFAULT_MINUTES, MOST_MINUTES
from contract.musicengine.about import LOCAL_PORT
from server.commands import Commands, add_command
from server.settings import Settings, Uses

if TYPE_CHECKING:
    from contract.hub.devices import PairedDevice
    from contract.hub.pairing import PairingArmed

__all__ = ["register"]

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.\[\]:-]{1,260}/?", re.ASCII)

_PING_SECONDS = 1.0

_ARM_DETAILS = """\
One device can be paired with the code, once, while it lasts; a code that was armed before is worth
nothing any more. It works whether or not a server is running, since it is kept in the data folder.

The code goes to standard output alone. On a terminal, or with --qr, a QR code follows that leads a phone
to the hub's player, and pairs it.
"""

_REVOKE_DETAILS = """\
Its tokens are worth nothing from that moment on, and what it is playing stops. It can be paired again.
"""


def register(commands: Commands) -> None:
    """Add `devices arm`, `list` and `revoke`."""
    parser = add_command(commands, "devices", None, summary="pair devices with the music hub", uses=Uses.LIBRARY)
    subcommands = parser.add_subparsers(metavar="COMMAND", required=True)
    arm = add_command(
        subcommands, "arm", _arm, summary="make a code to pair a device with", details=_ARM_DETAILS, uses=Uses.LIBRARY
    )
    arm.add_argument(
        "--minutes",
        metavar="N",
        type=_minutes,
        default=DEFAULT_MINUTES,
        help=f"how long the code is good for, 1 to {MOST_MINUTES} (default: {DEFAULT_MINUTES})",
    )
    arm.add_argument(
        "--url",
        metavar="URL",
        type=_address,
        help="where the device reaches the hub, such as http://192.168.1.20:38472",
    )
    arm.add_argument("--qr", action="store_true", help="draw the QR code wherever the output goes")
    add_command(subcommands, "list", _list, summary="list the devices, and when each was last used", uses=Uses.LIBRARY)
    revoke = add_command(
        subcommands,
        "revoke",
        _revoke,
        summary="put a device's tokens out of use at once",
        details=_REVOKE_DETAILS,
        uses=Uses.LIBRARY,
    )
    revoke.add_argument("device", metavar="DEVICE", help="the device's id, in the first column of 'devices list'")


async def _arm(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.hub import LocalHub
    from contract.hub.pairing import ARM_PAIRING, ArmPairing

    async with aclosing(LocalHub(settings.data_dir)) as hub:
        armed = await hub.call(ARM_PAIRING, ArmPairing(minutes=arguments.minutes))
    address = arguments.url or await _address_on_the_network()
    _tell(armed, address)
    print(armed.pairingCode, flush=True)
    if address is not None and (arguments.qr or sys.stdout.isatty()):
        _draw(address, armed.pairingCode)
    return 0


async def _list(_arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.hub import LocalHub
    from contract.hub.devices import LIST_DEVICES, ListDevices

    async with aclosing(LocalHub(settings.data_dir)) as hub:
        devices = (await hub.call(LIST_DEVICES, ListDevices())).devices
    if not devices:
        print("No devices yet: 'musicengine-mcp devices arm' makes a code to pair one with.", file=sys.stderr)
    for device in devices:
        print(_line(device))
    return 0


async def _revoke(arguments: argparse.Namespace, settings: Settings) -> int:
    from backends.local.hub.hub import LocalHub
    from contract.hub.devices import REVOKE_DEVICE, RevokeDevice
    from contract.validation import validate

    asked = validate(RevokeDevice, {"deviceId": arguments.device})
    async with aclosing(LocalHub(settings.data_dir)) as hub:
        device = (await hub.call(REVOKE_DEVICE, asked)).revoked
    print(f"Device {device['deviceId']} '{device['name']}' is revoked.")
    return 0


def _tell(armed: "PairingArmed", address: str | None) -> None:
    """What to do with the code, beside the code itself."""
    minutes = armed.expiresIn // 60
    print(
        f"One device can be paired with this code for {minutes} minute{'' if minutes == 1 else 's'}, until "
        f"{_shown(armed.expiresAt)}. It can be tried {armed.attemptsLeft} times.",
        file=sys.stderr,
    )
    if address is None:
        print(
            "No other machine can reach a hub here now: 'musicengine-mcp serve --lan' starts one that they can reach. "
            "If yours has another address, add --url URL.",
            file=sys.stderr,
        )
    else:
        print(f"Open {address} on the device, and type it in there:", file=sys.stderr)
    sys.stderr.flush()


def _draw(address: str, code: str) -> None:
    """The QR code in half blocks, light on dark whatever the terminal's own colours are."""
    import segno

    from server.pairing_link import pairing_link

    drawing = io.StringIO()
    segno.make_qr(pairing_link(address, code), error="m").terminal(drawing, border=2, compact=True)
    for line in drawing.getvalue().splitlines():
        print(f"\x1b[97;40m{line}\x1b[0m" if sys.stdout.isatty() else line)


async def _address_on_the_network() -> str | None:
    """Where a hub of this machine answers others, if one does on the port that it has by default."""
    import httpx

    from server.http.reach import names_here

    async with httpx.AsyncClient(timeout=_PING_SECONDS, trust_env=False) as client:
        for name in names_here():
            address = f"http://{name}:{LOCAL_PORT}"
            try:
                answered = await client.get(f"{address}/api/ping")
            except httpx.HTTPError:
                continue
            if answered.status_code == 200:
                return address
    return None


def _line(device: "PairedDevice") -> str:
    used = f"used {_shown(device['lastUsedAt'])}" if device["lastUsedAt"] else "never used"
    paired = f"paired {_shown(device['pairedAt'])}"
    return "\t".join([device["deviceId"], device["name"], paired, used, _state(device)])


def _state(device: "PairedDevice") -> str:
    if device["revokedAt"] is not None:
        return f"revoked {_shown(device['revokedAt'])}"
    return f"{'expired' if device['state'] == 'expired' else 'expires'} {_shown(device['expiresAt'])}"


def _shown(moment: str) -> str:
    """A moment for a person: 2026-03-08 09:30 UTC."""
    return f"{moment[:16].replace('T', ' ')} UTC"


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= MOST_MINUTES):
        raise argparse.ArgumentTypeError(f"must be a number from 1 to {MOST_MINUTES}")
    return int(text)


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise argparse.ArgumentTypeError("must look like http://192.168.1.20:38472, without a path")
    return text.rstrip("/")
