"""`musicengine-mcp devices`: a code on a terminal, the devices that were paired, and their end."""

import asyncio
import io
import re
from contextlib import aclosing

import pytest
import segno

from backends.local.hub.hub import LocalHub
from server.cli import run
from tests.hub.pairing.desk import Desk
from tests.serving import served

URL = "http://192.168.1.20:38472"

CODE = re.compile(r"[B-Z]{4}-[B-Z]{4}\n")


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def devices(capsys):
    """The command's exit code, and what it says on standard output and standard error."""

    def devices(*arguments):
        code = run(["devices", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return devices


def drawn(address, code):
    picture = io.StringIO()
    segno.make_qr(f"{address}/#pair={code}", error="m").terminal(picture, border=2, compact=True)
    return picture.getvalue().splitlines()


def test_arm_prints_the_code_alone_where_a_program_reads_and_says_the_rest_beside_it(devices):
    code, out, err = devices("arm", "--url", URL)
    assert code == 0
    assert CODE.fullmatch(out)
    assert "for 30 minutes, until 20" in err
    assert "tried 5 times" in err
    assert f"Open {URL} on the device" in err
    assert out.strip() not in err


def test_the_code_that_arm_prints_pairs_with_a_server_on_the_same_folder(devices, data_dir):
    with served(data_dir) as service:
        _, out, _ = devices("arm", "--url", URL, "--minutes", "1")
        body = {"pairingCode": out, "deviceId": "phone", "deviceName": "Phone"}
        assert service.post("/api/auth/pair", json=body).status_code == 200
        assert devices("list")[1].startswith("phone\tPhone\tpaired 20")
        assert devices("revoke", "phone")[:2] == (0, "Device phone 'Phone' is revoked.\n")
        assert service.get("/api/auth/devices").json()["devices"][0]["state"] == "revoked"


def test_a_qr_code_follows_if_it_is_asked_for(devices):
    _, out, _ = devices("arm", "--url", f"{URL}/", "--qr")
    code, *picture = out.splitlines()
    assert picture == drawn(URL, code)


def test_on_a_terminal_it_follows_by_itself_light_on_dark(monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    assert run(["devices", "arm", "--url", URL]) == 0
    code, *picture = terminal.getvalue().splitlines()
    assert picture == [f"\x1b[97;40m{line}\x1b[0m" for line in drawn(URL, code)]


def test_the_address_of_a_server_on_the_network_is_found(devices, data_dir, monkeypatch):
    with served(data_dir) as service:
        monkeypatch.setattr("server.http.reach.names_here", lambda: ["127.0.0.1"])  # no test listens beyond loopback
        monkeypatch.setattr("server.commands.devices.LOCAL_PORT", service.port)
        _, out, err = devices("arm", "--qr")
    code, *picture = out.splitlines()
    assert f"Open {service.url} on the device" in err
    assert picture == drawn(service.url, code)


def test_without_one_the_next_step_is_said_and_no_picture_leads_nowhere(devices, monkeypatch):
    monkeypatch.setattr("server.http.reach.names_here", list)
    code, out, err = devices("arm", "--qr")
    assert (code, bool(CODE.fullmatch(out))) == (0, True)
    assert "musicengine-mcp serve --lan" in err


@pytest.mark.parametrize(
    "wrong",
    [
        ["arm", "--minutes", "0"],
        ["arm", "--minutes", "61"],
        ["arm", "--minutes", "x"],
        ["arm", "--url", "192.168.1.20"],
        ["arm", "--url", "http://host/path"],
        ["arm", "--url", "javascript://x"],
        ["revoke"],
        [],
    ],
)
def test_what_makes_no_sense_is_a_usage_error(devices, wrong):
    with pytest.raises(SystemExit) as caught:
        devices(*wrong)
    assert caught.value.code == 2


def test_without_devices_the_list_is_empty_and_says_what_to_do(devices):
    code, out, err = devices("list")
    assert (code, out) == (0, "")
    assert "musicengine-mcp devices arm" in err


def test_the_list_shows_how_each_device_stands(devices, data_dir):
    asyncio.run(two_devices(data_dir))
    _, out, _ = devices("list")
    lines = [line.split("\t") for line in out.splitlines()]
    assert [line[:2] for line in lines] == [["old", "Old"], ["phone", "Phone"]]
    assert [line[3] for line in lines] == ["never used", "never used"]
    assert re.fullmatch(r"revoked 20\d\d-\d\d-\d\d \d\d:\d\d UTC", lines[0][4])
    assert re.fullmatch(r"expires 20\d\d-\d\d-\d\d \d\d:\d\d UTC", lines[1][4])


async def two_devices(folder):
    async with aclosing(LocalHub(folder)) as hub:
        desk = Desk(hub)
        await desk.paired("phone", "Phone")
        await desk.paired("old", "Old")
        await desk.revoke("old")


@pytest.mark.parametrize(("device", "says"), [("nobody", "No paired device has that id"), ("../x", "such as agent-1")])
def test_a_device_that_there_is_not_is_an_error_that_says_what_to_do(devices, device, says):
    code, out, err = devices("revoke", device)
    assert (code, out) == (1, "")
    assert err.startswith("error: ")
    assert says in err
