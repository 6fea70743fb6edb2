"""Reads the files of a programme folder as they are written, without saying what they mean."""

from __future__ import annotations

import csv
import datetime
import pathlib
import tomllib
from fractions import Fraction
from typing import Any


class Row(dict[str, str]):
    """Is a row of a table by column; a column that is not there is empty."""

    def __missing__(self, column: str) -> str:
        return ""


def settings(folder: pathlib.Path) -> dict[str, Any]:
    """Returns `programme.toml`, with numbers that have a point as exact fractions."""
    text = (folder / "programme.toml").read_text(encoding="utf-8")
    return tomllib.loads(text, parse_float=Fraction)


def table(folder: pathlib.Path, name: str | None) -> list[Row]:
    """Returns the rows of a table, with blanks around cells taken away; none for a table without a name."""
    if name is None:
        return []
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return [Row((key, (cell or "").strip()) for key, cell in row.items()) for row in csv.DictReader(file)]


def tables(folder: pathlib.Path, written: dict[str, Any]) -> dict[str, list[Row]]:
    """Returns the rows of all four tables."""
    files = written.get("files", {})
    names = {"places": files.get("places", "places.csv")}
    names |= {name: files.get(name) for name in ("sites", "facilities", "reports")}
    return {name: table(folder, file) for name, file in names.items()}


def day(text: str) -> datetime.date:
    """Returns a day; a month is its last day."""
    if len(text) == 7:
        year, month = (int(part) for part in text.split("-"))
        after = datetime.date(year + month // 12, month % 12 + 1, 1)
        return after - datetime.timedelta(days=1)
    return datetime.date.fromisoformat(text)


def last_report(folder: pathlib.Path) -> datetime.date | None:
    """Returns the day of the last report; none without reports."""
    reports = tables(folder, settings(folder))["reports"]
    return max((day(row["date"]) for row in reports), default=None)
