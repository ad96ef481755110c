"""Read one row of a statement: what was sold where, for how much, and what tells it from the other rows."""

import re
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from backends.local.importing.amounts import Numbers
from backends.local.importing.cells import parsed, text_of
from backends.local.importing.dates import past_period, period
from backends.local.importing.format import Header, RejectedRow
from backends.local.importing.statement_sources import StatementSource
from contract.identifiers import normalise_isrc, normalise_upc

__all__ = ["StatementReader", "StatementRow", "valid_upc"]

_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_BETWEEN = "\x1f"  # no clean text has it, so that no two lists of cells join to the same


class StatementRow(NamedTuple):
    """A row as `statement_rows` stores it."""

    fingerprint: bytes
    reported: str
    month: str
    store: str
    country: str
    isrc: str | None
    upc: str | None
    artist: str
    title: str
    kind: str
    quantity: int
    earnings: str
    currency: str


class StatementReader:
    """Reads the rows of one file."""

    def __init__(self, source: StatementSource, header: Header, numbers: Numbers) -> None:
        self._source = source
        self._numbers = numbers
        self._columns = {name: header.find_all(*keys) for name, keys in _keys(source).items()}
        self._quantity, self._earnings = header.position(source.quantity), header.position(source.earnings)
        self._identity = header.find_all(*source.identity)

    def read(self, row: list[str]) -> StatementRow:
        """Return the row.

        Raises:
            RejectedRow: One of its cells is not as it must be.
        """
        sold = parsed("month of sale", self._month, self.text(row, "month"))
        written = {name: self.text(row, name) for name in ("reported", "store", "country", "artist", "kind")}
        reported = parsed("reporting date", self._period, written["reported"]) if written["reported"] else ""
        isrc_text, upc_text = self.text(row, "isrc"), self.text(row, "upc")
        given = StatementRow(
            fingerprint=b"",
            reported=reported,
            month=sold[:7],
            store=written["store"],
            country=written["country"],
            isrc=parsed("isrc", _isrc, isrc_text) if isrc_text else None,
            # Money counts even where a spreadsheet has spoilt the barcode beside it.
            upc=valid_upc(upc_text) or upc_text or None,
            artist=written["artist"],
            title=self.text(row, "title") or self.text(row, "album"),
            kind=written["kind"],
            quantity=self._units(row),
            earnings=parsed("earnings", self._numbers.amount, row[self._earnings]),
            currency=self._currency(row),
        )
        return given._replace(fingerprint=self._fingerprint(row, sold, given))

    def _fingerprint(self, row: list[str], sold: str, given: StatementRow) -> bytes:
        """Hash of what identifies the row; a correction changes quantity and amounts, so they are left out."""
        identity = (
            self._source.source,
            sold,
            given.reported,
            given.store,
            given.country,
            given.isrc or "",
            given.upc or "",
            given.artist,
            given.title,
            given.kind,
            *(text_of(self._source.name, row[at]) for at in self._identity),
        )
        return blake2b(_BETWEEN.join(identity).encode(), digest_size=16).digest()

    def text(self, row: list[str], name: str) -> str:
        """Text of the first column of that name that has any."""
        for at in self._columns[name]:
            if text := text_of(name, row[at]):
                return text
        return ""

    def _month(self, text: str) -> str:
        return past_period(text, self._source.order)

    def _period(self, text: str) -> str:
        return period(text, self._source.order)

    def _units(self, row: list[str]) -> int:
        quantity = parsed("quantity", self._numbers.whole, row[self._quantity])
        if quantity is None:
            raise RejectedRow("quantity is empty")
        return quantity

    def _currency(self, row: list[str]) -> str:
        currency = self.text(row, "currency").upper() if self._columns["currency"] else self._source.currency
        if not _CURRENCY.fullmatch(currency):
            raise RejectedRow("currency must be three letters, such as EUR")
        return currency


_isrc = lru_cache(maxsize=65536)(normalise_isrc)


@lru_cache(maxsize=4096)
def valid_upc(text: str) -> str | None:
    """The UPC or EAN, or None if it is none."""
    try:
        return normalise_upc(text)
    except ValueError:
        return None


def _keys(source: StatementSource) -> dict[str, tuple[str, ...]]:
    return {
        "month": (source.month,),
        "reported": (source.reported,),
        "store": (source.store,),
        "country": (source.country,),
        "isrc": (source.isrc,),
        "upc": source.upc,
        "artist": (source.artist,),
        "title": (source.title,),
        "album": source.album,
        "label": source.label,
        "kind": source.kind,
        "currency": (source.currency,),
    }
