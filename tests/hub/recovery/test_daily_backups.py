"""A backup once a day while a hub is served: verified, rotated, and never of anything damaged."""

import asyncio
import json
import os
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from filelock import FileLock

from backends.local.backups import BACKUPS, backups_of, newest_sound, rotate, what_is_wrong
from backends.local.hub.recovery.daily import back_up_if_due, keep_backups
from backends.local.hub.user_schema import USER_LAYOUT
from contract.errors import StorageCorrupt, StorageFull
from tests.hub.library import DAY
from tests.hub.recovery.conftest import PLAYS, USER


def at(moment):
    """A moment in real time, so that files can be older and newer."""
    return REAL + moment


REAL = 4_000_000_000_000
"""Later than any file."""


def touched(folder, moment):
    """The database was changed then."""
    os.utime(folder.user, ns=(at(moment) * 1_000_000, at(moment) * 1_000_000))


def made_on(folder, days):
    """Daily backups of these days, all of the same content."""
    model = folder.back_up(at(-1), "asked")
    record = json.loads(model.path.with_name(f"{model.path.name}.json").read_text())
    made = []
    for day in days:
        path = model.path.with_name(f"hub-{day}.db")
        path.write_bytes(model.path.read_bytes())
        said = {**record, "taken_at": at(day * DAY), "reason": "daily"}
        path.with_name(f"{path.name}.json").write_text(json.dumps(said))
        made.append(path)
    model.path.unlink()
    model.path.with_name(f"{model.path.name}.json").unlink()
    return made


def due(folder, moment):
    return back_up_if_due(folder.path, USER_LAYOUT, at(moment))


def test_the_first_is_made_at_once_and_the_next_a_day_later_if_anything_has_changed(folder):
    touched(folder, -1)
    assert due(folder, 0)
    touched(folder, 5)
    assert not due(folder, DAY - 10)
    assert due(folder, DAY + 10)
    assert not due(folder, 3 * DAY), "nothing has changed"
    assert len(backups_of(folder.path, USER)) == 2


def test_a_backup_holds_what_the_database_holds_and_its_record_says_how_much(folder):
    touched(folder, -1)
    due(folder, 0)
    [backup] = backups_of(folder.path, USER)
    with closing(sqlite3.connect(backup.path)) as connection:
        assert connection.execute("SELECT count(*) FROM plays").fetchone() == (backup.rows["plays"],) == (PLAYS,)
    assert (what_is_wrong(backup), backup.reason) == (None, "daily")
    assert backup.path.stat().st_mode & 0o777 == 0o600


def test_one_changed_byte_of_a_backup_is_noticed(folder):
    backup = folder.back_up()
    content = bytearray(backup.path.read_bytes())
    content[len(content) // 2] ^= 1
    backup.path.write_bytes(content)
    assert what_is_wrong(backup)
    assert newest_sound(folder.path, USER, 1) is None


def test_of_many_days_the_last_seven_and_four_weeks_are_kept(folder):
    made_on(folder, range(40))
    rotate(folder.path, USER)
    kept = [(each.taken_at - REAL) // DAY for each in backups_of(folder.path, USER)]
    assert kept[:7] == list(range(39, 32, -1))
    assert len(kept) == 9  # the last of this week and of the one before are among the seven
    assert len(list((folder.path / BACKUPS).iterdir())) == 2 * len(kept)


def test_the_last_sound_backup_stays_however_old_it_is(folder):
    oldest = folder.back_up(at(0), "daily")
    for spoilt in made_on(folder, range(100, 140)):
        spoilt.write_bytes(b"damaged")
    rotate(folder.path, USER)
    assert newest_sound(folder.path, USER, 1) == oldest


def test_a_damaged_database_is_not_backed_up_and_good_backups_stay(folder):
    good = folder.back_up()
    folder.overwrite(folder.place_of(b"Playlist 7"), b"Playlist X")
    touched(folder, 1)
    with pytest.raises(StorageCorrupt):
        due(folder, 5 * DAY)
    assert backups_of(folder.path, USER) == [good]
    assert sorted(path.suffix for path in (folder.path / BACKUPS).iterdir()) == [".db", ".json"]


def test_a_full_disk_leaves_no_half_of_a_backup(folder, monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(StorageFull, match="no room"):
        folder.back_up()
    assert backups_of(folder.path, USER) == []


def test_only_one_process_makes_it(folder):
    touched(folder, -1)
    with FileLock(folder.path / "backups.lock"):
        assert not due(folder, 0)
    assert due(folder, 0)


async def test_it_is_made_while_a_hub_is_there_and_what_is_written_meanwhile_is_not_held_up(hub, folder):
    keeping = asyncio.create_task(keep_backups(hub.hub, first_after=0, look_every=0.05))
    async with asyncio.timeout(20):
        while not backups_of(folder.path, USER):
            async with hub.hub.user.transaction() as connection:
                await connection.execute("UPDATE playback_session SET volume = volume")
            await asyncio.sleep(0)
    keeping.cancel()
    await asyncio.wait({keeping})
    [backup] = backups_of(folder.path, USER)
    assert what_is_wrong(backup) is None
