"""The exact optimum of a programme by HiGHS: one binary for each schedule of each site."""

from __future__ import annotations

import dataclasses
import datetime
import math
import pathlib

from asking import Question
from contract import Held, Layer, Programme, Served
from goals import FARTHEST

TOLERANCE = 1e-9
LARGEST_COEFFICIENT = 1e5
LARGEST_HELD = 1e7
METRES = 1000
"""Metres in the unit in which the farthest of a period is counted: smaller numbers, which HiGHS errs less with."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """Is what the oracle says of a programme.

    `status` is `optimal`, `infeasible` or `unknown` (the time was up). `value` is that of the best plan found,
    from its whole numbers. No plan is better than `bound`, as far as HiGHS's rounding goes; it equals `value`
    when the status is `optimal`.
    """

    status: str
    value: int | None = None
    bound: int | None = None
    choice: tuple[int, ...] = ()
    served: Served = dataclasses.field(default_factory=dict)


class OracleError(Exception):
    """Says that the oracle's own answer does not keep the rules: a fault of the oracle."""


def solve(
    folder: pathlib.Path,
    as_of: datetime.date | None = None,
    seconds: float = 300.0,
    question: Question | None = None,
    presolve: bool = True,
) -> Answer:
    """Returns the optimum of the programme in a folder, as of a day or as a question asks."""
    programme = Programme(folder, as_of, question)
    if not all(programme.schedules):
        return Answer("infeasible")
    return _Model(programme).solve(seconds, presolve)


