"""What a programme means by `docs/concepts/rules.md`: schedules, rules as sums, and what plans are worth.

Nothing here is taken from the program that is tested. All numbers are whole numbers or exact fractions.
"""

from __future__ import annotations

import dataclasses
import datetime
import math
import pathlib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import Any

import reading
from asking import Promise, Question
from futures import Future, futures_of
from goals import FARTHEST, Tariff

EARTH_RADIUS_M = 6_371_008.8
DISCOUNT_SCALE = 1_000_000
BEGUN = ("groundbreaking", "opened")


@dataclasses.dataclass(frozen=True)
class Site:
    """Is a site as the tables together describe it."""

    id: str
    point: tuple[float, float]
    own_place: int | None
    province: str
    rule: str
    window: tuple[int, int]
    packages: frozenset[int]
    cost: dict[str, int]


@dataclasses.dataclass(frozen=True)
class Schedule:
    """Is what happens at a site: the package of each period, and when (1-based) what happens."""

    offers: tuple[int | None, ...]
    opens: int | None = None
    first: int | None = None
    turns: int | None = None
    upgrade: int | None = None
    closes: int | None = None


@dataclasses.dataclass(frozen=True)
class Limit:
    """Is a sum over sites, `weights` by site and schedule, held against a number."""

    name: str
    weights: dict[tuple[int, int], int]
    sense: str
    number: int


@dataclasses.dataclass(frozen=True)
class CoverageFloor:
    """Asks that so many persons of some places have a site that offers a kind within its reach."""

    name: str
    kind: int
    period: int
    places: tuple[int, ...]
    persons: int


@dataclasses.dataclass(frozen=True)
class Layer:
    """Is a kind that a package lists, in a period of a future: who needs it, whom it may be served to, and what that
    costs.

    A person and a unit of cost count `factor`.
    """

    kind: int
    period: int
    future: int
    limited: bool
    whole: bool
    persons: tuple[int, ...]
    factor: int
    pairs: tuple[dict[int, int], ...]
    unserved: int | None


@dataclasses.dataclass(frozen=True)
class Held:
    """Is a goal that is held: what people cost and schedules are charged in some futures is at most a number."""

    tariff: Tariff
    futures: tuple[int, ...]
    layers: tuple[Layer, ...]
    most: int


Served = dict[tuple[int, int, int, int, int], int]
"""Persons by future, kind, period, place and site."""


