"""The parts of the benchmark commands that need no benchmark data."""

import contextlib
import io
import json
import pathlib
import sys
import tempfile
import unittest

import controls
import frontier
import ledger
import measure
import peers
import places
import rows
import table
import targets

PYTHON = sys.executable


def record(value=100, bound=100, accepted=True, wall=0.1, row="x", limit=60, sense="min", scale=1):
    gap = abs(value - bound) / value
    return {
        "row": row,
        "wall": wall,
        "cpu": wall,
        "peak": 2**20,
        "settings": {"limit": limit},
        "answer": {"sense": sense, "scale": scale},
        "verify": {"wall": 0.01},
        "verdict": {"accepted": accepted, "value": value, "bound": bound, "gap": gap, "scale": scale},
    }


def row(known="100", name="x", limit=60):
    return rows.Row(name, "none", ("--p", "2"), limit, known)


class Ledger(unittest.TestCase):
    def test_a_missed_target_is_counted_and_a_met_one_is_not(self):
        figures = ledger.Table()
        with contextlib.redirect_stdout(io.StringIO()) as out:
            figures.row("a", 1.3, "x", 1.3)
            figures.row("b", 1.31, "x", 1.3)
            figures.row("c", 99.0, "s")
        self.assertEqual(figures.missed, 1)
        self.assertEqual([("MISSED" in line) for line in out.getvalue().splitlines()], [False, True, False])


