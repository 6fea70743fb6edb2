"""Makes small random programmes that mix all rules, always the same ones for the same seed."""

from __future__ import annotations

import csv
import dataclasses
import pathlib
import random
from typing import Any

FIRST_YEAR = 2030
RESOURCES = ("money", "cement")
MATERIALS = ("clay", "timber")
FEATURES = ("growth", "cost", "equity", "self", "held", "replan", "scenarios", "worst")
"""What programmes may have beside the rest: numbers that change, further goals, several in order, promises, futures."""


@dataclasses.dataclass(frozen=True)
class Shape:
    """Says how large programmes are: ranges of numbers, both ends included."""

    places: tuple[int, int] = (5, 8)
    periods: tuple[int, int] = (2, 3)
    kinds: tuple[int, int] = (1, 3)
    packages: tuple[int, int] = (1, 4)
    never_plain: bool = False
    plain: bool = False
    features: frozenset[str] = frozenset()


TINY = Shape(places=(3, 4), periods=(1, 3), kinds=(1, 2), packages=(1, 3))


@dataclasses.dataclass
class Draft:
    """Holds a programme before it is written: what goes to `programme.toml`, and its tables."""

    settings: dict[str, Any]
    places: list[dict[str, Any]]
    sites: list[dict[str, Any]]
    facilities: list[dict[str, Any]]
    reports: list[dict[str, Any]]
    replan: dict[str, Any] | None = None


