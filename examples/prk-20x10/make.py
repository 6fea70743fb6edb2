#!/usr/bin/env python3
"""Makes the tables of this example from the source tables, and tests them.

    python3 make.py SOURCE [OUT]

SOURCE is a folder with prk_counties.csv, prk_programme.csv and prk_cells_voronoi.geojson. OUT is the
folder to write to, by default the one that holds this script. The output is committed, so nobody
needs to run this; it is here so that anybody can see how each column came about.

programme.toml and README.md are written by hand. Only the standard library is used, and the same
source gives the same bytes.
"""

import calendar
import csv
import datetime
import io
import json
import pathlib
import sys

PACKAGE = "county-factories"
PERIOD_FIRST, PERIOD_COUNT = 2024, 10

PLACE_COLUMNS = [
    "id", "name", "name:ko", "type", "province", "province:ko", "lat", "lon", "population", "area_km2",
    "coord_source", "pop_source", "area_source", "note", "audit",
]
REPORT_COLUMNS = [
    "site", "named", "province", "batch", "period", "package", "facility", "stage", "date", "date_kind",
    "count", "reporter", "independent", "source", "note", "audit",
]
FACILITY_COLUMNS = ["site", "name", "opened", "source"]

# How Groundwork reads the stages of the reports table.
OPENED = {"inaugurated", "operating", "opened"}
BEGUN = {
    "groundbreaking", "foundation_work", "frame_complete", "roof_complete", "exterior_finishing", "final_stage",
    "inspected", "progress_observed", "completed", "under_construction",
}


def main(arguments):
    if len(arguments) not in (1, 2):
        sys.exit(__doc__)
    source = pathlib.Path(arguments[0])
    out = pathlib.Path(arguments[1]) if len(arguments) == 2 else pathlib.Path(__file__).resolve().parent
    places = make_places(read(source / "prk_counties.csv"))
    programme = read(source / "prk_programme.csv")
    reports = make_reports(programme)
    facilities = make_facilities(programme)
    cells = make_cells(json.loads((source / "prk_cells_voronoi.geojson").read_text("utf-8")), places)
    test(places, reports, facilities, cells)
    write(out / "places.csv", PLACE_COLUMNS, places)
    write(out / "reports.csv", REPORT_COLUMNS, reports)
    write(out / "facilities.csv", FACILITY_COLUMNS, facilities)
    (out / "cells.geojson").write_bytes(cells_text(cells).encode("utf-8"))
    print(f"{len(places)} places, {len(reports)} reports, {len(facilities)} facilities, {len(cells)} cells", file=sys.stderr)


def make_places(rows):
    """The planning units. Child districts (in_plan = 0) lie inside a unit and are not places."""
    return [
        {
            "id": row["pcode"],
            "name": row["name_en"],
            "name:ko": row["name_ko"],
            "type": row["type"],
            "province": row["province_en"],
            "province:ko": row["province_ko"],
            "lat": row["lat"],
            "lon": row["lon"],
            "population": row["pop_2008"],
            "area_km2": row["area_km2_approx"],
            "coord_source": row["coord_source"],
            "pop_source": row["pop_source"],
            "area_source": row["area_source"],
            "note": row["note"],
            "audit": row["audit"],
        }
        for row in rows
        if row["in_plan"] == "1"
    ]


def make_reports(rows):
    """Every report. `period` and `package` are the two columns that this script adds."""
    return [
        {
            "site": row["pcode"],
            "named": row["county"],
            "province": row["province"],
            "batch": row["batch_year"],
            "period": period_of(row),
            "package": package_of(row),
            "facility": row["facility"],
            "stage": row["stage"],
            "date": row["date"],
            "date_kind": row["date_kind"],
            "count": row["count"],
            "reporter": row["reporter"],
            "independent": row["independent"],
            "source": row["source"],
            "note": row["note"],
            "audit": row["audit"],
        }
        for row in rows
    ]


