"""Tests the oracle: against trying every plan, and against numbers worked by hand."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import importlib.util
import json
import math
import pathlib
import sys
import tempfile
import unittest
from fractions import Fraction

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import asking  # noqa: E402
import compare  # noqa: E402
import contract  # noqa: E402
import enumerate as every_plan  # noqa: E402
import mip  # noqa: E402
import programmes  # noqa: E402
import reading  # noqa: E402

needs_highs = unittest.skipUnless(
    importlib.util.find_spec("highspy"), "highspy is not installed: `make oracle-venv` installs it"
)

# The four villages of docs/concepts/model.md: 10 km from A to B, 12 to C, 28 to D.
VILLAGES = """id,name,province,lat,lon,population{more}
A,A,West,0,10,400{a}
B,B,West,0,10.089932,300{b}
C,C,East,0,10.197850,200{c}
D,D,East,0,10.449660,150{d}
"""
HEAD = """format = 1
name = "Four villages"
population = { year = 2030, source = "made up" }
"""
BASIC = {
    "periods": "{ first = 2030, count = 1 }",
    "objective": '{ goal = "distance" }',
    "distance": "{ cut_off_km = 60 }",
    "kinds": '[{ id = "clinic", reach_km = 12 }]',
    "packages": '[{ id = "clinic", kinds = ["clinic"] }]',
}
TWO = {"periods": "{ first = 2030, count = 2 }"}


class Folders(unittest.TestCase):
    """Writes programmes of the four villages."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def written(self, more="", cells=("", "", "", ""), **keys):
        """Writes a programme; `sites`, `facilities` and `reports` are tables, all else is in the settings."""
        tables = {name: keys.pop(name) for name in ("sites", "facilities", "reports") if name in keys}
        files = {"places": "places.csv"} | {name: f"{name}.csv" for name in tables}
        settings = BASIC | keys
        text = HEAD + "".join(f"{key} = {value}\n" for key, value in settings.items())
        text += f"files = {programmes.toml(files)}\n"
        (self.folder / "programme.toml").write_text(text)
        places = VILLAGES.format(more=more, **dict(zip("abcd", cells)))
        (self.folder / "places.csv").write_text(places)
        for name, table in tables.items():
            (self.folder / f"{name}.csv").write_text(table)
        return self.folder

    def assert_value(self, kilometres, more="", cells=("", "", "", ""), **keys):
        """Checks the optimum in person-kilometres; none where there is no plan."""
        folder = self.written(more, cells, **keys)
        day = reading.last_report(folder)
        expected = None if kilometres is None else kilometres * 1000
        self.assertEqual(every_plan.best(folder, day), expected, "trying every plan")
        self.assertEqual(mip.solve(folder, day).value, expected, "the exact model")


EVERYTHING = dataclasses.replace(programmes.Shape(), features=frozenset(programmes.FEATURES))
TINY = dataclasses.replace(programmes.TINY, features=frozenset(programmes.FEATURES))


def held_at(value, goal, tolerance):
    """Returns what a value may come to: so many hundredths worse."""
    share = Fraction(tolerance) / 100
    large = goal in ("coverage", "self-sufficiency")
    return math.ceil(value * (1 - share)) if large else math.floor(value * (1 + share))


