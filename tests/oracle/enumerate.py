"""The optimum of a tiny programme by trying every plan; it shares nothing with `mip.py` but the reading of files.

A plan is a story for each site. Rules are measured on whole plans, not written as rows.
"""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import functools
import hashlib
import itertools
import math
import pathlib
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

import reading
from asking import Promise, Question

UNLIMITED = 10**12


@dataclasses.dataclass(frozen=True)
class Story:
    """Is what happens at one site. `stood` says that a facility was there before; `fact` that reports fix it."""

    at: tuple[str, ...]
    events: tuple[tuple[str, int, int, str], ...] = ()
    stood: bool = False
    fact: bool = False
    settled_turn: bool = False


# An event is (what, period, period in which work begins, package or "from>to").
Plan = dict[str, Story]


class TooMany(Exception):
    """Says that a programme has more plans than were allowed."""


def best(
    folder: pathlib.Path, as_of: datetime.date | None = None, most: int = 200_000, question: Question | None = None
) -> int | None:
    """Returns the best value of all plans that keep the rules; none where there is none."""
    return _World(folder, question or Question(as_of)).best(most)


def km_to_m(length: int | Fraction) -> Fraction:
    return Fraction(length) * 1000


class _World:
    """Knows a programme by the names that its files use."""

    def __init__(self, folder: pathlib.Path, question: Question):
        self.question = question
        as_of = question.as_of
        self.toml = reading.settings(folder)
        self.rows = reading.tables(folder, self.toml)
        self.as_of = as_of
        self.last = self.toml["periods"]["count"]
        self.places = {row["id"]: row for row in self.rows["places"]}
        self.kinds = {kind["id"]: kind for kind in self.toml["kinds"]}
        self.packages = {package["id"]: package for package in self.toml["packages"]}
        self.upgrades = {f"{u['from']}>{u['to']}": u for u in self.toml.get("upgrades", [])}
        self.sites = self.merged_sites()
        self.standing: dict[str, reading.Row] = {}
        for row in self.rows["facilities"]:
            self.standing.setdefault(row["site"], row)
        self.now = self.current_period()
        self.reports = self.counting_reports()
        self.heard = {report[0] for report in self.reports}
        self.goal = question.goal or self.toml["objective"]["goal"]
        self.scenarios = self.toml.get("scenarios", {}) if question.outlook != "as-written" else {}
        # Each future is its row, the number of its draw and its weight; `now_in` is the one that is looked at.
        self.futures = self.all_futures()
        self.now_in = self.as_promised = ({}, 0, 1)
        self.stories = {name: self.after_promises(name, list(self.stories_of(name))) for name in self.sites}
        self.settled = {name: stories[0] for name, stories in self.stories.items() if self.is_settled(name)}
        self.at_most: list[tuple[Callable[[Plan], int], int]] = []
        self.demands: list[Callable[[Plan], bool]] = []
        self.collect_rules()

    # Files.

    def merged_sites(self) -> dict[str, reading.Row]:
        sites: dict[str, reading.Row] = {}
        if self.toml.get("sites", "places") == "places":
            sites = {name: reading.Row() for name in self.places}
        for row in self.rows["sites"]:
            sites[row["id"]] = row
        return sites

    def period(self, written: str | int) -> int:
        """Returns the period of a number or of a year; 0 where there is none."""
        number, first, years = int(written), self.toml["periods"]["first"], self.toml["periods"].get("years", 1)
        if number <= self.last:
            return number
        for period in range(1, self.last + 1):
            if first + (period - 1) * years <= number < first + period * years:
                return period
        return 0

    def current_period(self) -> int:
        if self.as_of is None or self.as_of.year < self.toml["periods"]["first"]:
            return 1
        return self.period(self.as_of.year) or self.last + 1

    def counting_reports(self) -> list[tuple[str, str, int, str]]:
        """Returns site, place as named, period and package of the reports that count."""
        if self.as_of is None:
            return []
        told = []
        for row in self.rows["reports"]:
            begun = row["stage"] in ("groundbreaking", "opened") and reading.day(row["date"]) <= self.as_of
            if begun and row["site"] and row["site"] not in self.standing and row["package"] and row["period"]:
                told.append((row["site"], row["named"], self.period(row["period"]), row["package"]))
        return told

    def is_settled(self, site: str) -> bool:
        return site in self.standing or any(story.fact for story in self.stories[site])

    # What a replan says.

    def state_of(self, site: str) -> tuple[str, int, str] | None:
        """Returns what has become of a site of which no report speaks."""
        rows = self.question.replan.state if self.question.replan else ()
        for row in rows:
            if row.site == site and site not in self.heard:
                return row.state, row.period, row.package or next(iter(self.packages))
        return None

    def promises_of(self, site: str) -> list[Promise]:
        """Returns the promises of a site that may still be broken."""
        replan = self.question.replan
        if replan is None or site in self.heard or self.state_of(site):
            return []
        return [promise for promise in replan.promised if promise.site == site]

    def keeps(self, story: Story, promise: Promise) -> bool:
        """Returns whether a story has what was promised."""
        for what, when, _, subject in story.events:
            same = what == {"open": "open", "upgrade": "turn", "close": "end"}[promise.what]
            if same and when == promise.period and (what == "end" or subject.split(">")[-1] == promise.package):
                return True
        return False

    def after_promises(self, site: str, stories: list[Story]) -> list[Story]:
        """Leaves out stories in which something begins too early, or in which something begun is given up."""
        by = self.question.replan.begun_by if self.question.replan else 0
        promises = self.promises_of(site)

        def early(story: Story) -> list[tuple[str, int, int, str]]:
            state = self.state_of(site)
            known = site in self.heard or (state is not None and state[0] != "not-begun")
            return [event for event in story.events if event[2] <= by and not (known and event[0] == "open")]

        def only(story: Story) -> bool:
            return all(any(self.keeps(Story(story.at, (e,)), p) for p in promises) for e in early(story))

        stories = [story for story in stories if by == 0 or only(story)]
        for what in ("open", "upgrade", "close"):
            for promise in (promise for promise in promises if promise.what == what):
                begun = [s for s in stories if by and self.keeps(Story(s.at, tuple(early(s))), promise)]
                if begun:
                    stories = [
                        dataclasses.replace(
                            s, fact=s.fact or what == "open", settled_turn=s.settled_turn or what == "upgrade"
                        )
                        for s in begun
                    ]
        return stories

    def broken_promises(self, plan: Plan) -> int:
        """Returns how many promised sites do something else."""
        count = 0
        for site, story in plan.items():
            promises = self.promises_of(site)
            if promises:
                whole = all(self.keeps(story, promise) for promise in promises)
                count += not (whole and len(set(promises)) == len(story.events))
        return count

    # What can happen at a site.

    def sizes(self, package: str) -> dict[str, dict[str, Any]]:
        """Returns the kinds of a package, each with its size (empty where there is none)."""
        found = {}
        for name in self.packages[package]["kinds"]:
            kind, *size = name.split(":")
            options = self.kinds[kind].get("sizes", [])
            found[kind] = next((option for option in options if size and option["id"] == size[0]), {})
        return found

    def working_time(self, package: str) -> int:
        """Returns the periods that building a package takes."""
        return max(part.get("build", 0) for part in [self.packages[package], *self.sizes(package).values()])

    def supplied(self, site: str, package: str) -> bool:
        """Returns whether every material that a package needs is found near a site."""
        for kind in self.sizes(package):
            for need in self.kinds[kind].get("needs", []):
                if "material" in need and not any(self.sources(site, need)):
                    return False
        return True

    def sources(self, site: str, need: dict[str, Any]) -> Iterator[bool]:
        limit = km_to_m(need.get("within_km", 0))
        for name, row in [*self.places.items(), *self.sites.items()]:
            if need["material"] in (row.get("materials") or "").split("|"):
                point = self.degrees(row) if row.get("lat") else self.degrees(self.places[name])
                yield name == site or self.sphere(point, self.site_point(site)) <= limit

    def stories_of(self, site: str) -> Iterator[Story]:
        if site in self.standing:
            yield from self.stories_of_standing(site)
            return
        told = [(period, package) for name, _, period, package in self.reports if name == site]
        if told:
            first = min(told)[0]
            package = next(p for p in self.packages if (first, p) in told)
            yield from self.opened(site, package, first, True)
            return
        state = self.state_of(site)
        if state and state[0] == "failed":
            yield Story(("",) * self.last)
            return
        if state and state[0] != "not-begun":
            yield from self.opened(site, state[2], state[1], True)
            return
        row = self.sites[site]
        if row.get("rule") != "required":
            yield Story(("",) * self.last)
        if row.get("rule") == "forbidden":
            return
        allowed = row.get("packages") or "|".join(self.packages)
        earliest = self.period(row["earliest"]) if row.get("earliest") else 1
        latest = self.period(row["latest"]) if row.get("latest") else self.last
        for package in self.packages:
            if package in allowed.split("|") and self.supplied(site, package):
                for period in range(earliest, latest + 1):
                    if period - self.working_time(package) >= self.now:
                        yield from self.opened(site, package, period, False)

    def opened(self, site: str, package: str, period: int, fact: bool) -> Iterator[Story]:
        begins = period - self.working_time(package)
        opening = ("open", period, begins, package)
        at = tuple(package if t >= period else "" for t in range(1, self.last + 1))
        yield Story(at, (opening,), fact=fact)
        for turning in self.turnings(site, package, period + 1, max(period, self.now)):
            later = tuple(turning[3].split(">")[1] if t >= turning[1] else at[t - 1] for t in range(1, self.last + 1))
            yield Story(later, (opening, turning), fact=fact)

    def turnings(self, site: str, package: str, first: int, earliest_work: int) -> Iterator[tuple[str, int, int, str]]:
        for name, upgrade in self.upgrades.items():
            if upgrade["from"] == package and self.supplied(site, upgrade["to"]):
                for period in range(first, self.last + 1):
                    begins = period - upgrade.get("build", 0)
                    if begins >= earliest_work:
                        yield ("turn", period, begins, name)

    def stories_of_standing(self, site: str) -> Iterator[Story]:
        row = self.standing[site]
        package = row["package"] or next(iter(self.packages))
        if row["closes"]:
            end = self.period(row["closes"])
            yield Story((package,) * (end - 1) + ("",) * (self.last - end + 1), stood=True)
            return
        yield Story((package,) * self.last, stood=True)
        for turning in self.turnings(site, package, 1, self.now):
            to = turning[3].split(">")[1]
            before = turning[1] - 1
            yield Story((package,) * before + (to,) * (self.last - before), (turning,), stood=True)
        if row["may_close"] == "yes":
            for period in range(self.now, self.last + 1):
                closing = ("end", period, period, package)
                yield Story((package,) * (period - 1) + ("",) * (self.last - period + 1), (closing,), stood=True)

    # Ways.

    @staticmethod
    def degrees(row: dict[str, str]) -> tuple[float, float]:
        return float(row["lat"]), float(row["lon"])

    def site_point(self, site: str) -> tuple[float, float]:
        row = self.sites[site]
        return self.degrees(row if row.get("lat") else self.places[site])

    def detour(self) -> float:
        return float(self.toml.get("distance", {}).get("detour", 1))

    def sphere(self, a: tuple[float, float], b: tuple[float, float]) -> int:
        """Returns the metres between two points."""
        phi, psi = math.radians(a[0]), math.radians(b[0])
        across = math.sin(math.radians(b[1] - a[1]) / 2)
        up = math.sin((psi - phi) / 2)
        root = math.sqrt(up * up + math.cos(phi) * math.cos(psi) * across * across)
        return int(2 * 6371008.8 * math.asin(root) * self.detour() + 0.5)

    @functools.cache
    def way(self, place: str, site: str) -> int | None:
        """Returns the metres that people go; none beyond the cut-off."""
        row = self.places[place]
        if place == site and not self.sites[site].get("lat"):
            radius = math.sqrt(float(row["area_km2"] or 0) * 1_000_000 / math.pi)
            way = int(radius * 2 / 3 * self.detour() + 0.5)
        else:
            way = self.sphere(self.degrees(row), self.site_point(site))
        limit = self.toml.get("distance", {}).get("cut_off_km")
        return way if limit is None or way <= km_to_m(limit) else None

    def reaches(self, kind: str, place: str, site: str) -> bool:
        way = self.way(place, site)
        return way is not None and way <= km_to_m(self.kinds[kind]["reach_km"])

    @functools.cache
    def needing(self, kind: str, place: str, period: int) -> int:
        """Returns the persons of a place who need a kind in a period: what was said last."""
        row = self.places[place]
        label = self.toml["periods"]["first"] + (period - 1) * self.toml["periods"].get("years", 1)
        for column in (f"persons:{kind}", "population"):
            said = row.get(column) or ""
            for year in range(self.toml["periods"]["first"] - 10, label + 1):
                said = row.get(f"{column}:{year}") or said
            if said:
                return int(said)
        return 0

    # Futures.

    def all_futures(self) -> list[tuple[dict[str, Any], int, int]]:
        """Returns the futures that the question is about, first by name, then by draw."""
        found = []
        for row in self.scenarios.get("future", [{}]):
            draws = range(1, self.scenarios["delays"]["samples"] + 1) if "delays" in self.scenarios else [0]
            for draw in draws:
                name = row.get("name", "draw" if draw else "") + (f"/{draw}" if draw else "")
                if self.question.outlook in ("together", "as-written"):
                    found.append((row, draw, row.get("weight", 1)))
                elif self.question.outlook["future"] == name:
                    found.append((row, draw, 1))
        return found

    def persons(self, kind: str, place: str, period: int) -> int:
        """Returns the persons who need a kind in the future that is looked at."""
        share = 100
        for row in self.now_in[0].get("demand", []):
            if "kind" in row and row["kind"] != kind:
                continue
            if "province" in row and row["province"] != self.places[place]["province"]:
                continue
            share = row["per_cent"]
        return math.floor(Fraction(self.needing(kind, place, period) * share, 100) + Fraction(1, 2))

    def dearer(self, resource: str, amount: int) -> int:
        """Returns a part of what is due in the future that is looked at."""
        return math.ceil(Fraction(amount * self.now_in[0].get("cost_per_cent", {}).get(resource, 100), 100))

    def is_late(self, site: str) -> int | None:
        """Returns by how many periods a site is late in the future that is looked at; none where it fails."""
        row, draw, _ = self.now_in
        periods: int | None = 0
        for late in row.get("late", []):
            named = site in late.get("sites", [site])
            if named and ("province" not in late or late["province"] == self.province(site)):
                periods = None if late.get("fails") else late.get("periods", 0)
        if draw == 0 or periods is None:
            return periods
        delays = self.scenarios["delays"]
        text = f"groundwork delay 1\0{delays.get('seed', 0)}\0{draw}\0{site}"
        point = Fraction(int(hashlib.sha256(text.encode()).hexdigest()[:16], 16), 2**64)
        ends = itertools.accumulate(delays["late_per_cent"])
        more = next((d for d, end in enumerate(ends) if math.floor(100 * point) < end), None)
        return None if more is None else periods + more

    def really(self, site: str, story: Story) -> tuple[str, ...]:
        """Returns what a site offers in each period of the future that is looked at."""
        late = self.is_late(site)
        if late == 0 or story.stood:
            return story.at
        opens = [e[1] for e in story.events if e[0] == "open"]
        turns = [e for e in story.events if e[0] == "turn"]
        offers = []
        for period in range(1, self.last + 1):
            package = story.at[period - 1]
            if turns and not story.settled_turn and period >= turns[0][1]:
                if late is None or period < turns[0][1] + late:
                    package = turns[0][3].split(">")[0]
            if opens and not story.fact and (late is None or period < opens[0] + late):
                package = ""
            offers.append(package)
        return tuple(offers)

    # Rules.

    def has(self, story: Story, period: int, kind: str | None) -> bool:
        package = story.at[period - 1]
        return package != "" and (kind is None or kind in self.sizes(package))

    def number(self, plan: Plan, period: int, kind: str | None, among: set[str] | None = None) -> int:
        """Returns how many sites operate."""
        return sum(self.has(s, period, kind) for name, s in plan.items() if among is None or name in among)

    def collect_rules(self) -> None:
        """Writes every rule as a number that may not be exceeded or as a question to a plan."""
        if "quota" in self.toml:
            self.collect_quota(self.toml["quota"])
        for budget in self.toml.get("budgets", []):
            self.collect_budget(budget)
        for floor in self.toml.get("floors", []):
            self.collect_floor(floor)
        for ceiling in self.toml.get("ceilings", []):
            for sites in self.regions(ceiling):
                self.limit(self.operating(self.period(ceiling["by"]), ceiling.get("kind"), sites), ceiling["at_most"])
        for spacing in self.toml.get("spacing", []):
            for a, b in itertools.combinations(self.sites, 2):
                if self.sphere(self.site_point(a), self.site_point(b)) < km_to_m(spacing["km"]):
                    self.one_of({a, b}, spacing.get("kind"))
        for rule in self.toml.get("exclusive", []):
            self.one_of(set(rule["sites"]), None)
        for rule in self.toml.get("together", []):
            for a, b in itertools.pairwise(rule["sites"]):
                self.collect_together(a, b)
        for rule in self.toml.get("precedence", []):
            self.collect_precedence(rule)
        for kind, row in self.kinds.items():
            for need in row.get("needs", []):
                if "kind" in need:
                    self.collect_need(kind, need)
        replan = self.question.replan
        if replan and replan.changes is not None:
            self.at_most.append((self.broken_promises, replan.changes))

    def limit(self, measure: Callable[[Plan], int], number: int) -> None:
        """Adds "at most", which is never less than what is settled brings."""
        self.at_most.append((measure, max(number, measure(self.settled))))

    def operating(self, period: int, kind: str | None, among: set[str] | None) -> Callable[[Plan], int]:
        return lambda plan: self.number(plan, period, kind, among)

    def one_of(self, sites: set[str], kind: str | None) -> None:
        settled = sum(name in self.settled for name in sites)
        self.at_most.append((self.operating(self.last, kind, sites), max(1, settled)))

    def regions(self, rule: dict[str, Any]) -> list[set[str]]:
        """Returns the sites of each province that a rule speaks of."""
        return [{s for s in self.sites if want is None or self.province(s) == want} for want in self.wanted(rule)]

    def province(self, name: str) -> str:
        return self.places[name]["province"] if name in self.places else ""

    def wanted(self, rule: dict[str, Any]) -> list[str | None]:
        want = rule.get("province")
        return sorted({row["province"] for row in self.places.values()} - {""}) if want == "*" else [want]

    def collect_quota(self, quota: dict[str, Any]) -> None:
        for period in range(1, self.last + 1):
            openings = quota["openings"]
            number = openings[period - 1] if isinstance(openings, list) else openings
            taken: dict[tuple[str, str], int] = {}
            for site, named, when, _ in self.reports:
                taken[site, named] = min(when, taken.get((site, named), when))
            used = list(taken.values()).count(period)
            for name, stories in self.stories.items():
                for what, when, _, _ in stories[0].events if stories else ():
                    if when == period and name not in self.heard:
                        used += what == "open" and stories[0].fact
                        used += what == "turn" and stories[0].settled_turn and quota.get("count_upgrades", False)
            free = max(0, number - used)
            if period < self.now or (self.question.replan and period <= self.question.replan.begun_by):
                free = 0
            self.ask_quota(period, free, quota)

    def ask_quota(self, period: int, free: int, quota: dict[str, Any]) -> None:
        def openings(plan: Plan) -> int:
            count = 0
            for story in plan.values():
                for what, when, _, _ in story.events:
                    if when == period:
                        turned = what == "turn" and not story.settled_turn
                        count += (what == "open" and not story.fact) or (turned and quota.get("count_upgrades", False))
            return count

        if quota.get("rule", "at-most") == "exactly":
            self.demands.append(lambda plan: openings(plan) == free)
        else:
            self.demands.append(lambda plan: openings(plan) <= free)

    def spent(self, plan: Plan, budget: dict[str, Any], period: int) -> int:
        """Returns what is due in a period of the future that is looked at."""
        resource, total = budget["resource"], 0
        for name, story in plan.items():
            for what, when, begins, subject in story.events:
                if what != "end" and period == (when if budget.get("due") == "opening" else begins):
                    part = self.price(what, subject, resource)
                    if what == "open" and self.sites[name].get(f"cost:{resource}"):
                        part += int(self.sites[name][f"cost:{resource}"])
                    total += self.dearer(resource, part)
            if story.at[period - 1]:
                total += self.dearer(resource, self.running(story.at[period - 1], resource))
        return total

    def price(self, what: str, subject: str, resource: str) -> int:
        if what == "turn":
            return self.upgrades[subject].get("cost", {}).get(resource, 0)
        return sum(part.get("cost", {}).get(resource, 0) for part in self.parts(subject))

    def running(self, package: str, resource: str) -> int:
        return sum(part.get("running", {}).get(resource, 0) for part in self.parts(package))

    def parts(self, package: str) -> list[dict[str, Any]]:
        return [self.packages[package], *self.sizes(package).values()]

    def collect_budget(self, budget: dict[str, Any]) -> None:
        amount = budget["amount"]
        amounts = amount if isinstance(amount, list) else [amount for _ in range(self.last)]
        for period in range(1, self.last + 1):
            span = range(1, period + 1) if budget.get("carry_over") else [period]
            for future in self.futures:
                measure = functools.partial(self.spent_in, future, budget, span)
                self.limit(measure, sum(amounts[t - 1] for t in span))

    def spent_in(self, future: tuple[dict[str, Any], int, int], budget: dict[str, Any], span: Any, plan: Plan) -> int:
        """Returns what is due in some periods of a future."""
        self.now_in = future
        total = sum(self.spent(plan, budget, period) for period in span)
        self.now_in = self.as_promised
        return total

    def collect_floor(self, floor: dict[str, Any]) -> None:
        period = self.period(floor["by"])
        if "at_least" in floor:
            for sites in self.regions(floor):
                measure = self.operating(period, floor.get("kind"), sites)
                self.demands.append(functools.partial(lambda plan, of: of(plan) >= floor["at_least"], of=measure))
            return
        for want in self.wanted(floor):
            places = [name for name in self.places if want is None or self.province(name) == want]
            self.demands.append(functools.partial(self.covers, floor["kind"], floor["coverage"], period, places))

    def covers(self, kind: str, share: Fraction, period: int, places: list[str], plan: Plan) -> bool:
        open_now = [name for name, story in plan.items() if self.has(story, period, kind)]
        reached = [place for place in places if any(self.reaches(kind, place, site) for site in open_now)]
        needing = [sum(self.needing(kind, p, period) for p in some) for some in (reached, places)]
        return needing[0] * 100 >= share * needing[1]

    def collect_together(self, a: str, b: str) -> None:
        def agree(plan: Plan) -> bool:
            return self.has(plan[a], self.last, None) == self.has(plan[b], self.last, None)

        if a not in self.settled or b not in self.settled:
            self.demands.append(agree)

    @staticmethod
    def has_opened(story: Story | None, period: int) -> bool:
        if story is None:
            return False
        return story.stood or any(what == "open" and when <= period for what, when, _, _ in story.events)

    def collect_precedence(self, rule: dict[str, Any]) -> None:
        for period in range(1, self.last + 1):

            def early(plan: Plan, period: int = period) -> int:
                before = self.has_opened(plan.get(rule["first"]), period - rule.get("lag", 0))
                return self.has_opened(plan.get(rule["then"]), period) - before

            self.limit(early, 0)

    def collect_need(self, kind: str, need: dict[str, Any]) -> None:
        limit = km_to_m(need.get("within_km", 0))
        for site in self.sites:
            point = self.site_point(site)
            near = {other for other in self.sites if self.sphere(point, self.site_point(other)) <= limit} | {site}
            for period in range(1, self.last + 1):

                def lacking(plan: Plan, site: str = site, near: set[str] = near, period: int = period) -> int:
                    asks = site in plan and self.has(plan[site], period, kind)
                    return asks - self.number(plan, period, need["kind"], near)

                self.limit(lacking, 0)

    # Plans.

    def best(self, most: int) -> int | None:
        """Returns the best value of all plans."""
        if math.prod(len(stories) for stories in self.stories.values()) > most:
            raise TooMany(str(most))
        limited = any("capacity" in size for package in self.packages for size in self.sizes(package).values())
        if self.question.held and limited:
            raise TooMany("who goes where, under several goals")
        worths = (self.worth(plan) for plan in self.plans() if self.holds(plan))
        found = [worth for worth in worths if worth is not None]
        if not found:
            return None
        return max(found) if self.is_large() else min(found)

    def worth(self, plan: Plan) -> int | None:
        """Returns the value of a plan over its futures; none where somebody who must be served is not."""
        worths = []
        for future in self.futures:
            self.now_in = future
            cost = self.cost(plan)
            if cost is not None:
                worths.append(self.everybody() - cost if self.is_large() else cost)
        self.now_in = self.as_promised
        if len(worths) < len(self.futures):
            return None
        if self.scenarios.get("objective") == "worst-case":
            return min(worths) if self.is_large() else max(worths)
        return sum(worth * future[2] for worth, future in zip(worths, self.futures))

    def holds(self, plan: Plan) -> bool:
        """Returns whether a plan has the values that are held."""
        asked = self.goal
        for goal, value in self.question.held:
            self.goal = goal
            found = []
            for future in self.futures:
                self.now_in = future
                cost = (self.cost_of_people(plan) or 0) + self.charges(plan)
                found.append(self.everybody() - cost if self.is_large() else cost)
            self.now_in = self.as_promised
            if self.scenarios.get("objective") != "worst-case":
                found = [sum(future[2] * one for future, one in zip(self.futures, found))]
            kept = min(found) >= value if self.is_large() else max(found) <= value
            self.goal = asked
            if not kept:
                return False
        return True

    def plans(self) -> Iterator[Plan]:
        """Returns the plans that keep the rules."""
        for stories in itertools.product(*self.stories.values()):
            plan = dict(zip(self.stories, stories))
            if all(measure(plan) <= number for measure, number in self.at_most) and all(d(plan) for d in self.demands):
                yield plan

    def is_large(self) -> bool:
        return self.goal in ("coverage", "self-sufficiency")

    def counted_kinds(self) -> list[str]:
        return [kind for kind in self.kinds if any(kind in self.sizes(package) for package in self.packages)]

    def factor(self, kind: str) -> int:
        if self.goal == "cost":
            return 1
        if self.goal == "self-sufficiency":
            demands = [Fraction(self.kinds[name].get("demand", 1)) for name in self.counted_kinds()]
            tens = next(10**n for n in range(19) if all((d * 10**n).denominator == 1 for d in demands))
            return self.weight(kind) * int(Fraction(self.kinds[kind].get("demand", 1)) * tens)
        return self.weight(kind)

    def weight(self, kind: str) -> int:
        weights = {name: self.kinds[name].get("weight", 1000) for name in self.counted_kinds()}
        return 1 if set(weights.values()) == {1000} else weights[kind]

    def discount(self, period: int) -> int:
        rate = self.toml["objective"].get("discount_rate", Fraction(0))
        if rate == 0:
            return 1
        years = (period - 1) * self.toml["periods"].get("years", 1)
        with decimal.localcontext(prec=60):
            base = 1 + decimal.Decimal(rate.numerator) / decimal.Decimal(rate.denominator)
            factor = decimal.Decimal(1_000_000) / base**years
            return int(factor.quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP))

    def everybody(self) -> int:
        total = 0
        for period in range(1, self.last + 1):
            for kind in self.counted_kinds():
                people = sum(self.persons(kind, place, period) for place in self.places)
                total += self.discount(period) * self.factor(kind) * people
        return total

    def cost(self, plan: Plan) -> int | None:
        """Returns what a plan costs; none where somebody who must be served is not."""
        people = self.cost_of_people(plan)
        if people is None:
            return None
        price = self.question.replan.price if self.question.replan else 0
        return people + self.charges(plan) + (price * self.broken_promises(plan) * self.scale() if price else 0)

    def per_km(self) -> tuple[int, int]:
        """Returns digits and power of ten of what a person and kilometre costs."""
        rate = Fraction(self.toml["objective"].get("per_person_km", 0))
        tens = next(10**n for n in range(19) if (rate * 10**n).denominator == 1)
        return int(rate * tens), tens

    def scale(self) -> int:
        """Returns how many times the unit values are."""
        discount = 1_000_000 if self.toml["objective"].get("discount_rate", 0) else 1
        plain = {self.kinds[name].get("weight", 1000) for name in self.counted_kinds()} == {1000}
        demands = [Fraction(self.kinds[name].get("demand", 1)) for name in self.counted_kinds()]
        tens = next(10**n for n in range(19) if all((d * 10**n).denominator == 1 for d in demands))
        if self.goal == "cost":
            return discount * 1000 * self.per_km()[1]
        if self.goal == "worst-distance":
            return discount
        return discount * (1 if plain else 1000) * {"equity": 1_048_576, "self-sufficiency": tens}.get(self.goal, 1)

    def charges(self, plan: Plan) -> int:
        """Returns what stories are charged."""
        if self.goal != "cost":
            return 0
        resource = self.toml["objective"]["resource"]
        budget = next((b for b in self.toml.get("budgets", []) if b["resource"] == resource), {"resource": resource})
        due = sum(self.spent(plan, budget, t) * self.discount(t) for t in range(1, self.last + 1))
        return due * 1000 * self.per_km()[1]

    def cost_of_people(self, plan: Plan) -> int | None:
        """Returns what people cost; none where somebody who must be served is not."""
        total = 0
        if self.goal == "worst-distance":
            return self.worst_ways(plan)
        for kind in self.counted_kinds():
            for period in range(1, self.last + 1):
                really = ((name, self.really(name, story)[period - 1]) for name, story in plan.items())
                offered = tuple((name, package) for name, package in really if package and kind in self.sizes(package))
                persons = tuple(self.persons(kind, place, period) for place in self.places)
                cost = self.cost_of(self.goal, kind, persons, offered)
                if cost is None:
                    return None
                total += cost * self.factor(kind) * self.discount(period)
        return total

    def worst_ways(self, plan: Plan) -> int | None:
        """Returns the longest way that somebody goes in each period, discounted; none where somebody has nowhere to go."""
        total = 0
        for period in range(1, self.last + 1):
            ways: list[int | None] = [0]
            for kind in self.counted_kinds():
                really = ((name, self.really(name, story)[period - 1]) for name, story in plan.items())
                offered = tuple((name, package) for name, package in really if package and kind in self.sizes(package))
                persons = tuple(self.persons(kind, place, period) for place in self.places)
                ways.append(self.worst_way(kind, persons, offered))
            if None in ways:
                return None
            total += self.discount(period) * max(way or 0 for way in ways)
        return total

    @functools.cache
    def worst_way(self, kind: str, persons: tuple[int, ...], offered: tuple[tuple[str, str], ...]) -> int | None:
        """Returns the longest way for a kind that so many persons need, when people are sent as well as can be."""
        people = [(place, number) for place, number in zip(self.places, persons) if number]
        ways = [[self.way(place, site) for site, _ in offered] for place, _ in people]
        rooms = [self.room(kind, package) for _, package in offered]
        solve = whole_assignment if self.kinds[kind].get("assignment") == "whole" else split_assignment
        for longest in sorted({0, *(way for row in ways for way in row if way is not None)}):
            # Who may go costs nothing, so that there is a cost where everybody can.
            free = [[0 if way is not None and way <= longest else None for way in row] for row in ways]
            if solve([number for _, number in people], rooms, free, None) is not None:
                return longest
        return self.beyond()

    def beyond(self) -> int | None:
        """Returns what somebody costs who is not served."""
        if self.is_large():
            return 1
        if self.goal == "equity":
            return 1_048_576
        distance = self.toml["distance"]
        length = distance.get("unserved_km", distance.get("cut_off_km"))
        each = self.per_km()[0] if self.goal == "cost" else 1
        return None if length is None else int(km_to_m(length)) * each

    def price_of(self, kind: str, place: str, site: str) -> int | None:
        """Returns what a person of a place costs at a site; none where they cannot go there."""
        way = self.way(place, site)
        if way is None or self.goal in ("distance", "worst-distance"):
            return way
        if self.goal == "cost":
            return way * self.per_km()[0]
        if self.goal == "equity":
            distance = self.toml["distance"]
            most = int(km_to_m(distance.get("unserved_km", distance.get("cut_off_km"))))
            share = math.exp(float(self.toml["objective"]["aversion_per_km"]) * (min(way, most) - most) / 1000)
            return int(1_048_576 * share + 0.5)
        free = self.reaches(kind, place, site) if self.goal == "coverage" else place == site
        return 0 if free else (1 if self.toml["objective"].get("then") else None)

    @functools.cache
    def cost_of(
        self, goal: str, kind: str, persons: tuple[int, ...], offered: tuple[tuple[str, str], ...]
    ) -> int | None:
        """Returns the least cost of a kind that so many persons of places need and that these packages offer."""
        people = [(place, number) for place, number in zip(self.places, persons) if number]
        listed = [self.sizes(package).get(kind, {}) for package in self.packages]
        prices = [[self.price_of(kind, place, site) for site, _ in offered] for place, _ in people]
        if not any("capacity" in size for size in listed):
            return self.nearest([n for _, n in people], prices)
        rooms = [self.room(kind, package) for _, package in offered]
        solve = whole_assignment if self.kinds[kind].get("assignment") == "whole" else split_assignment
        return solve([n for _, n in people], rooms, prices, self.beyond())

    def room(self, kind: str, package: str) -> int:
        size, demand = self.sizes(package)[kind], Fraction(self.kinds[kind].get("demand", 1))
        return int(size["capacity"] / demand) if "capacity" in size and demand else UNLIMITED

    def nearest(self, people: list[int], prices: list[list[int | None]]) -> int | None:
        total = 0
        for number, row in zip(people, prices):
            options = [price for price in [*row, self.beyond()] if price is not None]
            if not options:
                return None
            total += number * min(options)
        return total