def period_of(row):
    """The batch when it is one year of the programme. `pilot`, `2026+` and `2024+2025` are no period."""
    years = {str(PERIOD_FIRST + index) for index in range(PERIOD_COUNT)}
    return row["batch_year"] if row["batch_year"] in years else ""


def package_of(row):
    """The factories, where the row is about the factories of one named place.

    A hospital, a farm, a leisure complex or a paper mill alone is not the package, and a row about
    the whole programme names no place.
    """
    return PACKAGE if row["pcode"] and "factories" in row["facility"] else ""


def make_facilities(rows):
    """What stood before the programme: the pilot."""
    return [
        {
            "site": row["pcode"],
            "name": f"{row['county']} pilot factories",
            "opened": row["date"],
            "source": row["source"],
        }
        for row in rows
        if row["batch_year"] == "pilot" and row["stage"] in OPENED
    ]


def make_cells(collection, places):
    """The stand-in areas: id and outline from the source, names from the places (they are newer)."""
    outlines = {feature["id"]: feature["geometry"] for feature in collection["features"]}
    return [
        {
            "type": "Feature",
            "id": place["id"],
            "properties": {"name": place["name"], "name:ko": place["name:ko"], "province": place["province"]},
            "geometry": outlines[place["id"]],
        }
        for place in places
        if place["id"] in outlines
    ]


def cells_text(cells):
    """GeoJSON with one feature a line, so that two versions can be compared."""
    lines = [json.dumps(cell, ensure_ascii=False, separators=(",", ":")) for cell in cells]
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"


def test(places, reports, facilities, cells):
    """Stops unless the tables say what the README of this example says."""
    ids = [place["id"] for place in places]
    equal("places", len(ids), 179)
    equal("distinct ids", len(set(ids)), 179)
    equal("persons", sum(int(place["population"]) for place in places), 23_349_859)
    equal("cells", [cell["id"] for cell in cells], ids)
    equal("facilities", [(row["site"], row["opened"]) for row in facilities], [("KP0409", "2022-06-21")])
    equal("reports", len(reports), 174)
    equal("reports on an unknown site", [row for row in reports if row["site"] and row["site"] not in ids], [])
    equal("last report", max(last_day(row["date"]) for row in reports), datetime.date(2026, 2, 9))
    unread = {row["stage"] for row in reports if row["package"] and row["stage"] not in OPENED | BEGUN}
    equal(
        "stages about the factories of a place that are no stage of building",
        sorted(unread), ["no_heat_observed", "roof_not_started_observed", "snow_on_roof_observed"],
    )

    existing = {row["site"] for row in facilities}
    counting = [
        row for row in reports
        if row["site"] and row["site"] not in existing and row["package"] and row["period"]
        and row["stage"] in OPENED | BEGUN
    ]
    named = {(row["period"], row["site"], row["named"]) for row in counting}
    equal("named places a year", tally(period for period, _, _ in named), {"2024": 20, "2025": 20, "2026": 20})
    equal(
        "named places of Kaesong", sorted(row for row in named if row[1] == "KP0803"),
        [("2025", "KP0803", "Kaephung"), ("2026", "KP0803", "Panmun")],
    )
    fixed = {}
    for period, site, _ in sorted(named):
        fixed.setdefault(site, period)
    equal("distinct units", len(fixed), 59)
    equal("new units a year", tally(fixed.values()), {"2024": 20, "2025": 20, "2026": 19})
    opened = {(row["period"], row["site"], row["named"]) for row in counting if row["stage"] in OPENED}
    equal("named places opened", tally(period for period, _, _ in opened), {"2024": 20, "2025": 20})


def last_day(text):
    """The day, or the last day of a month that is known only by its month."""
    parts = [int(part) for part in text.split("-")]
    if len(parts) == 2:
        parts.append(calendar.monthrange(*parts)[1])
    return datetime.date(*parts)


def tally(values):
    counts = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items()))


def equal(what, found, expected):
    if found != expected:
        sys.exit(f"self-test failed: {what}: found {found}, expected {expected}")


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path, columns, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1:])