@needs_highs
class Agreement(unittest.TestCase):
    def agree(self, folder, question, seen):
        """Returns the answer of the exact model, which trying every plan has confirmed if it could."""
        answer = mip.solve(folder, question=question)
        try:
            value = every_plan.best(folder, most=8_000, question=question)
        except every_plan.TooMany:
            return answer
        self.assertEqual(answer.status, "infeasible" if value is None else "optimal", question)
        self.assertEqual(answer.value, value, question)
        seen.update([answer.status, question.goal, *["held"][: len(question.held)]])
        if question.replan:
            seen[f"replan {answer.status}"] += 1
        return answer

    def test_goals_in_order_and_promises_have_the_optimum_of_all_plans(self):
        seen = collections.Counter()
        for number in range(200):
            draft = programmes.draft(6, number, TINY)
            with self.subTest(number), tempfile.TemporaryDirectory() as base:
                folder = pathlib.Path(base)
                programmes.write(draft, folder)
                settings = reading.settings(folder)["objective"]
                question = asking.Question(reading.last_report(folder))
                held = ()
                for goal in [settings, *settings.get("then", [])]:
                    question = dataclasses.replace(question, goal=goal["goal"], held=held)
                    answer = self.agree(folder, question, seen)
                    if answer.status != "optimal":
                        break
                    limit = held_at(answer.value, goal["goal"], goal.get("tolerance_percent", 0))
                    held = (*held, (goal["goal"], limit))
                if draft.replan and answer.status == "optimal":
                    promised = Comparisons.plan(contract.Programme(folder, question=question), answer)["openings"]
                    replan = compare.replanned(draft.replan, promised, draft.settings["periods"])
                    self.agree(folder, dataclasses.replace(question, held=(), replan=replan), seen)
        for what in ("held", "cost", "equity", "self-sufficiency", "replan optimal", "replan infeasible"):
            self.assertGreater(seen[what], 3, seen)

    def test_tiny_programmes_have_the_optimum_of_all_plans(self):
        seen = set()
        for number in range(45):
            draft = programmes.draft(2, number, programmes.TINY)
            with self.subTest(number), tempfile.TemporaryDirectory() as base:
                folder = pathlib.Path(base)
                programmes.write(draft, folder)
                day = reading.last_report(folder)
                try:
                    value = every_plan.best(folder, day, 20_000)
                except every_plan.TooMany:
                    continue
                answer = mip.solve(folder, day)
                self.assertEqual(answer.status, "infeasible" if value is None else "optimal")
                self.assertEqual(answer.value, value)
                seen.add(answer.status)
        self.assertEqual(seen, {"optimal", "infeasible"})


class Generator(unittest.TestCase):
    def test_a_seed_gives_the_same_programme_again(self):
        self.assertEqual(programmes.draft(3, 4), programmes.draft(3, 4))
        self.assertNotEqual(programmes.draft(3, 4), programmes.draft(3, 5))

    def test_every_rule_is_in_some_programme(self):
        drafts = (programmes.draft(1, number, EVERYTHING) for number in range(150))
        found = set().union(*(programmes.features(draft) for draft in drafts))
        some = programmes.draft(1, 1)
        names = programmes._features_of_settings(some.settings) | programmes._features_of_tables(some)
        self.assertEqual(set(names) - found, set())

    def test_sizes_of_programmes_follow_the_shape(self):
        for number in range(20):
            draft = programmes.draft(1, number, programmes.shape_of(40, 6))
            self.assertTrue(30 <= len(draft.places) <= 40)
            self.assertIn(draft.settings["periods"]["count"], (5, 6))