def whole_assignment(
    people: list[int], rooms: list[int], prices: list[list[int | None]], beyond: int | None
) -> int | None:
    """Returns the least cost where each place goes to one site or, for `beyond` a person, to none."""
    if not people:
        return 0
    options = []
    if beyond is not None:
        rest = whole_assignment(people[1:], rooms, prices[1:], beyond)
        options += [] if rest is None else [rest + beyond * people[0]]
    for site, price in zip(range(len(rooms)), prices[0]):
        if price is not None and rooms[site] >= people[0]:
            left = [room - people[0] * (other == site) for other, room in zip(range(len(rooms)), rooms)]
            rest = whole_assignment(people[1:], left, prices[1:], beyond)
            options += [] if rest is None else [rest + price * people[0]]
    return min(options, default=None)


def split_assignment(
    people: list[int], rooms: list[int], prices: list[list[int | None]], beyond: int | None
) -> int | None:
    """Returns the least cost where people go person by person: cheapest ways are filled one after the other."""
    goes = [[0] * len(rooms) for _ in people]
    waits = list(people)
    room = list(rooms)
    total = 0
    while any(waits):
        path, price = _cheapest(waits, room, goes, prices)
        if path is None or (beyond is not None and price >= beyond):
            break
        steps = [(path[n], path[n + 1]) for n in range(1, len(path) - 1)]
        backward = [goes[b[1]][a[1]] for a, b in steps if a[0] == "site"]
        amount = min([waits[path[1][1]], room[path[-1][1]], *backward])
        for a, b in steps:
            if a[0] == "place":
                goes[a[1]][b[1]] += amount
            else:
                goes[b[1]][a[1]] -= amount
        waits[path[1][1]] -= amount
        room[path[-1][1]] -= amount
        total += amount * price
    if not any(waits):
        return total
    return None if beyond is None else total + beyond * sum(waits)


Node = tuple[str, int]


def _cheapest(
    waits: list[int], room: list[int], goes: list[list[int]], prices: list[list[int | None]]
) -> tuple[list[Node] | None, int]:
    """Returns the cheapest way from somebody who waits to a room that is free, by Bellman and Ford."""
    reached: dict[Node, tuple[int, list[Node]]] = {}
    for place, left in zip(range(len(waits)), waits):
        if left:
            reached["place", place] = (0, [("start", 0), ("place", place)])
    changed = True
    while changed:
        changed = False
        for place, row in zip(range(len(prices)), prices):
            for site, price in zip(range(len(room)), row):
                if price is None:
                    continue
                a, b = ("place", place), ("site", site)
                moves = [(a, b, price)] + ([(b, a, -price)] if goes[place][site] else [])
                for start, end, step in moves:
                    if start in reached and (end not in reached or reached[start][0] + step < reached[end][0]):
                        reached[end] = (reached[start][0] + step, [*reached[start][1], end])
                        changed = True
    ends = [reached["site", site] for site in range(len(room)) if room[site] and ("site", site) in reached]
    cost, path = min(ends, default=(0, None), key=lambda end: end[0])
    return path, cost