def metres(a: tuple[float, float], b: tuple[float, float], detour: float) -> int:
    """Returns the way between two points in degrees, in whole metres."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(p[0]), math.radians(p[1])) for p in (a, b))
    half_lat, half_lon = math.sin((lat_b - lat_a) / 2), math.sin((lon_b - lon_a) / 2)
    h = half_lat**2 + math.cos(lat_a) * math.cos(lat_b) * half_lon**2
    return math.floor(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h))) * detour + 0.5)


def in_metres(kilometres: int | Fraction) -> int:
    """Returns a length of the settings in metres."""
    return int(Fraction(kilometres) * 1000)


def rounded_half_up(number: Fraction) -> int:
    """Returns the nearest whole number."""
    return math.floor(number + Fraction(1, 2))


class Programme:
    """Holds a programme, read from its folder, as a question asks of it."""

    def __init__(self, folder: pathlib.Path, as_of: datetime.date | None = None, question: Question | None = None):
        self.question = question or Question(as_of)
        as_of = self.question.as_of
        self.settings = reading.settings(folder)
        tables = reading.tables(folder, self.settings)
        periods = self.settings["periods"]
        self.count: int = periods["count"]
        self.first_year: int = periods["first"]
        self.years: int = periods.get("years", 1)
        self.as_of = as_of
        self.kinds: list[dict[str, Any]] = self.settings["kinds"]
        self.packages: list[dict[str, Any]] = self.settings["packages"]
        self.upgrades: list[dict[str, Any]] = self.settings.get("upgrades", [])
        self.goal: str = self.question.goal or self.settings.get("objective", {}).get("goal", "distance")
        self.places = tables["places"]
        self.place_index = {row["id"]: number for number, row in enumerate(self.places)}
        self.place_points = [(float(row["lat"]), float(row["lon"])) for row in self.places]
        self.detour = float(self.settings.get("distance", {}).get("detour", 1))
        self.lists = [self._lists(package) for package in self.packages]
        self.sites = self._sites(tables["sites"])
        self.site_index = {site.id: number for number, site in enumerate(self.sites)}
        self.materials = self._materials(tables["sites"])
        self.facilities = {self.site_index[row["site"]]: row for row in reversed(tables["facilities"])}
        self.facts, self.used = self._facts(tables["reports"])
        self.first_open = self._first_open()
        self.replan()
        self.settled = frozenset(self.facilities) | frozenset(self.facts) | self.frozen_openings
        self.futures: list[Future] = futures_of(self)
        self.worst_case = self.settings.get("scenarios", {}).get("objective") == "worst-case"
        self.tariff = Tariff(self, self.goal)
        self.layers = self._layers(self.tariff, None)
        self.held = [held for goal, value in self.question.held for held in self._held(goal, value)]
        self.limits = list(self._limits())
        self.floors = list(self._coverage_floors())

    # What a replan settles.

    def replan(self) -> None:
        """Finds the schedules of all sites, what of promises is frozen, and which schedules are as promised."""
        replan = self.question.replan
        self.begun_by = replan.begun_by if replan else 0
        self.promised: dict[int, list[Promise]] = {}
        self.failed: set[int] = set()
        void: set[int] = set()
        reported = frozenset(self.facts)
        for row in replan.state if replan else ():
            site = self.site_index[row.site]
            if site in reported:
                continue
            if row.state == "failed":
                self.failed.add(site)
            elif row.state == "not-begun":
                void.add(site)
            else:
                # From here on it is as if reports had said so.
                self.facts[site] = (row.period, self._package(row.package) if row.package else 0)
                self.used[row.period] += 1
        for promise in replan.promised if replan else ():
            self.promised.setdefault(self.site_index[promise.site], []).append(promise)
        for site in set(self.facts) | self.failed | void:
            self.promised.pop(site, None)
        self.frozen_openings: frozenset[int] = frozenset()
        self.frozen_turns: frozenset[int] = frozenset()
        self.schedules = [self._narrowed(site, self._schedules(site)) for site in range(len(self.sites))]

    def begins(self, schedule: Schedule) -> dict[tuple[str, int, str], int]:
        """Returns what happens by a schedule, each with the period in which it begins."""
        found = {}
        for event in self.events(schedule):
            what, period, _ = event
            build = 0
            if what == "open":
                build = self.build(schedule.first or 0)
            elif what == "upgrade":
                build = self.upgrades[schedule.upgrade or 0].get("build", 0)
            found[event] = period - build
        return found

    def _narrowed(self, site: int, schedules: list[Schedule]) -> list[Schedule]:
        """Returns the schedules in which nothing begins too early but what was promised, and that stays."""
        if self.begun_by == 0:
            return schedules
        decided = site in self.facilities and self.facilities[site]["closes"]
        promises = [self.event(promise) for promise in self.promised.get(site, [])]

        def fits(schedule: Schedule) -> bool:
            for event, begins in {} if decided else self.begins(schedule).items():
                settled = site in self.facts and event[0] == "open"
                if begins <= self.begun_by and not settled and event not in promises:
                    return False
            return True

        left = [schedule for schedule in schedules if fits(schedule)]
        for what in ("open", "upgrade", "close"):
            for event in (event for event in promises if event[0] == what):
                kept = [s for s in left if not decided and self.begins(s).get(event, self.count) <= self.begun_by]
                kept = [s for s in kept if event in self.events(s)]
                if kept:
                    left = kept
                    self._freeze(site, event)
        return left

    def _freeze(self, site: int, event: tuple[str, int, str]) -> None:
        """Notes that something which was promised has begun and stays."""
        what, period, _ = event
        if what == "open":
            self.frozen_openings |= {site}
            self.used[period] += 1
        elif what == "upgrade":
            self.frozen_turns |= {site}
            self.used[period] += int(self.settings.get("quota", {}).get("count_upgrades", False))

    @staticmethod
    def event(promise: Promise) -> tuple[str, int, str]:
        """Returns a promise as `events` writes what happens."""
        return (promise.what, promise.period, "" if promise.what == "close" else promise.package)

    def changes(self, site: int, schedule: Schedule) -> bool:
        """Returns whether a promised site does something else than was promised."""
        promises = self.promised.get(site)
        if promises is not None and site in self.facilities and self.facilities[site]["closes"]:
            return True
        return promises is not None and {self.event(promise) for promise in promises} != self.events(schedule)

    # Tables.

    def periods(self) -> range:
        """Returns the numbers of the periods, from 1."""
        return range(1, self.count + 1)

    def period_named(self, number: int | str) -> int | None:
        """Returns the period that a number means: its own, or that of a year in it."""
        number = int(number)
        if 1 <= number <= self.count:
            return number
        period = (number - self.first_year) // self.years + 1
        return period if 1 <= period <= self.count else None

    def _lists(self, package: dict[str, Any]) -> dict[int, dict[str, Any] | None]:
        """Returns the kinds of a package by number, each with its size if one is named."""
        index = {kind["id"]: number for number, kind in enumerate(self.kinds)}
        listed: dict[int, dict[str, Any] | None] = {}
        for name in package["kinds"]:
            kind, _, size = name.partition(":")
            sizes = {s["id"]: s for s in self.kinds[index[kind]].get("sizes", [])}
            listed[index[kind]] = sizes[size] if size else None
        return listed

    def _package(self, name: str) -> int:
        return next(number for number, package in enumerate(self.packages) if package["id"] == name)

    def _sites(self, rows: list[reading.Row]) -> list[Site]:
        """Returns all sites: places unless only the table counts, amended by and followed by its rows."""
        amended = {row["id"]: row for row in reversed(rows)}
        ids = [] if self.settings.get("sites") == "table" else list(self.place_index)
        ids = list(dict.fromkeys([*ids, *(row["id"] for row in rows)]))
        return [self._site(name, amended.get(name, reading.Row(id=name))) for name in ids]

    def _site(self, name: str, row: reading.Row) -> Site:
        place = self.place_index.get(name)
        located = row.get("lat", "") != ""
        point = (float(row["lat"]), float(row["lon"])) if located else self.place_points[place or 0]
        earliest = self.period_named(row["earliest"]) if row.get("earliest") else 1
        latest = self.period_named(row["latest"]) if row.get("latest") else self.count
        named = [self._package(p) for p in row.get("packages", "").split("|") if p]
        costs = {key.partition(":")[2]: int(cell) for key, cell in row.items() if key.startswith("cost:") and cell}
        return Site(
            id=name,
            point=point,
            own_place=None if located else place,
            province="" if place is None else self.places[place].get("province", ""),
            rule=row.get("rule") or "candidate",
            window=(earliest or 1, latest or self.count),
            packages=frozenset(named or range(len(self.packages))),
            cost=costs,
        )

    def _materials(self, rows: list[reading.Row]) -> dict[str, list[tuple[str, tuple[float, float]]]]:
        """Returns the places and sites that have each material, with id and point."""
        found: dict[str, list[tuple[str, tuple[float, float]]]] = {}
        listed = [(row, self.place_points[number]) for number, row in enumerate(self.places)]
        listed += [(row, self.sites[self.site_index[row["id"]]].point) for row in rows]
        for row, point in listed:
            for material in filter(None, row.get("materials", "").split("|")):
                found.setdefault(material, []).append((row["id"], point))
        return found

    # Facts.

    def _first_open(self) -> int:
        """Returns the first period that is not past."""
        if self.as_of is None or self.as_of.year < self.first_year:
            return 1
        return self.period_named(self.as_of.year) or self.count + 1

    def _facts(self, rows: list[reading.Row]) -> tuple[dict[int, tuple[int, int]], list[int]]:
        """Returns period and package of each fixed site, and how many openings of each period are used."""
        used = [0] * (self.count + 1)
        counting = [row for row in rows if self._report_counts(row)]
        named: dict[tuple[str, str], int] = {}
        for row in counting:
            key, period = (row["site"], row.get("named", "")), self.period_named(row["period"])
            named[key] = min(period or 0, named.get(key, self.count))
        facts: dict[int, tuple[int, int]] = {}
        for (site, _), period in named.items():
            used[period] += 1
            number = self.site_index[site]
            facts[number] = (min(period, facts.get(number, (period, 0))[0]), 0)
        for number, (period, _) in facts.items():
            same = [row for row in counting if row["site"] == self.sites[number].id]
            told = [self._package(row["package"]) for row in same if self.period_named(row["period"]) == period]
            facts[number] = (period, min(told))
        return facts, used

    def _report_counts(self, row: reading.Row) -> bool:
        return (
            self.as_of is not None
            and reading.day(row["date"]) <= self.as_of
            and row.get("stage") in BEGUN
            and bool(row["site"] and row.get("package") and row.get("period"))
            and self.site_index[row["site"]] not in self.facilities
            and self.period_named(row["period"]) is not None
        )

    # Schedules.

    def build(self, package: int) -> int:
        """Returns the building time of a package: the longest of its own and those of its sizes."""
        sizes = [size for size in self.lists[package].values() if size]
        return max([self.packages[package].get("build", 0), *(size.get("build", 0) for size in sizes)])

    def _has_materials(self, site: int, package: int) -> bool:
        """Returns whether all materials that a package needs are near a site."""
        needs = [need for kind in self.lists[package] for need in self.kinds[kind].get("needs", [])]
        return all(self._material_near(self.sites[site], need) for need in needs if "material" in need)

    def _material_near(self, site: Site, need: dict[str, Any]) -> bool:
        within = in_metres(need.get("within_km", 0))
        found = self.materials.get(need["material"], [])
        return any(name == site.id or metres(point, site.point, self.detour) <= within for name, point in found)

    def _schedules(self, site: int) -> list[Schedule]:
        if site in self.facilities:
            return self._schedules_of_facility(site, self.facilities[site])
        if site in self.facts:
            period, package = self.facts[site]
            return list(self._openings(site, period, package))
        row = self.sites[site]
        never = Schedule((None,) * self.count)
        if site in self.failed:
            return [never]
        schedules = [] if row.rule == "required" else [never]
        if row.rule == "forbidden":
            return schedules
        for package in sorted(row.packages):
            if not self._has_materials(site, package):
                continue
            for period in range(row.window[0], row.window[1] + 1):
                start = period - self.build(package)
                if start >= self.first_open:
                    schedules += self._openings(site, period, package)
        return schedules

    def _openings(self, site: int, period: int, package: int) -> Iterator[Schedule]:
        """Returns the opening with a package in a period, then those that turn to another later."""
        before: tuple[int | None, ...] = (None,) * (period - 1)
        offers = before + (package,) * (self.count - period + 1)
        yield Schedule(offers, opens=period, first=package)
        for number, to in self._turnings(site, package):
            for turns in range(period + 1, self.count + 1):
                start = turns - self.upgrades[number].get("build", 0)
                if start >= period and start >= self.first_open:
                    yield Schedule(offers[: turns - 1] + (to,) * (self.count - turns + 1), period, package, turns, number)

    def _turnings(self, site: int, package: int) -> Iterator[tuple[int, int]]:
        """Returns the upgrades from a package that a site may have, each with what it turns to."""
        for number, upgrade in enumerate(self.upgrades):
            to = self._package(upgrade["to"])
            if self._package(upgrade["from"]) == package and self._has_materials(site, to):
                yield number, to

    def standing(self, site: int) -> int:
        """Returns the package of an existing facility."""
        name = self.facilities[site].get("package")
        return self._package(name) if name else 0

    def _schedules_of_facility(self, site: int, row: reading.Row) -> list[Schedule]:
        package = self.standing(site)

        def until(period: int, then: int | None) -> tuple[int | None, ...]:
            kept: tuple[int | None, ...] = (package,) * (period - 1)
            return kept + (then,) * (self.count - period + 1)

        if row.get("closes"):
            closes = self.period_named(row["closes"]) or self.count + 1
            return [Schedule(until(closes, None), closes=closes)]
        schedules = [Schedule(until(self.count + 1, None))]
        for number, to in self._turnings(site, package):
            for turns in self.periods():
                if turns - self.upgrades[number].get("build", 0) >= self.first_open:
                    schedules.append(Schedule(until(turns, to), turns=turns, upgrade=number))
        if row.get("may_close") == "yes":
            schedules += [Schedule(until(t, None), closes=t) for t in self.periods() if t >= self.first_open]
        return schedules

    # Who is served, and what it counts.

    def pair(self, place: int, site: int) -> int | None:
        """Returns the metres from a place to a site; none beyond the cut-off."""
        if self.sites[site].own_place == place:
            area = float(self.places[place].get("area_km2") or 0)
            way = math.floor(2 / 3 * math.sqrt(area * 1e6 / math.pi) * self.detour + 0.5)
        else:
            way = metres(self.place_points[place], self.sites[site].point, self.detour)
        cut_off = self.settings.get("distance", {}).get("cut_off_km")
        return None if cut_off is not None and way > in_metres(cut_off) else way

    def persons(self, kind: int, period: int, future: Future | None = None) -> tuple[int, ...]:
        """Returns who needs a kind in a period, for each place; without a future by the programme's own numbers."""
        year, name = self.first_year + (period - 1) * self.years, self.kinds[kind]["id"]
        own = [self._persons(row, f"persons:{name}", year) for row in self.places]
        if future is None:
            return tuple(own)
        return tuple(future.persons(row.get("province", ""), name, number) for row, number in zip(self.places, own))

    @staticmethod
    def _persons(row: reading.Row, column: str, year: int) -> int:
        for name in (column, "population"):
            cells = {int(key.rpartition(":")[2]): cell for key, cell in row.items() if key.startswith(f"{name}:")
                     and key.removeprefix(f"{name}:").isdigit()}
            years = [y for y, cell in cells.items() if cell and y <= year]
            if years:
                return int(cells[max(years)])
            if row.get(name):
                return int(row[name])
        return 0

    def within_reach(self, kind: int, place: int) -> list[int]:
        """Returns the sites that have a place within the reach of a kind."""
        reach = in_metres(self.kinds[kind]["reach_km"])
        ways = ((site, self.pair(place, site)) for site in range(len(self.sites)))
        return [site for site, way in ways if way is not None and way <= reach]

    def discounts(self) -> list[int]:
        """Returns what one person counts in each period, first period first."""
        rate = Fraction(self.settings.get("objective", {}).get("discount_rate", 0))
        if rate == 0:
            return [1] * self.count
        years = [(period - 1) * self.years for period in self.periods()]
        return [rounded_half_up(DISCOUNT_SCALE / (1 + rate) ** n) for n in years]

    def listed(self) -> list[int]:
        """Returns the kinds that packages list."""
        return sorted({kind for package in self.lists for kind in package})

    def weight(self, future: int) -> int:
        """Returns how often a future counts in a sum over futures."""
        return 1 if self.worst_case else self.futures[future].weight

    def _held(self, goal: str, value: int) -> Iterator[Held]:
        """Returns what holds a goal: in each future where the worst of them counts, else in all together."""
        tariff = Tariff(self, goal)
        layers = self._layers(tariff, self.tariff)
        every = range(len(self.futures))
        for numbers in [(number,) for number in every] if self.worst_case else [tuple(every)]:
            everybody = sum(self.weight(number) * tariff.everybody(self.futures[number]) for number in numbers)
            most = everybody - value if tariff.large else value
            yield Held(tariff, numbers, tuple(layer for layer in layers if layer.future in numbers), most)

    def _layers(self, tariff: Tariff, main: Tariff | None) -> list[Layer]:
        """Returns the layers of a goal; those of a held one know the pairs of the `main` goal too."""
        futures = range(len(self.futures))
        return [layer for f in futures for kind in self.listed() for layer in self._layers_of(tariff, main, kind, f)]

    def _layers_of(self, tariff: Tariff, main: Tariff | None, kind: int, future: int) -> Iterator[Layer]:
        sizes = [package[kind] for package in self.lists if kind in package]
        pairs: list[dict[int, int]] = [{} for _ in self.places]
        for place in range(len(self.places)):
            for site in range(len(self.sites)):
                cost = tariff.cost(kind, place, site)
                if cost is None and main is not None and main.cost(kind, place, site) is not None:
                    cost = tariff.unserved()
                if cost is not None:
                    pairs[place][site] = cost
        for period in self.periods():
            yield Layer(
                kind=kind,
                period=period,
                future=future,
                limited=any(size is not None and "capacity" in size for size in sizes),
                whole=self.kinds[kind].get("assignment") == "whole",
                persons=self.persons(kind, period, self.futures[future]),
                factor=tariff.factor(kind, period),
                pairs=tuple(pairs),
                unserved=tariff.unserved(),
            )

    def capacity(self, kind: int, package: int) -> int | None:
        """Returns how many persons a package serves with a kind that it lists; none without limit."""
        size = self.lists[package][kind]
        demand = Fraction(self.kinds[kind].get("demand", 1))
        if size is None or "capacity" not in size or demand == 0:
            return None
        return math.floor(size["capacity"] / demand)

    # Limits.

    def _sum(self, brings: Callable[[int, Schedule], int]) -> dict[tuple[int, int], int]:
        """Returns what each schedule of each site brings, without those that bring nothing."""
        weights = {}
        for site, schedules in enumerate(self.schedules):
            for number, schedule in enumerate(schedules):
                if brought := brings(site, schedule):
                    weights[site, number] = brought
        return weights

    def _at_most(self, name: str, brings: Callable[[int, Schedule], int], number: int, settled: int | None = None) -> Limit:
        """Returns a limit that what is settled never breaks."""
        if settled is None:
            settled = sum(brings(site, self.schedules[site][0]) for site in self.settled)
        return Limit(name, self._sum(brings), "<=", max(number, settled))

    def operates(self, schedule: Schedule, period: int, kind: int | None = None) -> bool:
        """Returns whether a site offers a kind, or anything, in a period, as promised."""
        package = schedule.offers[period - 1]
        return package is not None and (kind is None or kind in self.lists[package])

    def offered(self, site: int, schedule: Schedule, period: int, future: Future) -> int | None:
        """Returns the package that a site offers in a period of a future; none where it offers nothing."""
        return future.offers(self, site, schedule)[period - 1]

    def serves(self, site: int, schedule: Schedule, period: int, kind: int, future: Future) -> bool:
        """Returns whether a site offers a kind in a period of a future."""
        package = self.offered(site, schedule, period, future)
        return package is not None and kind in self.lists[package]

    def _kind(self, rule: dict[str, Any]) -> int | None:
        name = rule.get("kind")
        return None if name is None else next(n for n, kind in enumerate(self.kinds) if kind["id"] == name)

    def _limits(self) -> Iterator[Limit]:
        yield from self._quotas()
        for budget in self.settings.get("budgets", []):
            yield from self._budget(budget)
        for rule in self.settings.get("floors", []):
            if "at_least" in rule:
                yield from self._operating(rule, ">=", rule["at_least"])
        for rule in self.settings.get("ceilings", []):
            yield from self._operating(rule, "<=", rule["at_most"])
        for rule in self.settings.get("spacing", []):
            yield from self._spacing(rule)
        for rule in self.settings.get("exclusive", []):
            yield self._one_of("exclusive", {self.site_index[name] for name in rule["sites"]}, None)
        for rule in self.settings.get("together", []):
            yield from self._together([self.site_index[name] for name in rule["sites"]])
        for rule in self.settings.get("precedence", []):
            yield from self._precedence(rule)
        yield from self._needs()
        if self.question.replan and self.question.replan.changes is not None:
            changes = self._sum(lambda site, schedule: int(self.changes(site, schedule)))
            yield Limit("changes", changes, "<=", self.question.replan.changes)

    def _quotas(self) -> Iterator[Limit]:
        quota = self.settings.get("quota")
        if quota is None:
            return
        written = quota["openings"]
        numbers = written if isinstance(written, list) else [written] * self.count
        for period, number in zip(self.periods(), numbers):
            free = max(0, number - self.used[period]) if period >= max(self.first_open, self.begun_by + 1) else 0

            def brings(site: int, schedule: Schedule, period: int = period) -> int:
                opened = schedule.opens == period and site not in self.settled
                turned = schedule.turns == period and site not in self.frozen_turns
                return int(opened) + int(quota.get("count_upgrades", False) and turned)

            sense = "==" if quota.get("rule") == "exactly" else "<="
            yield Limit(f"quota of {period}", self._sum(brings), sense, free)

    def due(self, site: int, schedule: Schedule, period: int, budget: dict[str, Any], future: Future) -> int:
        """Returns what a schedule costs of the resource of a budget in a period of a future."""
        resource = budget["resource"]
        return sum(future.cost(resource, part) for part in self._parts_due(site, schedule, period, budget))

    def _parts_due(self, site: int, schedule: Schedule, period: int, budget: dict[str, Any]) -> Iterator[int]:
        """Returns the running cost, the cost of the opening and that of the upgrade, as far as they are due."""
        resource = budget["resource"]
        early = budget.get("due", "start") == "start"

        def of_package(package: int, key: str) -> int:
            parts = [self.packages[package], *(size for size in self.lists[package].values() if size)]
            return sum(part.get(key, {}).get(resource, 0) for part in parts)

        package = schedule.offers[period - 1]
        if package is not None:
            yield of_package(package, "running")
        if schedule.opens is not None and schedule.first is not None:
            if period == schedule.opens - (self.build(schedule.first) if early else 0):
                yield of_package(schedule.first, "cost") + self.sites[site].cost.get(resource, 0)
        if schedule.turns is not None and schedule.upgrade is not None:
            upgrade = self.upgrades[schedule.upgrade]
            if period == schedule.turns - (upgrade.get("build", 0) if early else 0):
                yield upgrade.get("cost", {}).get(resource, 0)

    def _budget(self, budget: dict[str, Any]) -> Iterator[Limit]:
        amount = budget["amount"]
        amounts = amount if isinstance(amount, list) else [amount] * self.count
        for period in self.periods():
            first = 1 if budget.get("carry_over") else period
            for future in self.futures:

                def brings(
                    site: int,
                    schedule: Schedule,
                    span: range = range(first, period + 1),
                    future: Future = future,
                ) -> int:
                    return sum(self.due(site, schedule, t, budget, future) for t in span)

                name = f"budget of {budget['resource']} in {period}{future.of()}"
                yield self._at_most(name, brings, sum(amounts[first - 1 : period]))

    def provinces(self, rule: dict[str, Any]) -> list[str | None]:
        """Returns the provinces that a rule speaks of; none stands for the whole programme."""
        if rule.get("province") != "*":
            return [rule.get("province")]
        return [name for name in dict.fromkeys(row.get("province", "") for row in self.places) if name]

    def _operating(self, rule: dict[str, Any], sense: str, number: int) -> Iterator[Limit]:
        kind, period = self._kind(rule), self.period_named(rule["by"]) or 0
        for province in self.provinces(rule):

            def brings(site: int, schedule: Schedule, province: str | None = province) -> int:
                inside = province is None or self.sites[site].province == province
                return int(inside and self.operates(schedule, period, kind))

            name = f"sites of {province or 'all'} by {period}"
            if sense == "<=":
                yield self._at_most(f"ceiling: {name}", brings, number)
            else:
                yield Limit(f"floor: {name}", self._sum(brings), ">=", number)

    def _one_of(self, name: str, sites: set[int], kind: int | None) -> Limit:
        """Returns that at most one of some sites operates in the last period."""

        def brings(site: int, schedule: Schedule) -> int:
            return int(site in sites and self.operates(schedule, self.count, kind))

        return self._at_most(name, brings, 1, len(sites & self.settled))

    def between(self, a: int, b: int) -> int:
        """Returns the metres between two sites."""
        return metres(self.sites[a].point, self.sites[b].point, self.detour)

    def _spacing(self, rule: dict[str, Any]) -> Iterator[Limit]:
        least = in_metres(rule["km"])
        for a in range(len(self.sites)):
            for b in range(a):
                if self.between(a, b) < least:
                    name = f"spacing of {self.sites[b].id} and {self.sites[a].id}"
                    yield self._one_of(name, {a, b}, self._kind(rule))

    def _together(self, sites: list[int]) -> Iterator[Limit]:
        for first, second in zip(sites, sites[1:]):
            if {first, second} <= self.settled:
                continue

            def brings(site: int, schedule: Schedule, first: int = first, second: int = second) -> int:
                return ((site == first) - (site == second)) * self.operates(schedule, self.count)

            name = f"together: {self.sites[first].id} and {self.sites[second].id}"
            yield Limit(name, self._sum(brings), "==", 0)

    def _opened_by(self, site: int, schedule: Schedule, period: int) -> bool:
        return site in self.facilities or (schedule.opens is not None and schedule.opens <= period)

    def _precedence(self, rule: dict[str, Any]) -> Iterator[Limit]:
        first, then = self.site_index[rule["first"]], self.site_index[rule["then"]]
        lag = rule.get("lag", 0)
        for period in self.periods():

            def brings(site: int, schedule: Schedule, period: int = period) -> int:
                opened = site == then and self._opened_by(site, schedule, period)
                return int(opened) - int(site == first and self._opened_by(site, schedule, period - lag))

            yield self._at_most(f"precedence: {rule['then']} in {period}", brings, 0)

    def _needs(self) -> Iterator[Limit]:
        for kind, row in enumerate(self.kinds):
            for need in row.get("needs", []):
                if "kind" in need:
                    for site in range(len(self.sites)):
                        yield from self._need(site, kind, self._kind(need) or 0, in_metres(need.get("within_km", 0)))

    def _need(self, site: int, kind: int, needed: int, within: int) -> Iterator[Limit]:
        near = {other for other in range(len(self.sites)) if other == site or self.between(site, other) <= within}
        for period in self.periods():

            def brings(other: int, schedule: Schedule, period: int = period) -> int:
                asks = other == site and self.operates(schedule, period, kind)
                return int(asks) - int(other in near and self.operates(schedule, period, needed))

            yield self._at_most(f"need: {self.sites[site].id} in {period}", brings, 0)

    def _coverage_floors(self) -> Iterator[CoverageFloor]:
        for rule in self.settings.get("floors", []):
            if "coverage" not in rule:
                continue
            kind, period = self._kind(rule) or 0, self.period_named(rule["by"]) or 0
            for province in self.provinces(rule):
                rows = enumerate(self.places)
                places = tuple(n for n, row in rows if province is None or row.get("province", "") == province)
                persons = sum(self.persons(kind, period)[place] for place in places)
                least = math.ceil(Fraction(rule["coverage"]) * persons / 100)
                yield CoverageFloor(f"coverage of {province or 'all'} by {period}", kind, period, places, least)

    # Plans, in whole numbers.

    def schedule_with(self, site: int, events: set[tuple[str, int, str]]) -> int:
        """Returns the schedule of a site with just these events, as `events` has them.

        A closure that the facilities table has decided is not among them. Raises ValueError where there is none.
        """
        for number, schedule in enumerate(self.schedules[site]):
            decided = site in self.facilities and self.facilities[site]["closes"]
            if events == (set() if decided else self.events(schedule)):
                return number
        raise ValueError(f"{self.sites[site].id} has no schedule with {sorted(events)}")

    def events(self, schedule: Schedule) -> set[tuple[str, int, str]]:
        """Returns what happens in a schedule, as plans write it, but for the package of closures."""
        found = set()
        if schedule.opens is not None:
            found.add(("open", schedule.opens, self.packages[schedule.first or 0]["id"]))
        if schedule.turns is not None:
            found.add(("upgrade", schedule.turns, self.upgrades[schedule.upgrade or 0]["to"]))
        if schedule.closes is not None:
            found.add(("close", schedule.closes, ""))
        return found

    def offering(self, choice: list[int], kind: int, period: int, future: Future | None = None) -> dict[int, int]:
        """Returns the sites that offer a kind in a period, each with its package; as promised without a future."""
        found = {}
        for site, number in enumerate(choice):
            schedule = self.schedules[site][number]
            package = self.offered(site, schedule, period, future) if future else schedule.offers[period - 1]
            if package is not None and kind in self.lists[package]:
                found[site] = package
        return found

    def broken(self, choice: list[int]) -> list[str]:
        """Returns the names of the rules that a choice of schedules breaks."""
        chosen = set(enumerate(choice))
        names = []
        for limit in self.limits:
            total = sum(weight for key, weight in limit.weights.items() if key in chosen)
            kept = {"<=": total <= limit.number, ">=": total >= limit.number, "==": total == limit.number}
            if not kept[limit.sense]:
                names.append(limit.name)
        for floor in self.floors:
            sites = self.offering(choice, floor.kind, floor.period)
            reached = [p for p in floor.places if any(site in sites for site in self.within_reach(floor.kind, p))]
            if sum(self.persons(floor.kind, floor.period)[place] for place in reached) < floor.persons:
                names.append(floor.name)
        return names

    def value(self, choice: list[int], served: Served) -> int:
        """Returns what a plan is worth; `served` says who goes where with limited kinds.

        Raises ValueError where somebody is served who cannot be, or is not who must be.
        """
        values = self.values(choice, served)
        if self.worst_case:
            return min(values) if self.tariff.large else max(values)
        return sum(future.weight * value for future, value in zip(self.futures, values))

    def values(self, choice: list[int], served: Served) -> list[int]:
        """Returns what a plan is worth in each future."""
        changes = sum(self.charge_of_changes(site, self.schedules[site][n]) for site, n in enumerate(choice))
        found = []
        for number, future in enumerate(self.futures):
            layers = [layer for layer in self.layers if layer.future == number]
            cost = self.cost(self.tariff, layers, choice, served, future) + changes
            found.append(self.tariff.turned(cost, future))
        return found

    def charge_of_changes(self, site: int, schedule: Schedule) -> int:
        """Returns what a schedule is charged for a promise that it does not keep."""
        price = self.question.replan.price if self.question.replan else 0
        return price * self.tariff.scale() if price and self.changes(site, schedule) else 0

    def not_held(self, choice: list[int], served: Served) -> list[str]:
        """Returns the held goals that a plan misses."""
        costs = ((held, self._cost_of_held(held, choice, served)) for held in self.held)
        return [f"{held.tariff.goal} held" for held, cost in costs if cost > held.most]

    def _cost_of_held(self, held: Held, choice: list[int], served: Served) -> int:
        total = 0
        for number in held.futures:
            layers = [layer for layer in held.layers if layer.future == number]
            cost = self.cost(held.tariff, layers, choice, served, self.futures[number])
            total += self.weight(number) * cost
        return total

    def cost(
        self, tariff: Tariff, layers: Sequence[Layer], choice: list[int], served: Served, future: Future
    ) -> int:
        """Returns what people cost and schedules are charged under a goal in a future."""
        if tariff.goal == FARTHEST:
            return self._farthest(layers, choice, served, future)
        cost = sum(tariff.charged(site, self.schedules[site][number], future) for site, number in enumerate(choice))
        for layer in layers:
            offering = self.offering(choice, layer.kind, layer.period, future)
            if layer.limited:
                cost += layer.factor * self._cost_of_served(layer, layer.period, offering, served)
            else:
                cost += layer.factor * self._cost_of_nearest(layer, offering)
        return cost

    def _farthest(self, layers: Sequence[Layer], choice: list[int], served: Served, future: Future) -> int:
        """Returns the largest way of each period over all kinds, added up as periods count."""
        farthest = dict.fromkeys((layer.period for layer in layers), 0)
        factors = {layer.period: layer.factor for layer in layers}
        for layer in layers:
            offering = self.offering(choice, layer.kind, layer.period, future)
            way = self._farthest_sent if layer.limited else self._farthest_nearest
            farthest[layer.period] = max(farthest[layer.period], way(layer, offering, served))
        return sum(factors[period] * way for period, way in farthest.items())

    def _farthest_nearest(self, layer: Layer, offering: dict[int, int], _: Served) -> int:
        """Returns the largest way to the nearest site."""
        ways = [0]
        for place, persons in enumerate(layer.persons):
            one = dataclasses.replace(layer, persons=tuple(int(place == p) for p in range(len(layer.persons))))
            ways.append(self._cost_of_nearest(one, offering) if persons > 0 else 0)
        return max(ways)

    def _farthest_sent(self, layer: Layer, offering: dict[int, int], served: Served) -> int:
        """Returns the largest way over which somebody is sent; who is left out is sent as far as that counts."""
        # This says what is wrong with who goes where.
        self._cost_of_served(layer, layer.period, offering, served)
        ways = [0]
        for place, persons in enumerate(layer.persons):
            keys = {site: (layer.future, layer.kind, layer.period, place, site) for site in layer.pairs[place]}
            sent = {site: served.get(key, 0) for site, key in keys.items()}
            ways += [layer.pairs[place][site] for site, number in sent.items() if number]
            ways += [layer.unserved or 0] if sum(sent.values()) < persons else []
        return max(ways)

    def _cost_of_nearest(self, layer: Layer, offering: dict[int, int]) -> int:
        total = 0
        for place, persons in enumerate(layer.persons):
            if persons > 0:
                ways = [way for site, way in layer.pairs[place].items() if site in offering]
                if not ways and layer.unserved is None:
                    raise ValueError(f"{self.places[place]['id']} is not served")
                away = [] if layer.unserved is None else [layer.unserved]
                total += persons * min([*ways, *away])
        return total

    def _cost_of_served(self, layer: Layer, period: int, offering: dict[int, int], served: Served) -> int:
        total = 0
        load = dict.fromkeys(offering, 0)
        for place, persons in enumerate(layer.persons):
            left = persons
            for site in range(len(self.sites)):
                number = served.get((layer.future, layer.kind, period, place, site), 0)
                if number == 0:
                    continue
                if site not in offering or site not in layer.pairs[place]:
                    raise ValueError(f"{self.sites[site].id} cannot serve {self.places[place]['id']} in {period}")
                if number < 0 or (layer.whole and number != persons):
                    raise ValueError(f"{self.places[place]['id']} is served in parts in {period}")
                load[site] += number
                left -= number
                total += number * layer.pairs[place][site]
            if left < 0 or (left > 0 and layer.unserved is None):
                raise ValueError(f"{left} persons of {self.places[place]['id']} are left in {period}")
            total += left * (layer.unserved or 0)
        for site, number in load.items():
            capacity = self.capacity(layer.kind, offering[site])
            if capacity is not None and number > capacity:
                raise ValueError(f"{self.sites[site].id} serves {number} of {capacity} in {period}")
        return total
