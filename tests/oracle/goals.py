"""What goals count: what a person costs at a site, factors, charges of schedules, and how values are read."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract import Programme, Schedule
    from futures import Future

EQUITY_SCALE = 2**20
DISCOUNT_SCALE = 1_000_000
LARGE = ("coverage", "self-sufficiency")
FARTHEST = "worst-distance"


def decimals(number: int | Fraction) -> int:
    """Returns the digits behind the point of a number."""
    places = 0
    while (Fraction(number) * 10**places).denominator != 1:
        places += 1
    return places


class Tariff:
    """Says what a goal of a programme counts."""

    def __init__(self, programme: Programme, goal: str):
        self.programme = programme
        self.goal = goal
        self.large = goal in LARGE
        objective = programme.settings.get("objective", {})
        self.several = bool(objective.get("then"))
        self.resource: str = objective.get("resource", "")
        self.rate_decimals = decimals(objective.get("per_person_km", 0))
        self.rate = int(Fraction(objective.get("per_person_km", 0)) * 10**self.rate_decimals)
        self.aversion = float(objective.get("aversion_per_km", 0))
        listed = programme.listed()
        demands = {kind: Fraction(programme.kinds[kind].get("demand", 1)) for kind in listed}
        self.demand_decimals = max(decimals(demand) for demand in demands.values())
        self.demands = {kind: int(demand * 10**self.demand_decimals) for kind, demand in demands.items()}
        weights = {kind: programme.kinds[kind].get("weight", 1000) for kind in listed}
        self.weights = weights if set(weights.values()) != {1000} else dict.fromkeys(weights, 1)
        self.weight_scale = 1000 if set(weights.values()) != {1000} else 1

    def unserved_m(self) -> int | None:
        """Returns the metres of somebody who is not served."""
        distance = self.programme.settings.get("distance", {})
        counted = distance.get("unserved_km", distance.get("cut_off_km"))
        return None if counted is None else int(Fraction(counted) * 1000)

    def unserved(self) -> int | None:
        """Returns what a person costs who is not served; none where everybody must be."""
        if self.large:
            return 1
        if self.goal == "equity":
            return EQUITY_SCALE
        metres = self.unserved_m()
        return metres if metres is None or self.goal != "cost" else metres * self.rate

    def cost(self, kind: int, place: int, site: int) -> int | None:
        """Returns what a person of a place costs at a site; none where there is no such pair."""
        way = self.programme.pair(place, site)
        if way is None:
            return None
        if self.large:
            near = way <= int(Fraction(self.programme.kinds[kind]["reach_km"]) * 1000)
            own = self.programme.sites[site].id == self.programme.places[place]["id"]
            free = near if self.goal == "coverage" else own
            return 0 if free else 1 if self.several else None
        if self.goal == "equity":
            most = self.unserved_m() or 0
            return math.floor(EQUITY_SCALE * math.exp(self.aversion * (min(way, most) - most) / 1000) + 0.5)
        return way * self.rate if self.goal == "cost" else way

    def factor(self, kind: int, period: int) -> int:
        """Returns what a person counts."""
        discount = self.programme.discounts()[period - 1]
        if self.goal in ("cost", FARTHEST):
            return discount
        return discount * self.weights[kind] * (self.demands[kind] if self.goal == "self-sufficiency" else 1)

    def scale(self) -> int:
        """Returns how many times the unit values are."""
        discounted = Fraction(self.programme.settings.get("objective", {}).get("discount_rate", 0)) != 0
        scale = DISCOUNT_SCALE if discounted else 1
        if self.goal == "cost":
            return scale * 1000 * 10**self.rate_decimals
        if self.goal == FARTHEST:
            return scale
        more = {"self-sufficiency": 10**self.demand_decimals, "equity": EQUITY_SCALE}
        return scale * self.weight_scale * more.get(self.goal, 1)

    def charged(self, site: int, schedule: Schedule, future: Future) -> int:
        """Returns what a schedule is charged in a future."""
        if self.goal != "cost":
            return 0
        budgets = self.programme.settings.get("budgets", [])
        budget = next((b for b in budgets if b["resource"] == self.resource), {"resource": self.resource})
        due = (self.programme.due(site, schedule, period, budget, future) for period in self.programme.periods())
        each = 1000 * 10**self.rate_decimals
        return sum(each * amount * one for amount, one in zip(due, self.programme.discounts()))

    def turned(self, number: int, future: Future) -> int:
        """Turns a cost in a future into its value, or a value into its cost."""
        return self.everybody(future) - number if self.large else number

    def everybody(self, future: Future) -> int:
        """Returns what all persons of a future would count."""
        total = 0
        for kind in self.programme.listed():
            for period in self.programme.periods():
                total += self.factor(kind, period) * sum(self.programme.persons(kind, period, future))
        return total
