"""Tests the oracle: against trying every plan, and against numbers worked by hand."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import hashlib
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
import futures  # noqa: E402
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
        for number in range(300):
            draft = programmes.draft(7, number, TINY)
            with self.subTest(number), tempfile.TemporaryDirectory() as base:
                folder = pathlib.Path(base)
                programmes.write(draft, folder)
                settings = reading.settings(folder)["objective"]
                question = asking.Question(reading.last_report(folder))
                held = ()
                for goal in [settings, *settings.get("then", [])]:
                    question = dataclasses.replace(question, goal=goal["goal"], held=held)
                    if "scenarios" in draft.settings:
                        seen[draft.settings["scenarios"].get("objective", "expected")] += 1
                    answer = self.agree(folder, question, seen)
                    if answer.status != "optimal":
                        break
                    limit = held_at(answer.value, goal["goal"], goal.get("tolerance_percent", 0))
                    held = (*held, (goal["goal"], limit))
                if draft.replan and answer.status == "optimal":
                    promised = Comparisons.plan(contract.Programme(folder, question=question), answer)["openings"]
                    replan = compare.replanned(draft.replan, promised, draft.settings["periods"])
                    self.agree(folder, dataclasses.replace(question, held=(), replan=replan), seen)
        for what in ("held", "cost", "equity", "self-sufficiency", "worst-distance", "replan optimal", "replan infeasible", "expected", "worst-case"):
            self.assertGreater(seen[what], 3, seen)

    def test_the_worst_off_has_the_optimum_of_all_plans(self):
        seen = collections.Counter()
        shape = dataclasses.replace(programmes.TINY, features=frozenset({"worst", "scenarios"}))
        for number in range(80):
            with self.subTest(number), tempfile.TemporaryDirectory() as base:
                folder = pathlib.Path(base)
                programmes.write(programmes.draft(5, number, shape), folder)
                question = asking.Question(reading.last_report(folder), "worst-distance")
                self.agree(folder, question, seen)
        self.assertGreater(seen["optimal"], 20, seen)
        self.assertGreater(seen["infeasible"], 3, seen)

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

    def test_the_worst_off_counts_over_all_kinds(self):
        # The case by hand of docs/concepts/rules.md: 28 + 28 km, and 28 + 22 where nobody in D needs a school.
        packages = 'id = "clinic", kinds = ["clinic"], cost = { money = 2 }', 'id = "school", kinds = ["school"], cost = { money = 2 }'
        both = 'id = "both", kinds = ["clinic", "school"], cost = { money = 3 }'
        keys = TWO | {
            "objective": '{ goal = "worst-distance" }',
            "kinds": '[{ id = "clinic", reach_km = 12 }, { id = "school", reach_km = 12, weight = 500 }]',
            "packages": f"[{', '.join('{ ' + package + ' }' for package in (*packages, both))}]",
            "budgets": '[{ resource = "money", amount = [3, 2] }]',
        }
        self.assert_value(56, **keys)
        self.assert_value(50, ",persons:school", (",400", ",300", ",200", ",0"), **keys)

    def test_the_worst_off_is_who_is_sent_farthest(self):
        # The case by hand with capacities: somebody is left out in the first year, A and C leave nobody beyond 28 km then.
        for more in ("", 'assignment = "whole", '):
            keys = TWO | self.sized("capacity = 600", more) | {"quota": "{ openings = 1 }"}
            self.assert_value(88, objective='{ goal = "worst-distance" }', **keys)

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

    def over(self, scenarios, outlook="together", **keys):
        """Returns the optimum over futures, on which both ways agree, in thousands."""
        question = asking.Question(outlook=outlook)
        folder = self.written(scenarios=scenarios, **keys)
        value = mip.solve(folder, question=question).value
        self.assertEqual(every_plan.best(folder, question=question), value)
        return None if value is None else value / 1000

    def test_one_plan_is_good_over_all_futures(self):
        # Without the West: B 8,400, C 4,200. With three times as many people there: B 20,400, A 20,900, C 41,400.
        two = (
            'future = [{{ name = "gone", weight = {}, demand = [{{ province = "West", per_cent = 0 }}] }}, '
            '{{ name = "back", demand = [{{ per_cent = 90 }}, {{ province = "West", per_cent = 300 }}] }}]'
        )
        # The second row of the second future speaks of the West; the first leaves 180 and 135 in the East.
        back_b = 12_000 + (180 * 12 + 135 * 40)
        back_c = 1_200 * 22 + 900 * 12 + 135 * 28
        keys = {"quota": "{ openings = 1 }"}
        gone_b, gone_c = 8_400, 4_200
        self.assertEqual(self.over(f"{{ {two.format(1)} }}", **keys), gone_b + back_b)
        self.assertEqual(self.over(f"{{ {two.format(10)} }}", **keys), 10 * gone_c + back_c)
        worst = f'{{ objective = "worst-case", {two.format(10)} }}'
        self.assertEqual(self.over(worst, **keys), back_b)
        self.assertEqual(self.over(worst, {"future": "gone"}, **keys), gone_c)
        self.assertEqual(self.over(worst, {"future": "back"}, **keys), back_b)
        self.assertEqual(self.over(worst, "as-written", **keys), 12_400)

    def test_the_worst_off_of_all_futures(self):
        # The case by hand: where C is a year late B comes first, 40 + 12 km in each future; in time alone C does, 28 + 22.
        keys = TWO | {"objective": '{ goal = "worst-distance" }', "quota": "{ openings = 1 }"}
        both = 'future = [{ name = "in time", weight = 2 }, { name = "late", late = [{ sites = ["C"], periods = 1 }] }]'
        self.assertEqual(self.over(f"{{ {both} }}", **keys), 3 * 52)
        self.assertEqual(self.over(f'{{ objective = "worst-case", {both} }}', **keys), 52)
        self.assertEqual(self.over(f"{{ {both} }}", {"future": "in time"}, **keys), 50)

    def test_persons_are_rounded_half_up_and_the_least_of_large_goals_counts(self):
        objective = {"objective": '{ goal = "coverage" }', "quota": "{ openings = 1 }"}
        # B reaches A, B and C: 900. Of 150 half a per cent is 0.75; of 400 2, of 300 1.5, of 200 1.
        few = 'objective = "worst-case", future = [{ name = "few", demand = [{ per_cent = 1 }] }, { name = "more" }]'
        self.assertEqual(self.over(f"{{ {few} }}", **objective), 0.009)
        odd = 'future = [{ name = "odd", demand = [{ per_cent = 0 }, { province = "East", per_cent = 33 }] }]'
        # 66 of C and 49.5 of D, which is 50.
        self.assertEqual(self.over(f"{{ {odd} }}", sites="id,rule\nA,forbidden\nB,forbidden\nC,forbidden\n", **objective), 0.05)

    def test_late_and_failed_sites_serve_later_or_never(self):
        keys = {"quota": "{ openings = 1 }"} | TWO
        # In time B, then D: 18,800. Where B is late, 63,000 before it; A, then C then are best: 22,100.
        late = '{{ future = [{{ name = "in time", weight = {} }}, {{ name = "late", late = [{{ sites = ["B"], {} }}] }}] }}'
        self.assertEqual(self.over(late.format(14, "periods = 1"), **keys), 15 * 22_100)
        self.assertEqual(self.over(late.format(15, "periods = 1"), **keys), 15 * 18_800 + 63_000 + 6_400)
        # Where B fails D is alone in the end: 37,600.
        self.assertEqual(self.over(late.format(23, "fails = true"), **keys), 24 * 22_100)
        self.assertEqual(self.over(late.format(24, "fails = true"), **keys), 24 * 18_800 + 63_000 + 37_600)
        self.assertEqual(self.over(late.format(24, "fails = true"), {"future": "late"}, **keys), 22_100)
        # Facilities stand in every future.
        stands = "site,package\nB,clinic\n"
        both = self.over(late.format(1, "fails = true"), facilities=stands, **keys)
        self.assertEqual(both, 2 * self.over(late.format(1, "fails = true"), "as-written", facilities=stands, **keys))

    def test_budgets_are_kept_in_every_future(self):
        keys = {
            "packages": '[{ id = "clinic", kinds = ["clinic"], cost = { money = 10 } }]',
            "budgets": '[{ resource = "money", amount = 20 }]',
        }
        # Two for 20; where a clinic costs 15, one.
        dear = '{ future = [{ name = "same" }, { name = "dear", cost_per_cent = { money = 101 } }] }'
        self.assertEqual(self.over(dear, **keys), 2 * 12_400)
        self.assertEqual(self.over(dear, {"future": "same"}, **keys), 6_400)

    def test_cost_counts_what_is_due_in_each_future(self):
        keys = {
            "objective": '{ goal = "cost", resource = "money", per_person_km = 0.5 }',
            "packages": '[{ id = "clinic", kinds = ["clinic"], cost = { money = 2000 } }]',
            "quota": "{ openings = 1 }",
        }
        # B alone 14,400 and B, then D 13,400; with three times the price 18,400 and 21,400.
        dear = '{{ future = [{{ name = "same", weight = {} }}, {{ name = "dear", cost_per_cent = {{ money = 300 }} }}] }}'
        each = 10  # 1000 x 10, in thousands
        self.assertEqual(self.over(dear.format(1), **keys, **TWO), (14_400 + 18_400) * each)
        self.assertEqual(self.over(dear.format(4), **keys, **TWO), (4 * 13_400 + 21_400) * each)

    def test_draws_are_those_of_the_contract(self):
        future = futures.Future("draw/3", 1, {}, 3, {"late_per_cent": [70, 20, 5], "seed": 7})
        digest = hashlib.sha256(b"groundwork delay 1\x007\x003\x00KP0101").hexdigest()
        point = int(digest[:16], 16) * 100 // 2**64
        expected = 0 if point < 70 else 1 if point < 90 else 2 if point < 95 else futures.NEVER
        self.assertEqual(future.drawn("KP0101"), expected)
        drawn = collections.Counter(future.drawn(f"site {number}") for number in range(10_000))
        for periods, share in ((0, 70), (1, 20), (2, 5), (futures.NEVER, 5)):
            self.assertLess(abs(drawn[periods] - 100 * share), 100, drawn)

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


    def test_the_worst_off_is_held_by_whom_the_plan_sends(self):
        # C, then D: 28 + 22 km, 29,000 person-km. B, then D: 40 + 12 km, 18,800.
        objective = '{ goal = "distance", then = [{ goal = "worst-distance" }] }'
        keys = {"quota": "{ openings = 1 }", "objective": objective} | TWO
        self.assertEqual(self.best("worst-distance", **keys), 50_000)
        self.assertEqual(self.best("distance", held=(("worst-distance", 50_000),), **keys), 29_000_000)
        self.assertEqual(self.best("distance", held=(("worst-distance", 52_000),), **keys), 18_800_000)
        self.assertIsNone(self.best("distance", held=(("worst-distance", 49_999),), **keys))
        self.assertEqual(self.best("worst-distance", held=(("distance", 18_800_000),), **keys), 52_000)
        # The clinic of B serves 700, nearest first, so that 200 of C and 150 of D stay away: 60 km, in both years the least.
        keys |= self.sized("capacity = 700") | {"sites": "id,rule\nA,forbidden\nC,forbidden\nD,forbidden\n"}
        self.assertEqual(self.best("distance", held=(("worst-distance", 120_000),), **keys), 50_000_000)
        self.assertIsNone(self.best("distance", held=(("worst-distance", 119_999),), **keys))


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
class SecondOpinions(unittest.TestCase):
    """When HiGHS is asked again, and what becomes of a point that it rejects."""

    def test_answers_that_a_plan_refutes_are_asked_again_and_no_others(self):
        smaller, larger = {"sense": "min", "value": 10}, {"sense": "max", "value": 10}
        self.assertTrue(compare.contradicts(mip.Answer("infeasible"), smaller))
        self.assertTrue(compare.contradicts(mip.Answer("optimal", 11), smaller))
        self.assertTrue(compare.contradicts(mip.Answer("optimal", 9), larger))
        for answer in (mip.Answer("optimal", 10), mip.Answer("unknown", 11), mip.Answer("unknown")):
            self.assertFalse(compare.contradicts(answer, smaller))
            self.assertFalse(compare.contradicts(answer, larger))
        self.assertFalse(compare.contradicts(mip.Answer("optimal", 9), smaller))

    def test_a_rejected_point_counts_only_where_it_keeps_all_rules(self):
        class Model(mip._Model):
            def __init__(self, choice):
                self.cost, self.choice = [0.0, 0.0], choice

            def rounded(self, values):
                return self.choice, {}

            def checked(self, choice, served):
                if choice != [1]:
                    raise mip.OracleError("breaks a rule")
                return 7

        self.assertEqual(Model([1]).rejected([0.0, 1.0]), mip.Answer("unknown", 7, None, (1,)))
        self.assertEqual(Model([0]).rejected([1.0, 0.0]), mip.Answer("infeasible"))
        self.assertEqual(Model([1]).rejected([]), mip.Answer("infeasible"))


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
        lists = [[] for _ in programme.futures]
        for (future, kind, period, place, site), persons in answer.served.items():
            lists[future].append(
                {
                    "kind": programme.kinds[kind]["id"],
                    "period": period,
                    "place": programme.places[place]["id"],
                    "site": programme.sites[site].id,
                    "persons": persons,
                }
            )
        plan = {"openings": openings, "value": answer.value, "assignments": lists[0]}
        if "scenarios" in programme.settings:
            plan["futures"] = [{"assignments": rows} for rows in lists]
        return plan

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