def shape_of(
    places: int | None,
    periods: int | None,
    never_plain: bool = False,
    plain: bool = False,
    features: frozenset[str] = frozenset(),
) -> Shape:
    """Returns the default shape with another number of places or periods."""
    shape = Shape(never_plain=never_plain, plain=plain, features=features)
    if places is not None:
        shape = dataclasses.replace(shape, places=(max(3, places * 3 // 4), places))
    if periods is not None:
        shape = dataclasses.replace(shape, periods=(max(1, periods - 1), periods))
    return shape


def draft(seed: int, number: int, shape: Shape = Shape()) -> Draft:
    """Returns the programme of a seed and a number."""
    made = _Maker(random.Random(f"{seed}/{number}"), shape).make()
    return _More(random.Random(f"{seed}/{number}/more"), shape, made).make()


class _More:
    """Draws what a shape's features add to a programme; everything else stays as it was drawn without them."""

    def __init__(self, rng: random.Random, shape: Shape, made: Draft):
        self.rng = rng
        self.features = shape.features & {"replan", "worst"} if shape.plain else shape.features
        self.made = made
        self.count: int = made.settings["periods"]["count"]
        self.years: int = made.settings["periods"]["years"]

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability

    def year(self, period: int) -> int:
        """Returns the year that labels a period."""
        return FIRST_YEAR + (period - 1) * self.years

    def make(self) -> Draft:
        """Draws all features."""
        if "growth" in self.features and self.chance(0.4):
            self.grow()
        goals = self.goals()
        objective = self.made.settings["objective"]
        if len(goals) > 2 and self.chance(0.6):
            objective["goal"] = self.rng.choice(goals[2:])
        if "held" in self.features and self.chance(0.35):
            objective["then"] = self.then(goals)
        named = {objective["goal"], *(goal["goal"] for goal in objective.get("then", []))}
        self.tell_of(named)
        if "replan" in self.features and self.chance(0.4):
            self.made.replan = self.replan()
        if "scenarios" in self.features and self.chance(0.35):
            self.made.settings["scenarios"] = self.scenarios()
        # Drawn last, so that all else stays as it is without it.
        others = self.features - {"worst", "growth", "replan", "scenarios"}
        if "worst" in self.features and (not others or self.chance(0.2)):
            self.ask_for_the_worst_off()
        return self.made

    def ask_for_the_worst_off(self) -> None:
        """Makes the worst-off the goal, alone or among others, and takes away some of what makes it hard."""
        settings = self.made.settings
        if self.chance(0.3):
            for size in (size for kind in settings["kinds"] for size in kind.get("sizes", [])):
                size.pop("capacity", None)
        objective = settings["objective"]
        if "then" in objective and self.chance(0.6):
            named = self.rng.choice((objective, *objective["then"]))
            named["goal"] = "worst-distance"
        else:
            for key in ("then", "tolerance_percent"):
                objective.pop(key, None)
            objective["goal"] = "worst-distance"
        if "cut_off_km" not in settings["distance"] and ("scenarios" in settings or self.chance(0.6)):
            settings["distance"]["cut_off_km"] = self.rng.choice((15, 25, 40, 60))

    def scenarios(self) -> dict[str, Any]:
        """Draws some futures, by name, by draws of delays, or both."""
        scenarios: dict[str, Any] = {}
        if self.chance(0.5):
            scenarios["objective"] = self.rng.choice(("expected", "worst-case", "worst-case"))
        drawn = self.chance(0.4)
        futures = [self.future(name) for name in ("calm", "drought", "boom")[: self.rng.randint(not drawn, 3)]]
        if futures:
            scenarios["future"] = futures
        if drawn:
            shares = self.rng.choice(([70, 20, 5], [50, 50], [90], [0, 100], [60, 0, 20]))
            samples = self.rng.randint(1, 3 if len(futures) < 2 else 2)
            scenarios["delays"] = {"late_per_cent": shares, "samples": samples, "seed": self.rng.randint(0, 99)}
        distance, goal = self.made.settings["distance"], self.made.settings["objective"]["goal"]
        late = drawn or any("late" in future for future in futures)
        if late and goal in ("distance", "cost") and "cut_off_km" not in distance:
            distance["cut_off_km"] = self.rng.choice((25, 40, 60))
        return scenarios

    def future(self, name: str) -> dict[str, Any]:
        """Draws one future."""
        future: dict[str, Any] = {"name": name}
        if self.chance(0.6):
            future["weight"] = self.rng.randint(1, 4)
        if self.chance(0.6):
            future["demand"] = [self.demand() for _ in range(self.rng.randint(1, 2))]
        costed = self.costed()
        if costed and self.chance(0.5):
            future["cost_per_cent"] = {r: self.rng.choice((50, 90, 115, 150)) for r in costed if self.chance(0.7)}
        if self.chance(0.4):
            future["late"] = [self.late() for _ in range(self.rng.randint(1, 2))]
        return future

    def costed(self) -> list[str]:
        """Returns the resources that something costs."""
        settings = self.made.settings
        sizes = [size for kind in settings["kinds"] for size in kind.get("sizes", [])]
        parts = [*settings["packages"], *settings.get("upgrades", []), *sizes]
        named = {r for part in parts for key in ("cost", "running") for r in part.get(key, {})}
        named |= {"money" for site in self.made.sites if site.get("cost:money", "") != ""}
        return sorted(named)

    def provinces(self) -> list[str]:
        return sorted({place["province"] for place in self.made.places} - {""})

    def demand(self) -> dict[str, Any]:
        """Draws other numbers of persons."""
        row: dict[str, Any] = {"per_cent": self.rng.choice((0, 50, 85, 110, 133, 250))}
        if self.chance(0.4):
            row["kind"] = self.rng.choice(self.made.settings["packages"])["kinds"][0].partition(":")[0]
        if self.chance(0.4) and self.provinces():
            row["province"] = self.rng.choice(self.provinces())
        return row

    def late(self) -> dict[str, Any]:
        """Draws which sites are late."""
        row: dict[str, Any] = {"fails": True} if self.chance(0.3) else {"periods": self.rng.randint(1, 2)}
        table = self.made.settings.get("sites") == "table"
        ids = [row["id"] for row in self.made.sites] if table else [row["id"] for row in self.made.places]
        choice = self.rng.random()
        if choice < 0.5:
            row["sites"] = self.rng.sample(ids, self.rng.randint(1, min(3, len(ids))))
        elif choice < 0.8 and self.provinces():
            row["province"] = self.rng.choice(self.provinces())
        return row

    def goals(self) -> list[str]:
        more = {"cost": "cost", "equity": "equity", "self": "self-sufficiency"}
        kinds = self.made.settings["kinds"]
        if not any(kind.get("weight", 1000) * kind.get("demand", 1) for kind in kinds):
            # Where nobody needs a unit there is none to count.
            del more["self"]
        return ["distance", "coverage", *(goal for name, goal in more.items() if name in self.features)]

    def then(self, goals: list[str]) -> list[dict[str, Any]]:
        """Draws one or two goals behind the first."""
        objective = self.made.settings["objective"]
        others = [goal for goal in goals if goal != objective["goal"]]
        drawn = self.rng.sample(others, min(len(others), self.rng.choice((1, 1, 2))))
        tolerance = (0, 0, 2.5, 10, 40)
        objective["tolerance_percent"] = self.rng.choice(tolerance)
        return [{"goal": goal, "tolerance_percent": self.rng.choice(tolerance)} for goal in drawn]

    def tell_of(self, goals: set[str]) -> None:
        """Adds the keys that goals need."""
        objective, distance = self.made.settings["objective"], self.made.settings["distance"]
        if "cost" in goals:
            objective["resource"] = self.rng.choice(RESOURCES)
            objective["per_person_km"] = self.rng.choice((0.001, 0.01, 0.025, 1, 0))
        if "equity" in goals:
            objective["aversion_per_km"] = self.rng.choice((0.05, 0.1, 0.25))
        if ("equity" in goals or "then" in objective) and "cut_off_km" not in distance:
            distance["cut_off_km"] = self.rng.choice((25, 40, 60))

    def grow(self) -> None:
        """Gives some places other numbers of persons from some years on."""
        places = self.made.places
        for year in sorted(self.rng.sample(range(FIRST_YEAR - 2, self.year(self.count) + 2), self.rng.randint(1, 2))):
            for place in places:
                place[f"population:{year}"] = self.rng.randint(0, 450) if self.chance(0.6) else ""
        kind = self.rng.choice(self.made.settings["kinds"])["id"]
        if self.chance(0.4):
            for place in places:
                year = self.year(self.count)
                place[f"persons:{kind}:{year}"] = self.rng.randint(0, 300) if self.chance(0.4) else ""

    def replan(self) -> dict[str, Any]:
        """Draws what has become of some sites, how much has begun and how much may change."""
        stands = {row["site"] for row in self.made.facilities}
        table = self.made.settings.get("sites") == "table"
        ids = [row["id"] for row in self.made.sites] if table else [row["id"] for row in self.made.places]
        free = [site for site in ids if site not in stands]
        state = []
        for site in self.rng.sample(free, min(len(free), self.rng.choice((0, 0, 1, 1, 2)))):
            what = self.rng.choice(("built", "under-way", "failed", "not-begun"))
            row: dict[str, Any] = {"site": site, "state": what, "package": "", "period": ""}
            if what in ("built", "under-way"):
                row["package"] = self.rng.choice([*self.made.settings["packages"]])["id"] if self.chance(0.8) else ""
                row["period"] = self.year(self.rng.randint(1, self.count))
            state.append(row)
        replan: dict[str, Any] = {"state": state, "begun_by": self.rng.randint(0, self.count - 1)}
        limit = self.rng.random()
        if limit < 0.4:
            replan["changes"] = self.rng.randint(0, 2)
        elif limit < 0.7:
            replan["price"] = self.rng.choice((1, 20, 1000, 100_000))
        return replan


class _Maker:
    """Draws one programme."""

    def __init__(self, rng: random.Random, shape: Shape):
        self.rng = rng
        self.shape = shape
        self.periods = rng.randint(*shape.periods)
        self.years = rng.choice((1, 1, 2))
        self.provinces = ["North", "South", "East"][: rng.choice((2, 2, 3))]
        self.coverage = self.chance(0.4)
        self.cut_off = rng.choice((None, 15, 25, 40) if self.coverage else (None, None, 15, 25, 30, 40, 40))
        self.must_serve = self.cut_off is None and not self.coverage
        self.costly = self.chance(0.65)
        self.road = self.chance(0.3)
        self.places: list[dict[str, Any]] = []
        self.kinds: list[dict[str, Any]] = []
        self.packages: list[dict[str, Any]] = []
        self.sites: dict[str, dict[str, Any]] = {}
        self.upgrades: list[dict[str, Any]] = []
        self.facilities: list[dict[str, Any]] = []
        self.reports: list[dict[str, Any]] = []

    def chance(self, probability: float) -> bool:
        """Returns true with a probability."""
        return self.rng.random() < probability

    def make(self) -> Draft:
        """Draws everything, in an order in which later parts can look at earlier ones."""
        self.make_places()
        self.make_kinds()
        self.make_packages()
        self.make_upgrades()
        self.make_sites()
        self.make_facilities()
        self.make_reports()
        settings = self.head() | self.limits()
        if self.shape.never_plain:
            settings["ceilings"] = [*settings.get("ceilings", []), {"by": 1, "at_most": len(self.places)}]
        if self.shape.plain:
            self.make_plain(settings)
        tables = {"places": "places.csv"}
        for name in ("sites", "facilities", "reports"):
            if getattr(self, name):
                tables[name] = f"{name}.csv"
        settings["files"] = tables
        return Draft(settings, self.places, list(self.sites.values()), self.facilities, self.reports)

    def make_plain(self, settings: dict[str, Any]) -> None:
        """Takes away all rules but those of plain programmes: quotas, windows, required and forbidden sites."""
        for kind in self.kinds:
            for key in ("sizes", "needs", "demand", "assignment"):
                kind.pop(key, None)
        settings["packages"] = [{"id": "b1", "kinds": [kind["id"] for kind in self.kinds]}]
        for key in ("upgrades", "budgets", "floors", "ceilings", "spacing", "exclusive", "together", "precedence"):
            settings.pop(key, None)
        settings.get("quota", {}).pop("count_upgrades", None)
        settings.setdefault("quota", {"openings": 1})
        dropped = {"places": ("persons:", "materials"), "sites": ("cost:", "packages", "materials")}
        dropped["facilities"] = ("package", "closes", "may_close")
        for name, starts in dropped.items():
            for row in self.sites.values() if name == "sites" else getattr(self, name):
                for column in [column for column in row if column.startswith(starts)]:
                    del row[column]
        for report in self.reports:
            report["package"] = "b1"

    # Tables and what sites can get.

    def point(self) -> dict[str, str]:
        """Returns a random point in a box of some 44 km, or on a road where all ways are multiples of 5 km."""
        if self.road:
            return {"lat": "0", "lon": f"{20 + 0.044966 * self.rng.randint(0, 9):.6f}"}
        return {
            "lat": f"{10 + self.rng.uniform(-0.2, 0.2):.5f}",
            "lon": f"{20 + self.rng.uniform(-0.2, 0.2):.5f}",
        }

    def make_places(self) -> None:
        """Draws places; one in ten has nobody, but never all."""
        for number in range(1, self.rng.randint(*self.shape.places) + 1):
            persons = 0 if number > 1 and self.chance(0.1) else self.rng.randint(20, 400)
            province = "" if self.chance(0.05) else self.rng.choice(self.provinces)
            area = f"{self.rng.uniform(1, 200):.1f}" if self.chance(0.5) and not self.road else ""
            row = {"id": f"p{number}", "name": f"Place {number}", "province": province} | self.point()
            self.places.append(row | {"population": persons, "area_km2": area, "materials": ""})
        if self.chance(0.3):
            for place in self.places:
                place["materials"] = "|".join(m for m in MATERIALS if self.chance(0.45))

    def all_persons(self) -> int:
        return sum(place["population"] for place in self.places)

    def amounts(self, probability: float, most: int) -> dict[str, int]:
        """Returns random amounts of some resources."""
        return {r: self.rng.randint(1, most) for r in RESOURCES if self.chance(probability)}

    def make_kinds(self) -> None:
        """Draws kinds with their sizes, persons of their own and, afterwards, needs."""
        weighted = self.chance(0.35)
        for number in range(1, self.rng.randint(*self.shape.kinds) + 1):
            kind: dict[str, Any] = {"id": f"k{number}"}
            if weighted and self.chance(0.8):
                kind["weight"] = self.rng.choice((250, 500, 2000, 1000, 0 if number > 1 else 750))
            kind["reach_km"] = self.rng.choice((5, 7.5, 10, 12.25, 15, 20))
            if self.chance(0.5):
                self.make_sizes(kind)
            if self.chance(0.3):
                self.make_persons(kind["id"])
            self.kinds.append(kind)
        for kind in self.kinds:
            self.make_needs(kind)

    def make_sizes(self, kind: dict[str, Any]) -> None:
        """Draws one or two sizes; four in five have a capacity."""
        demand = self.rng.choice((1, 1, 1, 0.5, 1.25, 2, 3, 0))
        if demand != 1:
            kind["demand"] = demand
        if self.chance(0.35):
            kind["assignment"] = "whole"
        kind["sizes"] = []
        for name in ("small", "large")[: self.rng.randint(1, 2)]:
            size: dict[str, Any] = {"id": name}
            if self.chance(0.8):
                share = self.rng.uniform(0.15, 0.7) if name == "small" else self.rng.uniform(0.6, 1.3)
                share *= 2 if self.must_serve else 1
                size["capacity"] = int(self.all_persons() * share * max(demand, 0.5))
            self.put(size, "cost", self.amounts(0.3, 8))
            self.put(size, "running", self.amounts(0.12, 2))
            if self.chance(0.1):
                size["build"] = 1
            kind["sizes"].append(size)

    @staticmethod
    def put(into: dict[str, Any], key: str, value: Any) -> None:
        """Sets a key unless the value is empty."""
        if value:
            into[key] = value

    def make_persons(self, kind: str) -> None:
        """Gives some places a number of persons of their own for a kind."""
        for place in self.places:
            most = place["population"] + 50
            own = 0 if self.chance(0.15) else self.rng.randint(1, most)
            place[f"persons:{kind}"] = own if self.chance(0.85) else ""

    def make_needs(self, kind: dict[str, Any]) -> None:
        """Draws what must be near a kind."""
        needs = []
        others = [other["id"] for other in self.kinds if other is not kind]
        if others and self.chance(0.2):
            needs.append({"kind": self.rng.choice(others), "within_km": self.rng.choice((0, 5, 10, 15, 30))})
        if any(place["materials"] for place in self.places) and self.chance(0.35):
            found = sorted({m for place in self.places for m in place["materials"].split("|") if m})
            needs.append({"material": self.rng.choice(found), "within_km": self.rng.choice((0, 10, 20, 30))})
        self.put(kind, "needs", needs)

    def listed(self, kind: dict[str, Any]) -> str:
        """Returns a kind as a package lists it, in a random size."""
        sizes = kind.get("sizes")
        return f"{kind['id']}:{self.rng.choice(sizes)['id']}" if sizes else kind["id"]

    def make_packages(self) -> None:
        """Draws packages, so that each kind is in one of them."""
        for number in range(1, self.rng.randint(*self.shape.packages) + 1):
            full = self.chance(0.9 if number == 1 and self.must_serve else 0.4)
            some = self.rng.sample(self.kinds, self.rng.randint(1, len(self.kinds)))
            chosen = self.kinds if full else some
            package: dict[str, Any] = {"id": f"b{number}", "kinds": [self.listed(kind) for kind in chosen]}
            self.put(package, "cost", self.amounts(0.9 if self.costly else 0.2, 8 + 4 * len(chosen)))
            self.put(package, "running", self.amounts(0.25 if self.costly else 0.05, 3))
            if self.chance(0.15):
                package["build"] = self.rng.choice((1, 1, 2))
            self.packages.append(package)
        listed = {name.partition(":")[0] for package in self.packages for name in package["kinds"]}
        for kind in self.kinds:
            if kind["id"] not in listed:
                self.rng.choice(self.packages)["kinds"].append(self.listed(kind))

    def make_upgrades(self) -> None:
        """Draws upgrades between different packages, each pair once; most add a kind."""
        two = [(a, b) for a in self.packages for b in self.packages if a is not b]
        more = [(a, b) for a, b in two if len(a["kinds"]) < len(b["kinds"])]
        pairs = [(a["id"], b["id"]) for a, b in (more if more and self.chance(0.7) else two)]
        if not pairs or not self.chance(0.6):
            return
        for start, end in self.rng.sample(pairs, min(len(pairs), self.rng.randint(1, 2))):
            upgrade: dict[str, Any] = {"from": start, "to": end}
            self.put(upgrade, "cost", self.amounts(0.7 if self.costly else 0.2, 14))
            if self.chance(0.4):
                upgrade["build"] = self.rng.choice((1, 1, 2))
            self.upgrades.append(upgrade)

    def period(self, number: int) -> int:
        """Returns a period as a person may write it: its number or a year in it."""
        if self.chance(0.7):
            return number
        return FIRST_YEAR + (number - 1) * self.years + self.rng.randrange(self.years)

    def make_sites(self) -> None:
        """Amends some sites of places and adds some that are no place."""
        ids = [place["id"] for place in self.places]
        extra = self.chance(0.2) * self.rng.randint(1, 2)
        costs = self.chance(0.3)
        blank = {"lat": "", "lon": "", "rule": "", "earliest": "", "latest": "", "packages": "", "materials": ""}
        for site in [*ids, *(f"s{n + 1}" for n in range(extra))]:
            row: dict[str, Any] = {"id": site, **blank}
            changed = self.change_site(row)
            if site not in ids or self.chance(0.06):
                row |= self.point()
                changed = True
            if costs:
                row["cost:money"] = self.rng.randint(0, 9) if self.chance(0.7) else ""
                changed = True
            if changed:
                self.sites[site] = row

    def change_site(self, row: dict[str, Any]) -> bool:
        """Draws the rules of one site; returns whether there are any."""
        if self.chance(0.11):
            row["rule"] = self.rng.choice(("required", "forbidden", "forbidden"))
        if self.chance(0.12):
            first = self.rng.randint(1, self.periods)
            row["earliest"] = self.period(first) if self.chance(0.6) else ""
            row["latest"] = self.period(self.rng.randint(first, self.periods)) if self.chance(0.6) else ""
        if len(self.packages) > 1 and self.chance(0.15):
            row["packages"] = "|".join(self.some_packages())
        if any(kind.get("needs") for kind in self.kinds) and self.chance(0.15):
            row["materials"] = self.rng.choice(MATERIALS)
        return any(cell != "" for key, cell in row.items() if key != "id")

    def some_packages(self) -> list[str]:
        """Returns some packages, but not all."""
        ids = [package["id"] for package in self.packages]
        return self.rng.sample(ids, self.rng.randint(1, len(ids) - 1))

    def free_sites(self) -> list[str]:
        """Returns the sites that are neither required nor forbidden."""
        ids = dict.fromkeys([*(place["id"] for place in self.places), *self.sites])
        return [site for site in ids if self.sites.get(site, {}).get("rule", "") == ""]

    def make_facilities(self) -> None:
        """Draws one to three existing facilities, more often where everybody must be served."""
        sites = self.free_sites()
        if not sites or not self.chance(0.9 if self.must_serve else 0.5):
            return
        for site in self.rng.sample(sites, min(len(sites) - 1, self.rng.choice((1, 1, 2, 3)))):
            first = "" if self.chance(0.5) else self.packages[0]["id"]
            package = self.rng.choice(self.packages)["id"] if self.chance(0.1 if self.must_serve else 0.4) else first
            closes = self.rng.randint(1, self.periods) if self.chance(0.05 if self.must_serve else 0.15) else None
            may_close = self.rng.choice(("yes", "yes", "no")) if closes is None and self.chance(0.5) else ""
            row = {"site": site, "package": package, "may_close": may_close}
            self.facilities.append(row | {"closes": "" if closes is None else self.period(closes)})
        if self.chance(0.05) and self.facilities:
            self.facilities.append(self.facilities[0] | {"package": self.packages[-1]["id"], "closes": ""})

    def make_reports(self) -> None:
        """Draws facts of the first period or two, dated within them; as of the last report they hold."""
        existing = {facility["site"] for facility in self.facilities}
        sites = [place["id"] for place in self.places if place["id"] not in existing]
        if not sites or not self.chance(0.15):
            return
        now = self.rng.randint(1, min(2, self.periods))
        for site in self.rng.sample(sites, min(len(sites), self.rng.randint(1, 2))):
            for named in ("a", "b")[: self.rng.choice((1, 1, 1, 2))]:
                self.reports.append(self.report(site, named, now))

    def report(self, site: str, named: str, now: int) -> dict[str, Any]:
        """Draws one report that was made in period `now`."""
        year = FIRST_YEAR + (now - 1) * self.years
        package = self.rng.choice(self.packages)
        period = self.rng.randint(1, now)
        stage = self.rng.choice(("groundbreaking", "groundbreaking", "opened"))
        row = {"site": site, "named": named, "package": package["id"], "period": period, "stage": stage}
        return row | {"date": f"{year}-{self.rng.randint(1, 9):02}-15"}

    # What `programme.toml` says beside kinds and packages.

    def head(self) -> dict[str, Any]:
        """Returns everything but the limits."""
        distance: dict[str, Any] = {"detour": self.rng.choice((1, 1, 1.3))}
        if self.cut_off is not None:
            distance["cut_off_km"] = self.cut_off
            if not self.coverage and self.chance(0.5):
                distance["unserved_km"] = self.cut_off + self.rng.choice((0, 10, 40))
        objective: dict[str, Any] = {"goal": "coverage" if self.coverage else "distance"}
        if self.chance(0.4):
            objective["discount_rate"] = self.rng.choice((0.03, 0.05, 0.1, 0.125))
        head: dict[str, Any] = {"format": 1, "name": "Random programme"}
        head["population"] = {"year": FIRST_YEAR, "source": "made up"}
        head["periods"] = {"first": FIRST_YEAR, "count": self.periods, "years": self.years}
        head |= {"objective": objective, "distance": distance, "kinds": self.kinds, "packages": self.packages}
        self.put(head, "upgrades", self.upgrades)
        if self.sites and self.chance(0.1) and self.table_is_enough():
            head["sites"] = "table"
        return head

    def table_is_enough(self) -> bool:
        """Returns whether all sites that other tables name are rows of the sites table."""
        named = {row["site"] for row in [*self.facilities, *self.reports]}
        return len(self.sites) >= 3 and named <= set(self.sites)

    def limits(self) -> dict[str, Any]:
        """Returns a random choice of limits."""
        limits: dict[str, Any] = {}
        if self.chance(0.8):
            limits["quota"] = self.quota()
        self.put(limits, "budgets", [self.budget(r) for r in RESOURCES if self.chance(0.6 if self.costly else 0.1)])
        if self.chance(0.35):
            limits["floors"] = [self.floor() for _ in range(self.rng.randint(1, 2))]
        if self.chance(0.25):
            limits["ceilings"] = [self.ceiling() for _ in range(self.rng.randint(1, 2))]
        if self.chance(0.25):
            limits["spacing"] = [self.spacing()]
        if self.chance(0.22):
            limits["exclusive"] = [{"sites": self.some_sites(3)}]
        if self.chance(0.22):
            limits["together"] = [{"sites": self.some_sites(3 if self.chance(0.4) else 2)}]
        if self.chance(0.3):
            limits["precedence"] = [self.precedence() for _ in range(self.rng.randint(1, 2))]
        return limits

    def some_sites(self, most: int) -> list[str]:
        """Returns two sites or more that exist whatever `sites` says."""
        ids = list(self.sites) if len(self.sites) >= 3 else [place["id"] for place in self.places]
        return self.rng.sample(ids, self.rng.randint(2, min(most, len(ids))))

    def quota(self) -> dict[str, Any]:
        """Draws a quota, of which some period opens something."""
        exactly = self.chance(0.15)
        most = 1 if exactly else max(2, len(self.places) // 4)
        numbers = [self.rng.randint(0 if exactly or self.chance(0.3) else 1, most) for _ in range(self.periods)]
        if not any(numbers):
            numbers[0] = 1
        quota: dict[str, Any] = {"openings": numbers if self.chance(0.6) else max(numbers)}
        if exactly:
            quota["rule"] = "exactly"
        if self.chance(0.3):
            quota["count_upgrades"] = True
        return quota

    def budget(self, resource: str) -> dict[str, Any]:
        """Draws a budget of about one or two openings a period."""
        scale = max(1, len(self.places) // 6)
        numbers = [self.rng.randint(2, 26) * scale for _ in range(self.periods)]
        budget: dict[str, Any] = {"resource": resource, "amount": numbers if self.chance(0.5) else numbers[0]}
        if self.chance(0.5):
            budget["carry_over"] = True
        if self.chance(0.4):
            budget["due"] = "opening"
        return budget

    def province(self, rule: dict[str, Any]) -> None:
        """Gives a rule a province, each of them, or none."""
        present = sorted({place["province"] for place in self.places} - {""})
        choice = self.rng.random()
        if choice < 0.2:
            rule["province"] = "*"
        elif choice < 0.6 and present:
            rule["province"] = self.rng.choice(present)

    def floor(self) -> dict[str, Any]:
        """Draws a floor of sites or of coverage."""
        rule: dict[str, Any] = {}
        self.province(rule)
        late = self.periods if self.chance(0.85) else self.rng.randint(1, self.periods)
        rule["by"] = self.period(late)
        if self.chance(0.5):
            if self.chance(0.4):
                rule["kind"] = self.rng.choice(self.kinds)["id"]
            rule["at_least"] = 2 if "province" not in rule and self.chance(0.5) else 1
        else:
            rule["kind"] = self.rng.choice(self.kinds)["id"]
            rule["coverage"] = self.rng.choice((10, 15, 20, 33.3, 40.25, 55))
        return rule

    def ceiling(self) -> dict[str, Any]:
        """Draws a ceiling."""
        rule: dict[str, Any] = {}
        self.province(rule)
        if self.chance(0.35):
            rule["kind"] = self.rng.choice(self.kinds)["id"]
        most = 1 if "province" in rule else 2
        rule["by"] = self.period(self.rng.randint(1, self.periods))
        return rule | {"at_most": self.rng.randint(most, most + 1 + len(self.places) // 8)}

    def spacing(self) -> dict[str, Any]:
        """Draws a least distance between sites."""
        rule: dict[str, Any] = {"km": self.rng.choice((4, 5, 7.5, 10, 12))}
        if self.chance(0.35):
            rule["kind"] = self.rng.choice(self.kinds)["id"]
        return rule

    def precedence(self) -> dict[str, Any]:
        """Draws an order of two sites."""
        first, then = self.some_sites(2)
        rule: dict[str, Any] = {"first": first, "then": then}
        if self.chance(0.6):
            rule["lag"] = self.rng.randint(0, 2)
        return rule


# Writing.


def toml(value: Any) -> str:
    """Returns a value as inline TOML."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(item) for item in value) + "]"
    return f'"{value}"' if isinstance(value, str) else repr(value)


def toml_line(key: str, value: Any) -> str:
    """Returns a key of the file; lists of tables have one line for each."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return f"{key} = [\n" + "".join(f"  {toml(item)},\n" for item in value) + "]\n"
    return f"{key} = {toml(value)}\n"


def write(programme: Draft, folder: pathlib.Path) -> None:
    """Writes a programme into a folder, which is made if it is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(toml_line(key, value) for key, value in programme.settings.items())
    (folder / "programme.toml").write_text(text, encoding="utf-8")
    for name in ("places", "sites", "facilities", "reports"):
        rows = getattr(programme, name)
        if rows:
            write_table(folder / f"{name}.csv", rows)
    if programme.replan and programme.replan["state"]:
        write_table(folder / "state.csv", programme.replan["state"])


def write_table(path: pathlib.Path, rows: list[dict[str, Any]]) -> None:
    """Writes rows, with every column that one of them has."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# What a programme has.


def features(programme: Draft) -> set[str]:
    """Returns the names of the rules that are present in a programme."""
    found = _features_of_settings(programme.settings) | _features_of_tables(programme)
    return {name for name, present in found.items() if present}


def _features_of_settings(settings: dict[str, Any]) -> dict[str, bool]:
    kinds, packages, upgrades = settings["kinds"], settings["packages"], settings.get("upgrades", [])
    sizes = [(kind, size) for kind in kinds for size in kind.get("sizes", [])]
    limited = [kind for kind, size in sizes if "capacity" in size]
    needs = [need for kind in kinds for need in kind.get("needs", [])]
    floors, ceilings = settings.get("floors", []), settings.get("ceilings", [])
    budgets, quota = settings.get("budgets", []), settings.get("quota")
    objective = settings["objective"]
    built = [*packages, *(size for _, size in sizes)]
    found = {
        "goal distance": settings["objective"]["goal"] == "distance",
        "goal coverage": settings["objective"]["goal"] == "coverage",
        "goal cost": objective["goal"] == "cost",
        "goal equity": objective["goal"] == "equity",
        "goal self-sufficiency": objective["goal"] == "self-sufficiency",
        "goal worst-distance": objective["goal"] == "worst-distance",
        "several goals": "then" in objective,
        "tolerance": any(goal.get("tolerance_percent") for goal in [objective, *objective.get("then", [])]),
        "discount rate": "discount_rate" in settings["objective"],
        "cut-off": "cut_off_km" in settings["distance"],
        "unserved_km": "unserved_km" in settings["distance"],
        "detour": settings["distance"]["detour"] != 1,
        "kinds, several": len(kinds) > 1,
        "kind weights": any(kind.get("weight", 1000) != 1000 for kind in kinds),
        "sizes": bool(sizes),
        "capacity, split": any(kind.get("assignment") != "whole" for kind in limited),
        "capacity, whole": any(kind.get("assignment") == "whole" for kind in limited),
        "demand": any("demand" in kind for kind in kinds),
        "packages, several": len(packages) > 1,
        "upgrades": bool(upgrades),
        "building times": any("build" in item for item in [*built, *upgrades]),
        "running costs": any("running" in item for item in built),
        "needs of kinds": any("kind" in need for need in needs),
        "needs of materials": any("material" in need for need in needs),
        "quota at most": quota is not None and quota.get("rule") != "exactly",
        "quota exactly": quota is not None and quota.get("rule") == "exactly",
        "quota absent": quota is None,
        "quota counts upgrades": quota is not None and "count_upgrades" in quota,
        "budget, no carry-over": any("carry_over" not in budget for budget in budgets),
        "budget, carry-over": any("carry_over" in budget for budget in budgets),
        "budget, due at start": any("due" not in budget for budget in budgets),
        "budget, due at opening": any("due" in budget for budget in budgets),
        "floor of sites": any("at_least" in floor for floor in floors),
        "floor of coverage": any("coverage" in floor for floor in floors),
        "ceiling": bool(ceilings),
        "province *": any(rule.get("province") == "*" for rule in [*floors, *ceilings]),
        "province named": any(rule.get("province", "*") != "*" for rule in [*floors, *ceilings]),
        "sites from table": settings.get("sites") == "table",
    }
    return found | _features_of_scenarios(settings) | {name: name in settings for name in ("spacing", "exclusive", "together", "precedence")}


def _features_of_scenarios(settings: dict[str, Any]) -> dict[str, bool]:
    scenarios = settings.get("scenarios")
    futures = (scenarios or {}).get("future", [])
    late = [row for future in futures for row in future.get("late", [])]
    return {
        "scenarios, expected": scenarios is not None and scenarios.get("objective") != "worst-case",
        "scenarios, worst case": scenarios is not None and scenarios.get("objective") == "worst-case",
        "scenarios, several": len(futures) > 1,
        "scenarios, persons": any("demand" in future for future in futures),
        "scenarios, costs": any(future.get("cost_per_cent") for future in futures),
        "scenarios, late": any("periods" in row for row in late),
        "scenarios, failed": any("fails" in row for row in late),
        "scenarios, drawn": "delays" in (scenarios or {}),
    }


def _features_of_tables(programme: Draft) -> dict[str, bool]:
    sites, facilities = programme.sites, programme.facilities
    replan = programme.replan or {}
    columns = programme.places[0].keys()
    return {
        "population that changes": any(column.startswith("population:") for column in columns),
        "persons that change": any(column.count(":") == 2 for column in columns),
        "replan": programme.replan is not None,
        "replan, state": bool(replan.get("state")),
        "replan, failed": any(row["state"] == "failed" for row in replan.get("state", [])),
        "replan, not begun": any(row["state"] == "not-begun" for row in replan.get("state", [])),
        "replan, begun by": replan.get("begun_by", 0) > 0,
        "replan, changes": "changes" in replan,
        "replan, price": "price" in replan,
        "persons of a kind": any(key.startswith("persons:") for key in programme.places[0]),
        "places without people": any(place["population"] == 0 for place in programme.places),
        "site required": any(site["rule"] == "required" for site in sites),
        "site forbidden": any(site["rule"] == "forbidden" for site in sites),
        "site window": any(site["earliest"] != "" or site["latest"] != "" for site in sites),
        "site packages": any(site.get("packages") for site in sites),
        "site costs": any(site.get("cost:money", "") != "" for site in sites),
        "site location": any(site["lat"] for site in sites),
        "facilities": bool(facilities),
        "facility closes": any(row.get("closes", "") != "" for row in facilities),
        "facility may close": any(row.get("may_close") == "yes" for row in facilities),
        "facts": bool(programme.reports),
    }