@needs_highs
class ByHand(Folders):
    def test_the_small_instance_of_the_model_page(self):
        keys = TWO | {"quota": "{ openings = 1 }", "distance": "{ detour = 1 }"}
        self.assert_value(18_800, **keys)
        folder = self.written(**keys, objective='{ goal = "coverage" }')
        self.assertEqual(mip.solve(folder).value, 1_950)
        self.assertEqual(every_plan.best(folder), 1_950)

    def test_people_beyond_a_capacity_stay_away(self):
        # B serves 900 of 1,050: those of D save least, 150 x (60 - 40).
        self.assert_value(15_400, quota="{ openings = 1 }", **self.sized("capacity = 900"))

    def test_a_person_may_need_several_units(self):
        # A serves 450: its own 400 and 50 of B; 600 stay away. From B: 37,500.
        self.assert_value(36_500, quota="{ openings = 1 }", **self.sized("capacity = 901", "demand = 2, "))

    def test_a_whole_place_goes_to_one_site(self):
        # A serves its own 400, and no other place fits into the 50 that are left.
        keys = self.sized("capacity = 901", 'demand = 2, assignment = "whole", ')
        self.assert_value(39_000, quota="{ openings = 1 }", **keys)

    @staticmethod
    def sized(size, more=""):
        return {
            "kinds": f'[{{ id = "clinic", reach_km = 12, {more}sizes = [{{ id = "s", {size} }}] }}]',
            "packages": '[{ id = "clinic", kinds = ["clinic:s"] }]',
        }

    def test_budgets_carry_over_or_not(self):
        costly = {"packages": '[{ id = "clinic", kinds = ["clinic"], cost = { money = 10 } }]'} | TWO
        self.assert_value(24_800, budgets='[{ resource = "money", amount = [10, 9] }]', **costly)
        self.assert_value(126_000, budgets='[{ resource = "money", amount = 5 }]', **costly)
        self.assert_value(75_400, budgets='[{ resource = "money", amount = 5, carry_over = true }]', **costly)

    def test_costs_are_due_when_building_begins_or_at_the_opening(self):
        slow = {"packages": '[{ id = "clinic", kinds = ["clinic"], cost = { money = 10 }, build = 1 }]'} | TWO
        self.assert_value(75_400, budgets='[{ resource = "money", amount = [10, 0] }]', **slow)
        self.assert_value(126_000, budgets='[{ resource = "money", amount = [10, 0], due = "opening" }]', **slow)

    def test_an_upgrade_is_due_when_its_work_begins_or_when_it_is_there(self):
        keys = {
            "periods": "{ first = 2030, count = 3 }",
            "kinds": '[{ id = "k1", reach_km = 12 }, { id = "k2", reach_km = 12 }]',
            "packages": '[{ id = "b1", kinds = ["k1"], cost = { money = 99 } },'
            ' { id = "b2", kinds = ["k1", "k2"], cost = { money = 99 } }]',
            "upgrades": '[{ from = "b1", to = "b2", build = 1, cost = { money = 10 } }]',
            "facilities": "site\nB\n",
        }
        # k1 takes 12,400 in each of three periods, k2 as much where B offers it, and 63,000 where nobody is served.
        budget = '[{ resource = "money", amount = [0, 10, 0]%s }]'
        self.assert_value(37_200 + 63_000 + 63_000 + 12_400, budgets=budget % "", **keys)
        self.assert_value(37_200 + 63_000 + 12_400 + 12_400, budgets=budget % ', due = "opening"', **keys)

    def test_sites_just_as_far_apart_as_asked_are_not_too_near(self):
        self.assert_value(6_400, quota="{ openings = 2 }", spacing="[{ km = 40 }]")
        self.assert_value(7_400, quota="{ openings = 2 }", spacing="[{ km = 40.001 }]")

    def test_what_is_settled_never_breaks_a_rule(self):
        standing = {"quota": "{ openings = 1 }", "facilities": "site\nA\nB\n"}
        self.assert_value(2_400, spacing="[{ km = 20 }]", exclusive='[{ sites = ["A", "B"] }]', **standing)
        self.assert_value(8_400, ceilings="[{ by = 1, at_most = 1 }]", **standing)

    def test_one_site_opens_after_another(self):
        # A, then C; with B first, which D forbids: 18,800.
        rule = '[{ first = "D", then = "B", lag = 1 }]'
        self.assert_value(22_100, quota="{ openings = 1 }", precedence=rule, **TWO)

    def test_floors_of_provinces(self):
        # One in each province. B and D are the best such pair, and the best of all.
        floors = '[{ province = "*", by = 1, at_least = 1 }]'
        self.assert_value(6_400, quota="{ openings = 2 }", floors=floors)
        self.assert_value(None, quota="{ openings = 1 }", floors=floors)

    def test_a_share_of_people_is_rounded_up(self):
        # 61.91 per cent of 1,050 are 650.055: A with 700 persons reaches enough, as B with 900 does. 85.72 per cent
        # are 900.06, which nobody reaches alone.
        for share, value in (("61.91", 12_400), ("85.71", 12_400), ("85.72", None)):
            floors = f'[{{ kind = "clinic", by = 2030, coverage = {share} }}]'
            self.assert_value(value, quota="{ openings = 1 }", floors=floors)

    def test_neighbours_in_a_list_are_together(self):
        # B and C: 8,200; without them A and D. Where three are tied together, only A can open.
        self.assert_value(7_400, quota="{ openings = 2 }", together='[{ sites = ["B", "C"] }]')
        self.assert_value(14_900, quota="{ openings = 2 }", together='[{ sites = ["B", "D", "C"] }]')

    def test_a_material_of_its_own_place_is_near_a_site(self):
        keys = {"kinds": '[{ id = "clinic", reach_km = 12, needs = [{ material = "clay" }] }]'}
        keys |= {"quota": "{ openings = 1 }", "sites": "id,lat,lon,materials\nA,0,10.089932,\nS,0,10,\n"}
        # The site of A lies at B, and has the clay of A.
        self.assert_value(12_400, ",materials", (",clay|timber", ",", ",", ","), **keys)

    def test_a_kind_that_needs_another_waits_for_it(self):
        keys = {
            "kinds": '[{ id = "k1", reach_km = 12, needs = [{ kind = "k2", within_km = 10 }] },'
            ' { id = "k2", reach_km = 12 }]',
            "packages": '[{ id = "b1", kinds = ["k1"] }, { id = "b2", kinds = ["k2"] }]',
            "quota": "{ openings = 2 }",
        }
        # k1 and k2 stand at A and B, in the one order or the other.
        self.assert_value(12_400 + 14_900, **keys)

    def test_facts_use_openings_and_keep_their_period(self):
        header = "site,named,package,period,stage,date\n"
        fact = "D,Upper,clinic,1,groundbreaking,2030-03-01\n"
        keys = {"quota": "{ openings = 2 }"} | TWO
        # One opening of 2030 is left. B takes it, then A and C open.
        self.assert_value(6_400, reports=header + fact, **keys)
        # Two named places leave nothing: D alone in 2030, then B and A: 2,400; B and C: 4,000; A and C: 3,000.
        self.assert_value(37_600 + 2_400, reports=header + fact + fact.replace("Upper", "Lower"), **keys)

    def best(self, goal, more="", cells=("", "", "", ""), held=(), **keys):
        """Returns the optimum of a goal, on which both ways agree where both can tell."""
        question = asking.Question(goal=goal, held=held)
        folder = self.written(more, cells, **keys)
        value = mip.solve(folder, question=question).value
        try:
            self.assertEqual(every_plan.best(folder, question=question), value)
        except every_plan.TooMany:
            self.assertTrue(held)
        return value

    def test_numbers_of_persons_are_those_said_last(self):
        # One site for good. In 2031 A has 4,000 people: then A alone takes 14,900 a year, B 12,400 and 48,400.
        keys = {"quota": "{ openings = [1, 0] }"} | TWO
        self.assert_value(14_900 + 14_900, ",population:2031", (",4000", ",", ",", ","), **keys)
        self.assert_value(12_400 + 12_400, ",population:2032", (",4000", ",", ",", ","), **keys)

    def test_units_count_in_the_own_place(self):
        kinds = '[{ id = "clinic", reach_km = 12, demand = 1.5 }]'
        self.assertEqual(self.best("self-sufficiency", kinds=kinds, quota="{ openings = 2 }"), 15 * (400 + 300))

    def test_cost_counts_ways_and_openings(self):
        keys = {
            "objective": '{ goal = "cost", resource = "money", per_person_km = 0.01 }',
            "packages": '[{ id = "clinic", kinds = ["clinic"], cost = { money = 50 } }]',
        }
        # One site at B: 124 + 50. A second at D saves 60: 64 + 100; a third at A 40.
        self.assertEqual(self.best("cost", **keys), 164 * 100_000)

    def test_equity_minds_the_far_ones(self):
        objective = '{ goal = "equity", aversion_per_km = 0.1 }'
        e = [math.floor(2**20 * math.exp(0.1 * (km - 60)) + 0.5) for km in (0, 10, 12, 22, 28)]
        # C alone: A goes 22 km, B 12, D 28; from B those of D would go 40.
        value = 200 * e[0] + 400 * e[3] + 300 * e[2] + 150 * e[4]
        self.assertEqual(self.best("equity", objective=objective, quota="{ openings = 1 }"), value)

    def test_a_held_goal_is_held_by_whom_the_plan_sends(self):
        # The clinic of B serves 700: all of B and A, 400 x 10, while 350 stay away for 60 km. That is 25,000, and
        # those who are sent may just as well be others, but no fewer.
        keys = self.sized("capacity = 700") | {"quota": "{ openings = 1 }"}
        objective = '{ goal = "coverage", then = [{ goal = "distance" }] }'
        keys |= {"objective": objective, "sites": "id,rule\nA,forbidden\nC,forbidden\nD,forbidden\n"}
        self.assertEqual(self.best("coverage", **keys), 700)
        self.assertEqual(self.best("distance", held=(("coverage", 700),), **keys), 25_000_000)
        self.assertEqual(self.best("coverage", held=(("distance", 25_000_000),), **keys), 700)
        self.assertIsNone(self.best("coverage", held=(("distance", 24_999_999),), **keys))
        # No more than 700 are ever served.
        self.assertIsNone(self.best("coverage", held=(("coverage", 701),), **keys))


