"""One sale, as each distributor writes it, and a day of a chart."""

ISRC = "QZMEM2600001"

DISTROKID_OLD = (
    "Reporting Date\tSale Month\tStore\tArtist\tTitle\tISRC\tUPC\tQuantity\tTeam Percentage\tSong/Album\t"
    "Country of Sale\tSongwriter Royalties Withheld\tEarnings (USD)\n"
    "2026-10-15\t2026-09\tSpotify\tZoë\tNight Ferry\tQZMEM2600001\t199990000012\t1200\t100\tSong\tDE\t0\t4.2000100\n"
    "2026-10-15\t2026-09\tiTunes\tZoë\tFerry EP\t\t199990000012\t2\t100\tAlbum\tDE\t0\t11.38\n"
)
DISTROKID_NEW = (
    '"Date Inserted","Reporting Date","Sale Month","Store","Artist","Title","ISRC","UPC","Quantity","Team Percentage",'
    '"Source Type","Country of Sale","Songwriter Royalties Withheld","Recoup (USD)","Earnings (USD)"\n'
    '"2026-10-16","2026-10-15","2026-09","Spotify","Zoë","Night Ferry","QZMEM2600001","199990000012","1200","100",'
    '"Song","DE","0","0","4.2000100"\n'
)
TUNECORE = (
    "Sales Period,Posted Date,Store Name,Country Of Sale,Artist,Release Type,Release Title,Song Title,Label,UPC,"
    "Optional UPC,TC Song ID,Optional ISRC,Sales Type,# Units Sold,Per Unit Price,Net Sales,Net Sales Currency,"
    "Exchange Rate,Total Earned,Currency\n"
    "2026-09-01,2026-11-02,Spotify,DE,Zoë,Single,Night Ferry,Night Ferry,Own,199990000012,,77,QZMEM2600001,Stream,"
    '"1,200",0.0035,4.2000100,EUR,1.0,4.2000100,USD\n'
)
CDBABY = (
    "Report Date\tSales Date\tQuantity\tPrice\tSubtotal\tIsrc\tBarcode\tCDBabySku\tAlbum Name\tArtist Name\t"
    "Track Name\tPartner Name\tTransaction Type\tDelivery Country\n"
    "11/2/2026\t9/13/2026\t1200\t0.0035\t4.2000100\tQZMEM2600001\t199990000012\tSKU1\tNight Ferry\tZoë\tNight Ferry\t"
    "Spotify\tStream\tDE\n"
)
BELIEVE = (
    "Reporting month;Sales Month;Platform;Country / Region;Label Name;Artist Name;Release title;Track title;UPC;ISRC;"
    "Release Catalog nb;Streaming Subscription Type;Release type;Sales Type;Quantity;Client Payment Currency;"
    "Unit Price;Mechanical Fee;Gross Revenue;Client share rate;Net Revenue\n"
    "01/11/2026;01/09/2026;Spotify;DE;Own;Zoë;Night Ferry;Night Ferry;199990000012;QZMEM2600001;CAT1;Premium;Single;"
    "Stream;1.200;USD;0,0035;0;5,25;0,8;4,2000100\n"
)
ORCHARD = (
    "Period;Activity Period;DMS;Territory;Orchard UPC;Manufacturer's UPC;Label Catalog #;Imprint Label;Artist Name;"
    "Release Name;Track Name;ISRC;Volume;Track #;Quantity;Trans Type;Label Share Net Receipts;Preferred Currency\n"
    "2026M10;2026M9;Spotify;DE;199990000012;;CAT1;Own;Zoë;Night Ferry;Night Ferry;QZMEM2600001;1;1;1200;Stream;"
    "4,2000100;USD\n"
)

STATEMENTS = {
    "distrokid": (DISTROKID_OLD, "DistroKid statement", "cp1252"),
    "distrokid-new": (DISTROKID_NEW, "DistroKid statement", "iso-8859-1"),
    "tunecore": (TUNECORE, "TuneCore statement", "utf-8"),
    "cdbaby": (CDBABY, "CD Baby statement", "utf-8-sig"),
    "believe": (BELIEVE, "Believe statement", "iso-8859-1"),
    "orchard": (ORCHARD, "The Orchard statement", "utf-16"),
}

CHART = (
    "rank,uri,artist_names,track_name,source,peak_rank,previous_rank,days_on_chart,streams\n"
    '1,spotify:track:6rqhFgbbKwnb9MLmUQDhG6,"Zoë, Ana",Night Ferry,Own,1,-1,1,"1,234,567"\n'
    "2,spotify:track:0000000000000000000000,Somebody,Else,Major,1,1,90,1000000\n"
)
