"""How each distributor writes its statements."""

from dataclasses import dataclass

from backends.local.importing.dates import DateOrder

__all__ = ["SOURCES", "StatementSource"]

Columns = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class StatementSource:
    """A distributor's columns, by key; of several, the first that has text in the row is meant.

    Attributes:
        source: The distributor, as stored.
        name: The distributor, for people.
        known_by: Columns that no other source has all of.
        month: When the sale was.
        reported: When it was reported.
        title: The track.
        album: The release.
        kind: The sort of sale, as the statement calls it.
        earnings: What the label is paid.
        currency: The column that names it, or the currency itself for a source that always pays in one.
        identity: What else tells two lines apart; quantities and amounts don't, since corrections change them.
        order: How dates are written whose year comes last.
    """

    source: str
    name: str
    known_by: frozenset[str]
    month: str
    reported: str
    store: str
    country: str
    isrc: str
    upc: Columns
    artist: str
    title: str
    album: Columns
    label: Columns
    kind: Columns
    quantity: str
    earnings: str
    currency: str
    identity: Columns
    order: DateOrder


SOURCES = (
    # The newer export adds "Date Inserted", which is left out of the identity: both exports hold the same sales.
    StatementSource(
        source="distrokid",
        name="DistroKid",
        known_by=frozenset(
            {"reportingdate", "salemonth", "store", "artist", "title", "isrc", "quantity", "earningsusd"}
        ),
        month="salemonth",
        reported="reportingdate",
        store="store",
        country="countryofsale",
        isrc="isrc",
        upc=("upc",),
        artist="artist",
        title="title",
        album=(),
        label=(),
        kind=("songalbum", "sourcetype"),
        quantity="quantity",
        earnings="earningsusd",
        currency="USD",
        identity=("teampercentage",),
        order=DateOrder.NEITHER,
    ),
    StatementSource(
        source="tunecore",
        name="TuneCore",
        known_by=frozenset({"salesperiod", "posteddate", "storename", "optionalisrc", "unitssold", "totalearned"}),
        month="salesperiod",
        reported="posteddate",
        store="storename",
        country="countryofsale",
        isrc="optionalisrc",
        upc=("upc", "optionalupc"),
        artist="artist",
        title="songtitle",
        album=("releasetitle",),
        label=("label",),
        kind=("salestype",),
        quantity="unitssold",
        earnings="totalearned",
        currency="currency",
        identity=("releasetype", "releasetitle", "tcsongid", "optionalupc"),
        order=DateOrder.MONTH_FIRST,
    ),
    StatementSource(
        source="cdbaby",
        name="CD Baby",
        known_by=frozenset({"reportdate", "salesdate", "isrc", "partnername", "trackname", "quantity", "subtotal"}),
        month="salesdate",
        reported="reportdate",
        store="partnername",
        country="deliverycountry",
        isrc="isrc",
        upc=("barcode",),
        artist="artistname",
        title="trackname",
        album=("albumname",),
        label=(),
        kind=("transactiontype",),
        quantity="quantity",
        earnings="subtotal",
        currency="USD",
        identity=("cdbabysku", "albumname"),
        order=DateOrder.MONTH_FIRST,
    ),
    StatementSource(
        source="believe",
        name="Believe",
        known_by=frozenset(
            {"reportingmonth", "salesmonth", "platform", "tracktitle", "isrc", "quantity", "netrevenue"}
        ),
        month="salesmonth",
        reported="reportingmonth",
        store="platform",
        country="countryregion",
        isrc="isrc",
        upc=("upc",),
        artist="artistname",
        title="tracktitle",
        album=("releasetitle",),
        label=("labelname",),
        kind=("salestype",),
        quantity="quantity",
        earnings="netrevenue",
        currency="clientpaymentcurrency",
        identity=("labelname", "releasetitle", "releasecatalognb", "streamingsubscriptiontype", "releasetype"),
        order=DateOrder.DAY_FIRST,
    ),
    StatementSource(
        source="orchard",
        name="The Orchard",
        known_by=frozenset(
            {"period", "activityperiod", "dms", "trackname", "isrc", "quantity", "labelsharenetreceipts"}
        ),
        month="activityperiod",
        reported="period",
        store="dms",
        country="territory",
        isrc="isrc",
        upc=("manufacturersupc", "orchardupc"),
        artist="artistname",
        title="trackname",
        album=("releasename",),
        label=("imprintlabel",),
        kind=("transtype",),
        quantity="quantity",
        earnings="labelsharenetreceipts",
        currency="preferredcurrency",
        identity=("orchardupc", "labelcatalog", "imprintlabel", "releasename", "volume", "track"),
        order=DateOrder.NEITHER,
    ),
)