class Schedules(Folders):
    def test_schedules_have_the_order_of_the_contract(self):
        programme = self.programme(facilities="site,package,closes,may_close\nC,b1,,yes\nD,b1,2,yes\n")
        opened = [self.events(programme, 0, number) for number in range(len(programme.schedules[0]))]
        self.assertEqual(opened, ["", "1b1", "1b1 2b2", "1b1 3b2", "2b1", "2b1 3b2", "3b1", "1b2", "2b2", "3b2"])
        standing = [schedule.offers for schedule in programme.schedules[2]]
        turned, closed = [(1, 1, 1), (0, 1, 1), (0, 0, 1)], [(None,) * 3, (0, None, None), (0, 0, None)]
        self.assertEqual(standing, [(0, 0, 0), *turned, *closed])
        self.assertEqual([schedule.offers for schedule in programme.schedules[3]], [(0, None, None)])

    def test_work_of_an_upgrade_begins_at_the_opening_or_later(self):
        slow = '[{ from = "b1", to = "b2", build = 2 }]'
        programme = self.programme(upgrades=slow, facilities="site,package\nC,b1\nD,b2\n")
        opened = [self.events(programme, 0, number) for number in range(len(programme.schedules[0]))]
        self.assertEqual(opened, ["", "1b1", "1b1 3b2", "2b1", "3b1", "1b2", "2b2", "3b2"])
        self.assertEqual([schedule.offers for schedule in programme.schedules[2]], [(0, 0, 0), (0, 0, 1)])

    def test_nothing_begins_in_the_past(self):
        reports = "site,named,package,period,stage,date\nA,A,b2,1,opened,2030-02-01\nA,A,b1,1,opened,2030-03-01\n"
        day = datetime.date(2031, 5, 1)
        slow = '[{ from = "b1", to = "b2", build = 1 }]'
        facilities = "site,package,may_close\nC,b1,yes\n"
        programme = self.programme(day, upgrades=slow, facilities=facilities, reports=reports)
        self.assertEqual([self.events(programme, 0, number) for number in range(2)], ["1b1", "1b1 3b2"])
        opened = [self.events(programme, 1, number) for number in range(len(programme.schedules[1]))]
        self.assertEqual(opened, ["", "2b1", "2b1 3b2", "3b1", "2b2", "3b2"])
        standing = [schedule.offers for schedule in programme.schedules[2]]
        self.assertEqual(standing, [(0, 0, 0), (0, 0, 1), (0, None, None), (0, 0, None)])

    def programme(self, day=None, **keys):
        keys = {"upgrades": '[{ from = "b1", to = "b2" }]'} | keys | {
            "periods": "{ first = 2030, count = 3 }",
            "packages": '[{ id = "b1", kinds = ["clinic"] }, { id = "b2", kinds = ["clinic"] }]',
        }
        return contract.Programme(self.written(**keys), day)

    @staticmethod
    def events(programme, site, number):
        found = programme.events(programme.schedules[site][number])
        return " ".join(f"{period}{package}" for _, period, package in sorted(found))

    def test_openings_of_a_plan_name_one_schedule(self):
        programme = self.programme(facilities="site,package,closes,may_close\nC,b1,,yes\nD,b1,2,yes\n")
        text = """{"openings": [
            {"site": "A", "package": "b1", "period": 1},
            {"site": "A", "package": "b2", "period": 3, "action": "upgrade"},
            {"site": "C", "package": "b1", "period": 2, "action": "close"}
        ]}"""
        self.assertEqual(compare.chosen(programme, json.loads(text)), [3, 0, 5, 0])
        with self.assertRaises(ValueError):
            programme.schedule_with(0, {("open", 4, "b1")})