class _Model:
    """Builds the columns and rows of a programme and has them solved."""

    def __init__(self, programme: Programme):
        self.programme = programme
        # What columns cost: weighted over the futures, or, for the worst case, in each of them.
        self.cost: list[float] = []
        self.worst: list[dict[int, int]] = [{} for _ in programme.futures if programme.worst_case]
        self.upper: list[float] = []
        self.whole: list[bool] = []
        self.rows: list[tuple[float, float, dict[int, float]]] = []
        self.offset = 0
        self.chosen = [
            [self.column(0, 1, True) for _ in options] for options in programme.schedules
        ]
        for columns in self.chosen:
            self.rows.append((1, 1, dict.fromkeys(columns, 1)))
        self.offered: dict[tuple[int, int, int, int | None], int | None] = {}
        self.served: dict[tuple[int, int, int, int, int], tuple[int, int]] = {}
        self.farthest: dict[tuple[int, int], int] = {}
        self.add_charges()
        self.add_limits()
        self.add_floors()
        for layer in programme.layers:
            if programme.tariff.goal == FARTHEST:
                self.add_farthest(layer)
            else:
                self.add_service(layer)
        for held in programme.held:
            self.add_held(held)
        if self.worst:
            self.add_worst()

    def add_charges(self) -> None:
        """Adds what schedules are charged under the goal of the question."""
        programme = self.programme
        for site, options in enumerate(programme.schedules):
            for column, schedule in zip(self.chosen[site], options):
                changes = programme.charge_of_changes(site, schedule)
                for number, future in enumerate(programme.futures):
                    self.pay(column, number, programme.tariff.charged(site, schedule, future) + changes)

    def pay(self, column: int, future: int, cost: int) -> None:
        """Adds what a column costs in a future."""
        if self.worst:
            self.worst[future][column] = self.worst[future].get(column, 0) + cost
        else:
            self.cost[column] += self.programme.futures[future].weight * cost

    def column(self, cost: float, upper: float, whole: bool) -> int:
        """Adds a column from 0 to `upper` and returns its number."""
        self.cost.append(cost)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def add_worst(self) -> None:
        """Adds a column that is at least what each future costs; all else costs nothing of itself."""
        most = max(1, *(cost for costs in self.worst for cost in costs.values()))
        self.unit = max(1.0, most / LARGEST_COEFFICIENT)
        worst = self.column(self.unit, math.inf, False)
        for costs, future in zip(self.worst, self.programme.futures):
            behind = self.everybody() - self.programme.tariff.everybody(future) if self.programme.tariff.large else 0
            weights = {column: cost / self.unit for column, cost in costs.items() if cost}
            self.rows.append((-math.inf, -behind / self.unit, weights | {worst: -1}))

    def everybody(self) -> int:
        """Returns what all persons would count: weighted over the futures, or in that with the most of them."""
        tariff, futures = self.programme.tariff, self.programme.futures
        if self.worst:
            return max(tariff.everybody(future) for future in futures)
        return sum(future.weight * tariff.everybody(future) for future in futures)

    def offers(self, site: int, kind: int, period: int, number: int | None = None) -> int | None:
        """Returns the column that is 1 where a site offers a kind in a period of a future, or as promised; none where
        it never can."""
        key = (site, kind, period, number)
        if key not in self.offered:
            programme = self.programme
            options = zip(self.chosen[site], programme.schedules[site])
            if number is None:
                those = [column for column, schedule in options if programme.operates(schedule, period, kind)]
            else:
                future = programme.futures[number]
                those = [c for c, schedule in options if programme.serves(site, schedule, period, kind, future)]
            self.offered[key] = self.column(0, 1, False) if those else None
            if those:
                self.rows.append((0, 0, dict.fromkeys(those, 1) | {self.offered[key]: -1}))
        return self.offered[key]

    def add_limits(self) -> None:
        """Adds each rule that is a sum over schedules."""
        for limit in self.programme.limits:
            low = -math.inf if limit.sense == "<=" else limit.number
            high = math.inf if limit.sense == ">=" else limit.number
            weights = {self.chosen[site][number]: weight for (site, number), weight in limit.weights.items()}
            self.rows.append((low, high, weights))

    def add_floors(self) -> None:
        """Adds each floor of coverage, with a column for each place that may be covered."""
        for floor in self.programme.floors:
            persons = self.programme.persons(floor.kind, floor.period)
            weights = {}
            for place in floor.places:
                near = self.programme.within_reach(floor.kind, place)
                offers = [self.offers(site, floor.kind, floor.period) for site in near]
                covered = self.column(0, 1, False)
                self.rows.append((0, math.inf, {covered: -1} | {c: 1 for c in offers if c is not None}))
                weights[covered] = persons[place]
            self.rows.append((floor.persons, math.inf, weights))

    def add_held(self, held: Held) -> None:
        """Adds that a goal is held: those who choose themselves go where this goal is best."""
        weights: dict[int, int] = {}
        for site, options in enumerate(self.programme.schedules):
            for column, schedule in zip(self.chosen[site], options):
                weights[column] = sum(
                    self.programme.weight(number) * held.tariff.charged(site, schedule, self.programme.futures[number])
                    for number in held.futures
                )
        everybody = 0
        for layer in held.layers:
            if held.tariff.goal == FARTHEST:
                self.hold_farthest(layer, weights)
                continue
            if layer.limited:
                everybody += self.hold_limited(layer, weights)
                continue
            before = len(self.cost)
            self.add_service(layer)
            # They are columns of this goal alone, which have no say in the other.
            for column in range(before, len(self.cost)):
                weights[column], self.cost[column] = self.cost[column], 0
                if self.worst:
                    weights[column] = self.worst[layer.future].pop(column, 0)
        # All numbers are whole, so that half a unit more changes nothing but what rounding does.
        scale = min(1.0, LARGEST_HELD / max(1, *(abs(weight) for weight in weights.values())))
        most = (held.most - everybody + 0.5) * scale
        self.rows.append((-math.inf, most, {c: w * scale for c, w in weights.items() if w}))

    def hold_farthest(self, layer: Layer, weights: dict[int, int]) -> None:
        """Counts the farthest of a period of a future: nobody goes farther for a kind, who is sent there among them."""
        key = (layer.future, layer.period)
        if key not in self.farthest:
            self.farthest[key] = self.column(0, math.inf, False)
            weights[self.farthest[key]] = self.programme.weight(layer.future) * layer.factor * METRES
        for place, persons in enumerate(layer.persons):
            if persons > 0 and layer.limited:
                self.hold_sent(layer, place, self.farthest[key])
            elif persons > 0:
                self.add_nearest(layer, place, self.farthest[key])

    def hold_sent(self, layer: Layer, place: int, farthest: int) -> None:
        """Adds that nobody of a place is sent farther for a limited kind, or nowhere where that is farther."""
        most = 1 if layer.whole else layer.persons[place]
        everybody: dict[int, float] = {}
        for site, way in layer.pairs[place].items():
            served = self.served.get((layer.future, layer.kind, layer.period, place, site))
            if served is not None:
                everybody[served[0]] = 1
                used = self.column(0, 1, True)
                self.rows.append((-math.inf, 0, {served[0]: 1, used: -most}))
                self.rows.append((-math.inf, 0, {used: way / METRES, farthest: -1}))
        if layer.unserved is not None:
            left = self.column(0, 1, True)
            self.rows.append((most, math.inf, everybody | {left: most}))
            self.rows.append((-math.inf, 0, {left: layer.unserved / METRES, farthest: -1}))

    def hold_limited(self, layer: Layer, weights: dict[int, int]) -> int:
        """Counts who is sent where; returns what all would count who are sent nowhere."""
        nowhere, factor = layer.unserved or 0, layer.factor * self.programme.weight(layer.future)
        for place in range(len(layer.persons)):
            for site, cost in layer.pairs[place].items():
                goes = self.served.get((layer.future, layer.kind, layer.period, place, site))
                if goes is not None:
                    column, each = goes
                    weights[column] = weights.get(column, 0) + factor * each * (cost - nowhere)
        return factor * nowhere * sum(layer.persons)

    def add_service(self, layer: Layer) -> None:
        """Adds who is served with a kind in a period."""
        load: dict[int, dict[int, float]] = {}
        period, one = layer.period, layer.factor
        for place, persons in enumerate(layer.persons):
            if persons > 0:
                self.add_place(layer, period, place, one, load)
        if layer.limited:
            for site, weights in load.items():
                self.add_capacity(layer, period, site, weights)

    def add_farthest(self, layer: Layer) -> None:
        """Adds that nobody goes farther for a kind than the farthest of a period, which alone costs something."""
        key = (layer.future, layer.period)
        if key not in self.farthest:
            self.farthest[key] = self.column(0, math.inf, False)
            self.pay(self.farthest[key], layer.future, layer.factor * METRES)
        load: dict[int, dict[int, float]] = {}
        for place, persons in enumerate(layer.persons):
            if persons > 0 and layer.limited:
                self.add_sent(layer, place, self.farthest[key], load)
            elif persons > 0:
                self.add_nearest(layer, place, self.farthest[key])
        for site, weights in load.items():
            self.add_capacity(layer, layer.period, site, weights)

    def add_nearest(self, layer: Layer, place: int, farthest: int) -> None:
        """Adds that a place goes no farther than the farthest to a site that offers a kind."""
        ways: dict[int, float] = {}
        for site, way in layer.pairs[place].items():
            offered = self.offers(site, layer.kind, layer.period, layer.future)
            if offered is not None:
                goes = self.column(0, 1, False)
                ways[goes] = way / METRES
                self.rows.append((-math.inf, 0, {goes: 1, offered: -1}))
        if layer.unserved is not None:
            ways[self.column(0, 1, False)] = layer.unserved / METRES
        self.rows.append((1, 1, dict.fromkeys(ways, 1)))
        self.rows.append((-math.inf, 0, ways | {farthest: -1}))

    def add_sent(self, layer: Layer, place: int, farthest: int, load: dict[int, dict[int, float]]) -> None:
        """Adds where the people of a place are sent for a limited kind; every way that is used counts in full."""
        persons = layer.persons[place]
        most, each = (1, persons) if layer.whole else (persons, 1)
        everybody: dict[int, float] = {}
        for site, way in layer.pairs[place].items():
            offered = self.offers(site, layer.kind, layer.period, layer.future)
            if offered is None:
                continue
            goes, used = self.column(0, most, True), self.column(0, 1, True)
            self.rows.append((-math.inf, 0, {goes: 1, used: -most}))
            self.rows.append((-math.inf, 0, {used: 1, offered: -1}))
            self.rows.append((-math.inf, 0, {used: way / METRES, farthest: -1}))
            everybody[goes] = 1
            load.setdefault(site, {})[goes] = each
            self.served[layer.future, layer.kind, layer.period, place, site] = (goes, each)
        if layer.unserved is not None:
            stays, used = self.column(0, most, True), self.column(0, 1, True)
            self.rows.append((-math.inf, 0, {stays: 1, used: -most}))
            self.rows.append((-math.inf, 0, {used: layer.unserved / METRES, farthest: -1}))
            everybody[stays] = 1
        self.rows.append((most, most, everybody))

    def add_place(self, layer: Layer, period: int, place: int, one: int, load: dict[int, dict[int, float]]) -> None:
        """Adds where the people of a place go. Parts of persons are none where kinds are limited."""
        persons = layer.persons[place]
        split = layer.limited and not layer.whole
        most, each = (persons, 1) if split else (1, persons)
        everybody: dict[int, float] = {}
        for site, way in layer.pairs[place].items():
            offered = self.offers(site, layer.kind, period, layer.future)
            if offered is None:
                continue
            goes = self.column(0, most, layer.limited)
            self.pay(goes, layer.future, one * each * way)
            everybody[goes] = 1
            self.rows.append((-math.inf, 0, {goes: 1, offered: -most}))
            load.setdefault(site, {})[goes] = each
            if layer.limited:
                self.served[layer.future, layer.kind, period, place, site] = (goes, each)
        if layer.unserved is not None:
            stays = self.column(0, most, layer.limited)
            self.pay(stays, layer.future, one * each * layer.unserved)
            everybody[stays] = 1
        self.rows.append((most, most, everybody))

    def add_capacity(self, layer: Layer, period: int, site: int, load: dict[int, float]) -> None:
        """Adds that a site serves no more persons than its size allows."""
        weights = dict(load)
        for column, schedule in zip(self.chosen[site], self.programme.schedules[site]):
            package = self.programme.offered(site, schedule, period, self.programme.futures[layer.future])
            if package is not None and layer.kind in self.programme.lists[package]:
                capacity = self.programme.capacity(layer.kind, package)
                everybody = sum(layer.persons)
                weights[column] = -(everybody if capacity is None else min(capacity, everybody))
        self.rows.append((-math.inf, 0, weights))

    def solve(self, seconds: float, presolve: bool = True) -> Answer:
        """Returns the answer of HiGHS, checked in whole numbers."""
        import highspy

        highs = highspy.Highs()
        highs.setOptionValue("output_flag", False)
        scale = self.hand_over(highs, seconds)
        highs.setOptionValue("presolve", "on" if presolve else "off")
        highs.run()
        status = highs.getModelStatus()
        if status in (highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible):
            return self.rejected(list(highs.getSolution().col_value))
        bound = self.shown(math.floor(highs.getInfo().mip_dual_bound / scale)) if self.bounded(highs) else None
        if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return Answer("unknown", bound=bound)
        choice, served = self.rounded(list(highs.getSolution().col_value))
        value = self.checked(choice, served)
        if status != highspy.HighsModelStatus.kOptimal:
            return Answer("unknown", value, bound, tuple(choice), served)
        return Answer("optimal", value, value, tuple(choice), served)

    def rejected(self, point: list[float]) -> Answer:
        """Returns the answer where HiGHS says that there is none.

        With large numbers it at times rejects a point of its own by its tolerances; where that point keeps all rules in
        whole numbers, there is a plan, and how good the best is remains unknown.
        """
        if len(point) != len(self.cost):
            return Answer("infeasible")
        try:
            choice, served = self.rounded(point)
            value = self.checked(choice, served)
        except (OracleError, ValueError):
            return Answer("infeasible")
        return Answer("unknown", value, None, tuple(choice), served)

    @staticmethod
    def bounded(highs: object) -> bool:
        return math.isfinite(highs.getInfo().mip_dual_bound)  # type: ignore[attr-defined]

    def shown(self, cost: int) -> int:
        """Returns a cost as the value that is shown: for goals made large, what is not missing."""
        return self.everybody() - cost if self.programme.tariff.large else cost

    def hand_over(self, highs: object, seconds: float) -> float:
        """Gives the model and the options to HiGHS; returns the factor of its objective."""
        import highspy

        options = {"mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "time_limit": seconds, "threads": 1, "random_seed": 1}
        options |= {"mip_feasibility_tolerance": TOLERANCE, "primal_feasibility_tolerance": TOLERANCE}
        options["dual_feasibility_tolerance"] = TOLERANCE
        for name, value in options.items():
            if highs.setOptionValue(name, value) != highspy.HighsStatus.kOk:  # type: ignore[attr-defined]
                raise OracleError(f"HiGHS does not take {name} = {value}")
        scale = min(1.0, LARGEST_COEFFICIENT / max(1, *self.cost))
        self.add_to(highs, scale)
        return scale

    def add_to(self, highs: object, scale: float) -> None:
        """Adds all columns and rows."""
        import highspy
        import numpy

        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.cost), len(self.rows)
        lp.col_cost_ = numpy.array([float(cost) * scale for cost in self.cost])
        lp.col_lower_ = numpy.zeros(len(self.cost))
        lp.col_upper_ = numpy.array(self.upper, dtype=float)
        lp.row_lower_ = numpy.array([self.bound(low, highspy) for low, _, _ in self.rows])
        lp.row_upper_ = numpy.array([self.bound(high, highspy) for _, high, _ in self.rows])
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[whole] for whole in self.whole]
        starts, index, values = [0], [], []
        for _, _, weights in self.rows:
            index += weights.keys()
            values += weights.values()
            starts.append(len(index))
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = numpy.array(starts, dtype=numpy.int32)
        lp.a_matrix_.index_ = numpy.array(index, dtype=numpy.int32)
        lp.a_matrix_.value_ = numpy.array(values, dtype=float)
        if highs.passModel(lp) == highspy.HighsStatus.kError:  # type: ignore[attr-defined]
            raise OracleError("HiGHS does not take the model")

    @staticmethod
    def bound(number: float, highspy: object) -> float:
        infinity = highspy.kHighsInf  # type: ignore[attr-defined]
        return float(number) if math.isfinite(number) else math.copysign(infinity, number)

    def rounded(self, values: list[float]) -> tuple[list[int], Served]:
        """Returns the schedule of each site, and who is served where with limited kinds."""
        choice = []
        for site, columns in enumerate(self.chosen):
            taken = [number for number, column in enumerate(columns) if values[column] > 0.5]
            if len(taken) != 1:
                raise OracleError(f"site {site} has {len(taken)} schedules")
            choice.append(taken[0])
        served = {key: round(values[column]) * each for key, (column, each) in self.served.items()}
        return choice, {key: persons for key, persons in served.items() if persons}

    def checked(self, choice: list[int], served: Served) -> int:
        """Returns the value of a plan that keeps every rule."""
        try:
            broken = self.programme.broken(choice) + self.programme.not_held(choice, served)
            if broken:
                raise OracleError(f"the oracle's plan breaks {', '.join(broken)}")
            return self.programme.value(choice, served)
        except ValueError as fault:
            raise OracleError(str(fault)) from fault
