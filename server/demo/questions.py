"""Five questions of a label's manager: which tools answer them, and the answers as a person likes to read them."""

import datetime as dt
from collections.abc import Sequence

from server.demo.asking import Answer, Ask, Question

__all__ = ["QUESTIONS"]


async def _what_moved(ask: Ask) -> Sequence[str]:
    moved = await ask("catalogue_what_moved", {"days": 7})
    now, before = moved["period"], moved["previous_period"]
    lines = [f"{_days(now['start'], now['end'])} against {_days(before['start'], before['end'])}:"]
    for mark, tracks in (("▲", moved["rising"][:3]), ("▼", moved["falling"][:3])):
        lines += [
            f"  {mark} {_name(track):<44} {track['streams']:>9,} streams {_percent(track['change_percent']):>9}"
            for track in tracks
        ]
    if left_out := moved["not_compared_total"]:
        lines.append(f"  {left_out} track(s) left out: too many days without data to compare.")
    return lines


async def _who_leads(ask: Ask) -> Sequence[str]:
    overview = await ask("catalogue_get_overview", {})
    lines = [f"On {_day(overview['date'])}, of {overview['total_tracks']} tracks:"]
    lines += [
        f"  {rank}. {_name(track):<44} {track['streams']:>9,}"
        for rank, track in enumerate(overview["best_tracks"][:3], start=1)
    ]
    artist = overview["best_artists"][0]
    lines.append(f"  Most streamed artist: {artist['artist']} ({artist['streams']:,}).")
    if overview["apple_latest_day"] != overview["spotify_latest_day"]:
        lines.append(
            f"  Apple Music reaches {_day(overview['apple_latest_day'])} only, so the last days are Spotify's."
        )
    return lines


async def _how_is_it_doing(ask: Ask) -> Sequence[str]:
    found = await ask("catalogue_list_tracks", {"query": "low water"})
    streams = await ask("catalogue_get_streams", {"isrc": found["tracks"][0]["isrc"], "days": 28})
    totals = streams["totals"]
    services = f"Spotify {_count(totals['spotify'])}, Apple {_count(totals['apple'])}"
    period = _days(streams["start"], streams["end"])
    lines = [f"{_name(streams)}, {period}: {totals['all']:,} streams ({services})."]
    if change := streams["comparison"]:
        lines.append(
            f"  {_percent(change['change_percent'])} against the four weeks before, over the "
            f"{change['days_compared']} days that both have."
        )
    if missing := streams["missing_days"]:
        lines.append(f"  No data for {', '.join(_span(span) for span in missing)}: missing, not zero.")
    return lines


async def _what_is_there(ask: Ask) -> Sequence[str]:
    page = await ask("catalogue_list_tracks", {"limit": 4})
    lines = [f"{page['total']} tracks, the newest first:"]
    lines += [f"  {track['isrc']}  {_name(track):<44} {track['release_date'] or ''}" for track in page["tracks"]]
    lines.append(f"  … and {page['remaining']} more (next_offset {page['next_offset']}).")
    return lines


async def _what_did_it_earn(ask: Ask) -> Sequence[str]:
    found = await ask("catalogue_list_tracks", {"query": "parking lot"})
    track = (await ask("catalogue_get_track", {"isrc": found["tracks"][0]["isrc"], "detail": "full"}))["track"]
    lines = [f"{_name(track)}, from the distributor's statements:"]
    lines += [
        f"  {statement['month']}  {statement['units']:>9,} units {float(statement['earnings']):>10,.2f} "
        f"{statement['currency']}"
        for statement in track["metadata"]["statements"]
    ]
    return lines


QUESTIONS = (
    Question("What moved this week?", _what_moved),
    Question("Who is carrying the label right now?", _who_leads),
    Question("How is Low Water doing, and is anything missing?", _how_is_it_doing),
    Question("What did Parking Lot Sunrise earn?", _what_did_it_earn),
    Question("What is in our catalogue?", _what_is_there),
)


def _name(track: Answer) -> str:
    return f"{track['title']} — {track['artist']}"


def _count(streams: int | None) -> str:
    return "not reported" if streams is None else f"{streams:,}"


def _percent(change: float | None) -> str:
    return "new" if change is None else f"{change:+.1f} %"


def _day(text: str) -> str:
    date = dt.date.fromisoformat(text)
    return f"{date.day} {date:%b}"


def _days(start: str, end: str) -> str:
    return f"{_day(start)} to {_day(end)}"


def _span(text: str) -> str:
    return " to ".join(_day(day) for day in text.split("/"))