class Runs(unittest.TestCase):
    def run_python(self, code, seconds=20, memory=0):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder) / "out"
            used = measure.run([PYTHON, "-I", "-S", "-c", code], seconds, out, memory)
            return used, out.read_text("utf-8")

    def test_output_code_and_time_are_those_of_the_command(self):
        used, out = self.run_python("import sys; print('said'); sys.stderr.write('why'); sys.exit(7)")
        self.assertEqual((used.rc, used.killed, out, used.err), (7, False, "said\n", "why"))
        self.assertLess(used.wall, 15)

    def test_a_command_past_its_time_is_killed(self):
        used, _ = self.run_python("import time; time.sleep(60)", seconds=0.3)
        self.assertTrue(used.killed)
        self.assertLess(used.rc, 0)

    def test_the_memory_of_the_driver_does_not_count(self):
        ballast = bytearray(200 * 2**20)
        used, _ = self.run_python("pass")
        self.assertLess(used.peak, len(ballast) // 4)

    def test_a_command_that_is_not_there(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(measure.run(["/no/such/program"], 5, pathlib.Path(folder) / "out").rc, 127)


class Keeping(unittest.TestCase):
    def test_rows_are_found_again_by_build_and_settings(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "kept.jsonl"
            kept = measure.Kept(path)
            kept.add({"build": "a", "row": "r", "settings": {"limit": 1}, "wall": 2})
            again = measure.Kept(path)
            self.assertEqual(again.get("a", "r", {"limit": 1})["wall"], 2)
            self.assertIsNone(again.get("b", "r", {"limit": 1}))
            self.assertIsNone(again.get("a", "r", {"limit": 2}))

    def test_a_torn_line_is_passed_over_and_swallows_nothing(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "kept.jsonl"
            path.write_text('{"build": "a", "ro', "utf-8")
            measure.Kept(path).add({"build": "a", "row": "r", "settings": {}})
            again = measure.Kept(path)
            self.assertEqual((again.torn, again.get("a", "r", {})["row"]), (1, "r"))


class Tables(unittest.TestCase):
    def test_messages_of_cities(self):
        # Two messages with number, name, population, longitude and latitude; the second holds differences.
        first = bytes([8, 14, 18, 1, 65, 72, 0xE8, 7, 80, 3, 88, 4])
        second = bytes([8, 16, 80, 2, 88, 1])
        content = bytes([len(first)]) + first + bytes([len(second)]) + second
        self.assertEqual(list(places.cities(content)), [(7, -2, 2, 1000), (8, -1, 1, 0)])

    def test_degrees_are_exact(self):
        self.assertEqual([places.degrees(n) for n in (165362, -7, -100000)], ["1.65362", "-0.00007", "-1.00000"])

    def test_amounts(self):
        self.assertEqual([table.amount(*pair) for pair in ((1040444375, 1000), (-5, 10), (7, 1), (None, 1))],
                         ["1,040,444.375", "-0.5", "7", "-"])  # fmt: skip

    def test_without_data_every_row_says_so(self):
        for found in rows.all_rows(None):
            if found.file != "places:world":
                self.assertRaises(places.Absent, found.path, None)

    def test_optima_of_one_file_with_several(self):
        with tempfile.TemporaryDirectory() as folder:
            text = "Data file   Optimal solution value\ncap41       1040.375\ncapa        19.449 (capacity 8000)\n"
            text += "            18.543 (capacity 10000)\nNote here that\n"
            (pathlib.Path(folder) / "opt").write_text(text, "utf-8")
            found = rows.optima(pathlib.Path(folder), "opt")
            self.assertEqual(found, {"cap41": "1040.375", "capa-8000": "19.449", "capa-10000": "18.543"})


class Figures(unittest.TestCase):
    def test_excess_over_the_known_value(self):
        self.assertEqual(rows.excess(row(), record()), 0)
        self.assertAlmostEqual(rows.excess(row(), record(101)), 0.01)
        self.assertAlmostEqual(rows.excess(row(), record(99, 110, sense="max")), 0.01)
        # 7964.8437500 is printed 7964.838 here and .837 there: no worse in the digits printed.
        self.assertEqual(rows.excess(row("7.964"), record(79644, 79644, scale=10_000)), 0)
        self.assertIsNone(rows.excess(row(None), record()))

    def test_only_an_accepted_verdict_proves(self):
        self.assertTrue(rows.proved(record()))
        self.assertFalse(rows.proved(record(accepted=False)))
        self.assertFalse(rows.proved(record(100, 99)))
        self.assertIsNone(rows.gap(record(accepted=False)))

    def test_contradictions(self):
        self.assertIsNone(rows.contradiction(row(), record()))
        self.assertIn("better", rows.contradiction(row(), record(99, 99)))
        self.assertIn("bound", rows.contradiction(row(), record(102, 101)))
        self.assertIn("bound", rows.contradiction(row(), record(98, 99, sense="max")))

    def test_verdicts_on_targets(self):
        known = {name: row(name=name) for name in "abc"}
        target = targets.Target("t", "all", ("a", "b", "c"), targets.all_proved())
        good, bad = record(), record(100, 99)

        def verdict(found, absent=(), target=target):
            return targets.verdict_on(target, known, found, absent)[1]

        self.assertEqual(verdict({"a": good, "b": good, "c": good}), "met")
        self.assertEqual(verdict({"a": good, "b": bad, "c": good}), "not met")
        self.assertEqual(verdict({"a": good}), "open: 1 of 3 rows")
        self.assertEqual(verdict({"a": good, "b": good}, absent=("c",)), "met")
        self.assertEqual(verdict({}, absent=("a", "b", "c")), "no data")
        self.assertEqual(verdict({}), "not run")
        self.assertEqual(verdict({"a": record(100, 99, limit=5)}), "not met, with shorter limits")
        some = targets.Target("t", "two of three", ("a", "b", "c"), targets.all_proved(), 2)
        self.assertEqual(verdict({"a": good, "b": good}, target=some), "met")
        self.assertEqual(verdict({"a": good, "b": bad}, target=some), "open: 2 of 3 rows")
        self.assertEqual(verdict({"a": bad, "b": bad}, target=some), "not met")
        slow = targets.Target("t", "together", ("a",), targets.all_proved(), whole=targets.within(0.05))
        self.assertEqual(verdict({"a": good}, target=slow), "not met")

    def test_every_target_names_rows(self):
        with tempfile.TemporaryDirectory() as folder:
            data = pathlib.Path(folder)
            (data / "bench/tsplib").mkdir(parents=True)
            head = "name\tN\tp\topt_or_bkn\tgap\n"
            lines = "".join(f"usa115475\t115474\t{p}\t1\t0%\n" for p in (20000, 50000))
            (data / "bench/tsplib/pmedian_optima.tsv").write_text(head + lines, "utf-8")
            known = {found.id for found in rows.all_rows(data)}
            for target in targets.targets(rows.all_rows(data)):
                self.assertTrue(target.ids and known.issuperset(target.ids), target)

    def test_peers_belong_to_rows(self):
        self.assertLessEqual(set(peers.RUNS), {found.id for found in rows.all_rows(None)})


ANSWER = {
    "status": "optimal", "stopped_by": "proved", "sense": "min", "value": 10, "bound": 10, "gap": 0.0,
    "openings": [{"site": 2, "period": 1}, {"site": 3, "period": 1}],
}  # fmt: skip
LAGRANGIAN = {"shift": 4, "prices": [40], "radii": [[9, 8, 7]]}
VERDICT = {"accepted": True, "value": 10, "bound": 10}


def certificate(kind="lagrangian", **more):
    return {"format": 1, "sha256": "ab", "value": 10, "bound": 10, "proof": {kind: {**LAGRANGIAN, **more}}}


class Controls(unittest.TestCase):
    def test_every_alteration_changes_something_and_leaves_the_original(self):
        nodes = [{"parent": 0, "site": 1, "times": [0]}, {"parent": 0, "site": 1, "times": [1], "prices": [5]}]
        patch = [{"parent": 0, "patch": [1, 2]}, *({**node, "parent": 1} for node in nodes)]
        for original in (certificate(), certificate("tree", nodes=nodes), certificate("tree", nodes=patch)):
            before = json.dumps([ANSWER, original])
            names = set()
            for name, _, answer, altered in controls.alterations(ANSWER, original, VERDICT, 2):
                self.assertNotEqual(json.dumps([answer, altered]), before, name)
                names.add(name)
            self.assertEqual(json.dumps([ANSWER, original]), before)
            self.assertLessEqual({"value", "bound", "radius raised", "price raised", "file hash", "opening added"}, names)
            if "tree" in original["proof"]:
                self.assertLessEqual({"node removed", "node's multiplier"}, names)
            if original["proof"].get("tree", {}).get("nodes") == nodes:
                self.assertIn("node's times", names)
            if original["proof"].get("tree", {}).get("nodes") == patch:
                self.assertLessEqual({"patch without sites", "patch without its first site"}, names)

    def test_claims_that_are_better_than_the_truth(self):
        found = {name: (answer, altered) for name, _, answer, altered in controls.alterations(ANSWER, certificate(), VERDICT)}
        answer, altered = found["value"]
        # The bound goes along, so that only the value is false.
        self.assertEqual((answer["value"], answer["bound"], altered["value"]), (9, 9, 9))
        answer, altered = found["bound"]
        self.assertEqual((answer["value"], answer["bound"], altered["bound"], answer["status"]), (10, 11, 11, "feasible"))
        most = {**ANSWER, "sense": "max"}
        found = {name: answer for name, _, answer, _ in controls.alterations(most, certificate(), VERDICT)}
        self.assertEqual((found["value"]["value"], found["bound"]["bound"]), (11, 9))
        self.assertNotIn("opening added", found)

    def test_one_opening_too_many(self):
        added = controls._one_too_many(ANSWER, 2)["openings"]
        self.assertEqual([opening["site"] for opening in added], [1, 2, 3])
        later = {**ANSWER, "openings": [{"site": 1, "period": 1}, {"site": 2, "period": 2}]}
        self.assertEqual([o["period"] for o in controls._one_too_many(later, 1)["openings"]], [1, 1])
        self.assertIsNone(controls._one_too_many(ANSWER, 3))

    def test_judgement(self):
        refused = {"accepted": False, "value": 10, "bound": -4}
        self.assertEqual(controls.judge(True, 5, refused, ANSWER), controls.REFUSED)
        self.assertEqual(controls.judge(True, 0, VERDICT, ANSWER), controls.WRONG)
        self.assertEqual(controls.judge(False, 0, VERDICT, ANSWER), controls.STILL_TRUE)
        self.assertEqual(controls.judge(False, 0, {**VERDICT, "bound": 9}, ANSWER), controls.WRONG)
        most = {**ANSWER, "sense": "max"}
        self.assertEqual(controls.judge(False, 0, {**VERDICT, "bound": 11}, most), controls.WRONG)
        self.assertEqual(controls.judge(False, 5, VERDICT, ANSWER), controls.WRONG)
        self.assertEqual(controls.judge(False, 101, None, ANSWER), controls.BROKEN)
        self.assertEqual(controls.judge(False, 1, refused, ANSWER), controls.BROKEN)


def point(p, value, bound, opened, closed=()):
    gap = abs(value - bound) / max(1, abs(value))
    return {"p": p, "value": value, "bound": bound, "gap": gap, "opened": list(opened), "closed": list(closed)}


FRONTIER = {
    "stopped_by": "exhausted", "sense": "max", "scale": 1, "gap": 0.25, "seconds": 0.1, "work": 7,
    "points": [point(1, 5, 5, [2]), point(2, 8, 10, [1, 3], [2]), point(3, 12, 12, [2])],
}  # fmt: skip
FRONTIER_VERDICT = {
    "accepted": True, "feasible": True, "gap": 0.25, "scale": 1, "problems": [],
    "points": [{key: one[key] for key in ("p", "value", "bound", "gap")} for one in FRONTIER["points"]],
}  # fmt: skip
FRONTIER_CERTIFICATE = {
    "format": 1, "sha256": "ab", "multipliers": [{"shift": 4, "radii": [9, 8, 7]}, {"shift": 4, "radii": [1, 2, 3]}],
    "claims": [{key: one[key] for key in ("p", "value", "bound")} for one in FRONTIER["points"]],
}  # fmt: skip


class Frontiers(unittest.TestCase):
    def test_the_table_shows_the_widest_gap(self):
        shown = frontier.answer_as_one(FRONTIER)
        self.assertEqual((shown["status"], shown["value"], shown["bound"], shown["gap"]), ("feasible", 8, 10, 0.25))
        verdict = frontier.verdict_as_one(FRONTIER_VERDICT)
        self.assertEqual((verdict["points"], verdict["value"], verdict["bound"]), (3, 8, 10))
        self.assertIsNone(frontier.answer_as_one({"problems": []}))
        self.assertIsNone(frontier.verdict_as_one(None))

    def test_a_target_counts_points_with_a_bound(self):
        judge = targets.every_point_bounded(3, 20)
        measured = {**record(8, 10, wall=5), "verdict": frontier.verdict_as_one(FRONTIER_VERDICT)}
        self.assertEqual(judge(None, [measured])[1], [True])
        self.assertEqual(judge(None, [{**measured, "wall": 21}])[1], [False])
        refused = {**measured["verdict"], "accepted": False}
        self.assertEqual(judge(None, [{**measured, "verdict": refused}])[1], [False])

    def test_every_alteration_changes_something_and_leaves_the_original(self):
        before = json.dumps([FRONTIER, FRONTIER_CERTIFICATE])
        names = []
        for name, _, answer, altered in frontier.alterations(FRONTIER, FRONTIER_CERTIFICATE, FRONTIER_VERDICT):
            self.assertNotEqual(json.dumps([answer, altered]), before, name)
            names.append(name)
            gaps = [one["gap"] for one in answer["points"]]
            self.assertEqual(answer["gap"], max(gaps), name)
        self.assertEqual(json.dumps([FRONTIER, FRONTIER_CERTIFICATE]), before)
        self.assertEqual(names[:4], ["value", "bound", "radius raised", "file hash"])

    def test_claims_that_are_better_than_the_truth(self):
        found = {name: rest for name, *rest in frontier.alterations(FRONTIER, FRONTIER_CERTIFICATE, FRONTIER_VERDICT)}
        for name, better in (("value", 1), ("bound", -1)):
            _, answer, certificate = found[name]
            changed = [
                one[name] - two[name] for one, two in zip(answer["points"], FRONTIER["points"]) if one != two
            ]
            self.assertEqual(changed, [better], name)
            self.assertEqual([one[name] for one in certificate["claims"]], [one[name] for one in answer["points"]])
        more = found["opening added"][1]["points"][0]
        self.assertGreater(len(more["opened"]), more["p"])

    def test_judgement_looks_at_every_point(self):
        self.assertTrue(frontier.bears_out(FRONTIER_VERDICT, FRONTIER))
        points = [{**one, "bound": one["bound"] + 1} for one in FRONTIER_VERDICT["points"]]
        self.assertFalse(frontier.bears_out({**FRONTIER_VERDICT, "points": points}, FRONTIER))
        self.assertFalse(frontier.bears_out({**FRONTIER_VERDICT, "points": points[:2]}, FRONTIER))
        verdict = {**FRONTIER_VERDICT, "points": points}
        self.assertEqual(controls.judge(False, 0, verdict, FRONTIER, frontier.bears_out), controls.WRONG)
        self.assertEqual(controls.judge(False, 0, FRONTIER_VERDICT, FRONTIER, frontier.bears_out), controls.STILL_TRUE)


if __name__ == "__main__":
    unittest.main()