@needs_highs
class Comparisons(unittest.TestCase):
    """Judges plans that are made from the oracle's own answers, as the program would write them."""

    def test_plans_of_the_oracle_are_accepted_and_others_are_not(self):
        judged = 0
        for number in range(40):
            with self.subTest(number), tempfile.TemporaryDirectory() as base:
                folder = pathlib.Path(base) / "programme"
                programmes.write(programmes.draft(4, number), folder)
                comparison = compare.Comparison(pathlib.Path(base), compare.arguments(["--groundwork", "x"]), compare.Tally())
                answer = mip.solve(folder, comparison.as_of)
                if answer.status == "optimal":
                    programme = contract.Programme(folder, comparison.as_of)
                    plan = self.plan(programme, answer)
                    comparison.judge_plan(plan)
                    self.assert_refused(comparison, plan | {"value": answer.value + 1})
                    if plan["assignments"]:
                        self.assert_refused(comparison, plan | {"assignments": plan["assignments"] * 2})
                    judged += 1
        self.assertGreater(judged, 20)

    def assert_refused(self, comparison, plan):
        with self.assertRaises(compare.Disagreement):
            comparison.judge_plan(plan)

    @staticmethod
    def plan(programme, answer):
        """Writes an answer as a plan."""
        openings = []
        for site, number in enumerate(answer.choice):
            decided = site in programme.facilities and programme.facilities[site]["closes"]
            for action, period, package in () if decided else programme.events(programme.schedules[site][number]):
                what = {"site": programme.sites[site].id, "package": package, "period": period}
                openings.append(what if action == "open" else what | {"action": action})
        assignments = [
            {
                "kind": programme.kinds[kind]["id"],
                "period": period,
                "place": programme.places[place]["id"],
                "site": programme.sites[site].id,
                "persons": persons,
            }
            for (kind, period, place, site), persons in answer.served.items()
        ]
        return {"openings": openings, "assignments": assignments, "value": answer.value}

    def test_values_and_bounds_agree_with_the_optimum(self):
        comparison = compare.Comparison.__new__(compare.Comparison)
        comparison.tally = compare.Tally()
        optimum = mip.Answer("optimal", 100, 100)
        for value, bound, sense in ((100, 100, "min"), (110, 90, "min"), (110, None, "min"), (90, 105, "max")):
            comparison.judge_value(value, bound, sense, optimum)
        self.assertEqual(comparison.tally.counts["equal optimum proved"], 1)
        self.assertEqual(comparison.tally.worst_gap, 1.0)
        for value, bound, sense in ((99, 99, "min"), (110, 101, "min"), (101, 101, "max"), (95, 99, "max")):
            with self.assertRaises(compare.Disagreement):
                comparison.judge_value(value, bound, sense, optimum)


if __name__ == "__main__":
    unittest.main()
