"""The command line: help, exit codes, and errors in one line that says what to do."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from contract.errors import StorageFull
from musicengine_mcp import __version__
from server.cli import run

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def command(capfd):
    """Run a command in this process; return its exit code, output and errors."""

    def call(*arguments):
        try:
            code = run([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code
        return (code, *capfd.readouterr())

    return call


def the_one_error(outcome):
    """The message of a command that failed: one line, no traceback, nothing on standard output."""
    code, out, errors = outcome
    assert (code, out) == (1, "")
    [line] = errors.splitlines()
    assert line.startswith("error: ")
    return line


def test_help_says_what_it_is_for_and_names_every_command(command):
    code, out, errors = command("--help")
    assert (code, errors) == (0, "")
    for name in ("import", "demo", "keys", "profiles", "secrets", "workspaces", "docs", "--data-dir", "--workspace"):
        assert name in out
    assert "serves MCP over stdio" in out
    assert "first steps" in out


def commands_of(command, *path):
    """Every command and subcommand, found in the help of the one above it."""
    _, out, _ = command(*path, "--help")
    listed = re.findall(r"^    (\w+)  +\S", out.partition("commands:")[2] or out.partition("COMMAND")[2], re.MULTILINE)
    for name in listed:
        yield (*path, name)
        if len(path) == 0:
            yield from commands_of(command, name)


LIBRARY_ONLY = {
    "backup",
    "devices",
    "doctor",
    "pair",
    "play",
    "playlists",
    "rebuild",
    "restore",
    "scan",
    "secrets",
    "workspaces",
}


def shared_options_of(path):
    """The shared options that are of use to the command: one that does nothing would mislead."""
    if path[0] in {"demo", "docs"}:
        return set()
    return {"--data-dir"} if path[0] in LIBRARY_ONLY else {"--data-dir", "--workspace"}


def test_every_command_has_help_and_takes_the_shared_options_that_it_uses(command):
    found = list(commands_of(command))
    assert ("workspaces", "create") in found
    assert ("import",) in found
    for path in found:
        code, out, errors = command(*path, "--help")
        assert (code, errors) == (0, ""), path
        assert out.startswith(f"usage: musicengine-mcp {' '.join(path)}")
        assert set(re.findall(r"--data-dir|--workspace", out.partition("options:")[2])) == shared_options_of(path), path


@pytest.mark.parametrize(
    "path", [("keys", "rotate"), ("keys", "revoke"), ("profiles", "import"), ("profiles", "delete")]
)
def test_help_says_what_a_positional_argument_is(command, path):
    assert re.search(r"^  (ID|FILE)  +\S", command(*path, "--help")[1], re.MULTILINE)


@pytest.mark.parametrize(
    "arguments",
    [("demo", "--data-dir", "d"), ("docs", "--workspace", "w"), ("workspaces", "list", "--workspace", "w")],
)
def test_a_shared_option_that_would_do_nothing_is_a_usage_error(command, arguments):
    code, out, errors = command(*arguments)
    assert (code, out) == (2, "")
    assert "unrecognized arguments" in errors


def test_the_version_is_the_packages(command):
    assert command("--version") == (0, f"musicengine-mcp {__version__}\n", "")


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("--nonsense",), ("workspaces",), ("workspaces", "nonsense"), ("workspaces", "create")]
)
def test_a_usage_error_exits_with_two_and_shows_the_usage(command, arguments):
    code, out, errors = command(*arguments)
    assert (code, out) == (2, "")
    assert errors.startswith("usage: musicengine-mcp")
    assert "Traceback" not in errors


def test_one_workspace_is_listed_from_the_first_start(command):
    assert command("workspaces", "list") == (0, "default\t0 tracks\t0 days of streams\n", "")


def test_a_created_workspace_is_listed(command):
    assert command("workspaces", "create", "second label") == (0, "Created workspace 'second label'.\n", "")
    _, out, _ = command("workspaces", "list")
    assert [line.split("\t")[0] for line in out.splitlines()] == ["default", "second label"]


def test_a_taken_name_is_an_error(command):
    assert "name is taken" in the_one_error(command("workspaces", "create", "default"))


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\nb"])
def test_an_unreadable_name_is_an_error(command, name):
    assert "1 to 100 readable characters" in the_one_error(command("workspaces", "create", name))


def test_shared_options_may_stand_before_and_after_the_command(command, tmp_path):
    before, between, after = (tmp_path / name for name in ("before", "between", "after"))
    assert command("--data-dir", before, "workspaces", "create", "w")[0] == 0
    assert command("workspaces", "--data-dir", between, "create", "w")[0] == 0
    assert command("workspaces", "create", "w", "--data-dir", after)[0] == 0
    for folder in (before, between, after):
        assert command("workspaces", "list", "--data-dir", folder)[1].count("\n") == 2


def test_the_environment_names_the_workspace_and_an_option_goes_before_it(command, monkeypatch):
    command("workspaces", "create", "second")
    command("keys", "create", "--name", "k", "--workspace", "second")
    monkeypatch.setenv("MUSICENGINE_WORKSPACE", "second")
    assert "\tk\t" in command("keys", "list")[1]
    assert command("keys", "list", "--workspace", "default")[1] == ""


@pytest.mark.parametrize(("kind", "how"), [("keys", "keys create --name"), ("profiles", "profiles import FILE --name")])
def test_an_empty_list_says_how_to_begin_and_leaves_the_output_empty(command, kind, how):
    code, out, errors = command(kind, "list")
    assert (code, out) == (0, "")
    assert errors.startswith("No ")
    assert how in errors


def test_a_workspace_that_is_not_there_is_an_error_that_says_how_to_go_on(command):
    line = the_one_error(command("keys", "list", "--workspace", "CANARY"))
    assert "workspaces list" in line
    assert "CANARY" not in line


@pytest.mark.parametrize("named", ["a file", "~no-such-user/data", "nul\0byte"])
def test_a_data_folder_that_cannot_be_is_an_error_that_names_the_option(command, tmp_path, monkeypatch, named):
    monkeypatch.chdir(tmp_path)
    if named == "a file":
        (tmp_path / named).write_text("not a folder")
    outcome = command("workspaces", "list", "--data-dir", named)
    if named.startswith("~"):
        assert outcome[0] == 0, "it is a folder of that name, as in a shell"
    else:
        assert "--data-dir" in the_one_error(outcome)


def broken(data_dir, content):
    data_dir.mkdir()
    (data_dir / "musicengine.db").write_bytes(content)


@pytest.mark.parametrize("arguments", [("workspaces", "list"), ("workspaces", "create", "w"), ("keys", "list")])
def test_a_file_that_is_no_database_is_an_error_and_left_as_it_is(command, data_dir, arguments):
    broken(data_dir, b"not a database" * 100)
    assert "was left as it is" in the_one_error(command(*arguments))
    assert (data_dir / "musicengine.db").read_bytes() == b"not a database" * 100


def test_a_full_disk_is_an_error_that_says_what_to_do(command, monkeypatch):
    async def full(*_):
        raise StorageFull

    monkeypatch.setattr("backends.local.workspaces.create_workspace", full)
    assert "Free some space" in the_one_error(command("workspaces", "create", "w"))


def test_an_interruption_exits_with_130(command, monkeypatch):
    async def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("backends.local.workspaces.create_workspace", interrupted)
    assert command("workspaces", "create", "w") == (130, "", "Interrupted.\n")


def test_a_bug_is_told_without_a_traceback_unless_it_is_asked_for(command, monkeypatch):
    async def bug(*_):
        raise ZeroDivisionError("CANARY")

    monkeypatch.setattr("backends.local.workspaces.create_workspace", bug)
    monkeypatch.delenv("MUSICENGINE_DEBUG", raising=False)
    code, out, errors = command("workspaces", "create", "w")
    assert (code, out) == (1, "")
    assert errors.startswith("error: ")
    assert "Traceback" not in errors
    assert "CANARY" not in errors
    monkeypatch.setenv("MUSICENGINE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["workspaces", "create", "w"])


def test_the_program_itself_exits_as_the_function_returns(tmp_path):
    environment = {**os.environ, "MUSICENGINE_DATA_DIR": str(tmp_path / "data")}
    for arguments, code in ((["workspaces", "list"], 0), (["workspaces", "create", "default"], 1), (["nonsense"], 2)):
        outcome = subprocess.run(
            [sys.executable, "-m", "musicengine_mcp", *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        assert outcome.returncode == code, outcome.stderr
        assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    ("arguments", "lines", "unbuffered"),
    [
        (["demo"], 1, "1"),  # while it imports
        (["demo"], 10, "1"),  # while the server answers: task groups wrap the error
        (["demo"], 0, ""),  # when the buffer is written at the end
        (["docs"], 0, ""),
        (["workspaces", "list"], 0, ""),
    ],
)
def test_a_reader_that_leaves_is_no_error(tmp_path, arguments, lines, unbuffered):
    """`| head` reads what it needs: the rest is not written, and nothing is said about it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "musicengine_mcp", *arguments],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": str(tmp_path), "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with process:
        for _ in range(lines):
            process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
    assert (process.returncode, errors) == (141, b"")
    assert list(tmp_path.iterdir()) in ([], [tmp_path / "data"]), "the demo's folder is gone"


def test_only_a_group_of_nothing_but_broken_pipes_is_silent(command, monkeypatch):
    async def failed(*_):
        raise ExceptionGroup("", [BrokenPipeError(), ZeroDivisionError()])

    monkeypatch.setattr("backends.local.workspaces.create_workspace", failed)
    monkeypatch.delenv("MUSICENGINE_DEBUG", raising=False)
    code, _, errors = command("workspaces", "create", "w")
    assert code == 1
    assert errors.startswith("error: ")


def test_no_command_but_the_server_loads_the_sdk():
    """Commands answer at once; the SDK alone takes longer to load than most of them run."""
    code = "import sys; from server.cli import run; run(['workspaces', 'list']); print('mcp' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    out = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "False"
