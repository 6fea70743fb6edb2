"""How the future may turn out: persons, costs and sites that are late or fail, for each future of a question."""

from __future__ import annotations

import dataclasses
import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contract import Programme, Schedule

NEVER = 10**6
"""Periods by which a site is late that fails."""


@dataclasses.dataclass(frozen=True)
class Future:
    """Is one future. Without rows and draws it has the numbers as written, everything in time."""

    name: str = ""
    weight: int = 1
    row: dict[str, Any] = dataclasses.field(default_factory=dict)
    draw: int = 0
    delays: dict[str, Any] = dataclasses.field(default_factory=dict)

    def of(self) -> str:
        """Returns the name as it stands behind that of a rule."""
        return f" in {self.name}" if self.name else ""

    def persons(self, province: str, kind: str, number: int) -> int:
        """Returns how many of a number of persons as written need a kind."""
        per_cent = 100
        for row in self.row.get("demand", []):
            if row.get("kind", kind) == kind and row.get("province", province) == province:
                per_cent = row["per_cent"]
        return (number * per_cent + 50) // 100

    def cost(self, resource: str, amount: int) -> int:
        """Returns what a part costs of which so much is written."""
        return -(-amount * self.row.get("cost_per_cent", {}).get(resource, 100) // 100)

    def lateness(self, site: str, province: str) -> int:
        """Returns the periods by which what is planned at a site is late."""
        planned = 0
        for row in self.row.get("late", []):
            speaks = site in row["sites"] if row.get("sites") else True
            if speaks and row.get("province", province) == province:
                planned = NEVER if row.get("fails") else row.get("periods", 0)
        return planned + (self.drawn(site) if self.draw else 0)

    def drawn(self, site: str) -> int:
        """Returns the periods that the draw says of a site."""
        words = ("groundwork delay 1", str(self.delays.get("seed", 0)), str(self.draw), site)
        digest = hashlib.sha256(b"\0".join(word.encode() for word in words)).digest()
        point = 100 * int.from_bytes(digest[:8], "big") >> 64
        for periods, per_cent in enumerate(self.delays["late_per_cent"]):
            point -= per_cent
            if point < 0:
                return periods
        return NEVER

    def offers(self, programme: Programme, site: int, schedule: Schedule) -> tuple[int | None, ...]:
        """Returns the package that a site offers in each period when it is as late as here."""
        row = programme.sites[site]
        late = self.lateness(row.id, row.province)
        if late == 0 or site in programme.facilities:
            return schedule.offers
        opens = None if schedule.opens is None else schedule.opens + (0 if site in programme.settled else late)
        turns = None if schedule.turns is None else schedule.turns + (0 if site in programme.frozen_turns else late)
        found: list[int | None] = []
        for period, planned in enumerate(schedule.offers, 1):
            package = planned
            if schedule.turns is not None and schedule.turns <= period < (turns or 0):
                package = schedule.offers[schedule.turns - 2]
            if opens is not None and period < opens:
                package = None
            found.append(package)
        return tuple(found)


def futures_of(programme: Programme) -> list[Future]:
    """Returns the futures that the question of a programme is about; one that changes nothing without scenarios."""
    scenarios, outlook = programme.settings.get("scenarios"), programme.question.outlook
    if scenarios is None or outlook == "as-written":
        return [Future()]
    delays = scenarios.get("delays", {})
    found = []
    for row in scenarios.get("future") or [{}]:
        weight, named = row.get("weight", 1), row.get("name", "")
        if delays:
            for draw in range(1, delays["samples"] + 1):
                found.append(Future(f"{named or 'draw'}/{draw}", weight, row, draw, delays))
        else:
            found.append(Future(named, weight, row))
    if outlook == "together":
        return found
    return [dataclasses.replace(future, weight=1) for future in found if future.name == outlook["future"]]
