"""Compares plans of the program with the oracle's optimum on random programmes.

    python compare.py --groundwork PATH --count 300 --seed 1
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import Any

import mip
import programmes
import reading
from contract import Programme, Served

DONE, REFUSED, INFEASIBLE, STOPPED, NOTHING = 0, 3, 4, 6, 7
# Seconds that a command may take beyond its limit before it counts as hung.
GRACE = 60


class Disagreement(Exception):
    """Says in what the program and the oracle differ."""


@dataclasses.dataclass
class Tally:
    """Counts what was seen."""

    counts: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    present: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    worst_gap: float = 0.0

    def text(self) -> str:
        """Returns all counts in lines."""
        names = ("programmes", "feasible", "infeasible", "not known to the oracle", "refused as infeasible",
                 "refused: nothing to choose")
        names += ("equal optimum proved", "inside the gap", "stopped without a plan", "disagreements")
        lines = [f"{name:32}{self.counts[name]:6}" for name in names]
        lines.append(f"{'worst gap':32}{self.worst_gap:10.3%}")
        lines.append("present in programmes:")
        lines += [f"  {name:30}{number:6}" for name, number in self.present.most_common()]
        return "\n".join(lines)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--groundwork", type=pathlib.Path, required=True, help="the program")
    parser.add_argument("--count", type=int, default=300, help="programmes")
    parser.add_argument("--first", type=int, default=0, help="number of the first programme")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--places", type=int, help="places, at most")
    parser.add_argument("--periods", type=int, help="periods, at most")
    parser.add_argument("--never-plain", action="store_true", help="no programme is plain")
    parser.add_argument("--plain", action="store_true", help="all programmes are plain")
    parser.add_argument("--limit", type=float, default=10.0, help="seconds for each plan")
    parser.add_argument("--oracle-limit", type=float, default=120.0, help="seconds for each answer of the oracle")
    parser.add_argument("--minutes", type=float, help="begin no further programme after this time")
    parser.add_argument("--keep-going", action="store_true", help="go on after a disagreement")
    return parser.parse_args(given)


def run(command: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
    """Runs the program; a run that does not end is a disagreement."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=seconds + GRACE, check=False)
    except subprocess.TimeoutExpired:
        raise Disagreement(f"`{command[1]}` did not end within {seconds + GRACE:.0f} s") from None


class Comparison:
    """Compares one programme, which lies in the folder `programme` of `base`."""

    def __init__(self, base: pathlib.Path, options: argparse.Namespace, tally: Tally):
        self.folder = base / "programme"
        self.out = base / "plan.json"
        self.options = options
        self.tally = tally
        self.as_of = reading.last_report(self.folder)

    def compare(self) -> None:
        """Raises Disagreement where program and oracle differ."""
        answer = mip.solve(self.folder, self.as_of, self.options.oracle_limit)
        names = {"optimal": "feasible", "infeasible": "infeasible", "unknown": "not known to the oracle"}
        self.tally.counts[names[answer.status]] += 1
        ended = self.planned()
        code = ended.returncode
        said = ended.stderr.strip().splitlines()
        if code == REFUSED and re.search(r"\bE6\d\d\b", ended.stderr) and answer.status == "infeasible":
            self.tally.counts["refused as infeasible"] += 1
        elif code == REFUSED and "E606" in ended.stderr:
            # Nothing can open, so there is nothing to plan.
            self.tally.counts["refused: nothing to choose"] += 1
        elif code == INFEASIBLE:
            if answer.value is not None:
                raise Disagreement(f"infeasible, but the oracle has a plan of {answer.value}")
        elif code == NOTHING:
            self.tally.counts["stopped without a plan"] += 1
        elif code in (DONE, STOPPED):
            self.judge(json.loads(self.out.read_text(encoding="utf-8")), answer)
        else:
            raise Disagreement(f"exit code {code}, the oracle says {answer.status}: {' / '.join(said[:3])}")

    def planned(self) -> subprocess.CompletedProcess[str]:
        """Runs `plan`."""
        limit = self.options.limit
        command = [str(self.options.groundwork), "plan", str(self.folder), "--gap", "0", "--time-limit", f"{limit:g}"]
        command += ["--progress", "none", "--json", "--out", str(self.out)]
        if self.as_of is not None:
            command += ["--as-of", self.as_of.isoformat()]
        return run(command, limit)

    def judge(self, plan: dict[str, Any], answer: mip.Answer) -> None:
        """Compares a plan and its bound with the optimum."""
        verified = run([str(self.options.groundwork), "verify", str(self.folder), str(self.out)], GRACE)
        if verified.returncode != 0:
            said = (verified.stdout + verified.stderr).strip().splitlines()
            raise Disagreement(f"verify ends with {verified.returncode}: {' / '.join(said[:4])}")
        self.judge_plan(plan)
        if answer.status == "infeasible":
            raise Disagreement(f"a plan of {plan['value']}, but the oracle says that there is none")
        self.judge_value(plan["value"], plan["bound"], plan["sense"], answer)

    def judge_plan(self, plan: dict[str, Any]) -> None:
        """Checks openings and who is served with the oracle's own reading of the rules."""
        programme = Programme(self.folder, self.as_of)
        try:
            choice = chosen(programme, plan)
            broken = programme.broken(choice)
            if broken:
                raise Disagreement(f"the plan breaks {', '.join(broken[:4])}")
            value = programme.value(choice, served(programme, plan))
        except ValueError as fault:
            raise Disagreement(f"the plan is none: {fault}") from None
        if value != plan["value"]:
            raise Disagreement(f"the plan says {plan['value']} and is worth {value}")

    def judge_value(self, value: int, bound: int | None, sense: str, answer: mip.Answer) -> None:
        """Compares value and bound with the oracle's, as if smaller were better."""
        sign = -1 if sense == "max" else 1
        best = None if answer.value is None else sign * answer.value
        least = None if answer.bound is None else sign * answer.bound
        if answer.status == "optimal" and sign * value < (best or 0):
            raise Disagreement(f"the oracle's optimum {answer.value} is worse than the plan's {value}")
        if answer.status == "unknown" and least is not None and sign * value < least - 1:
            raise Disagreement(f"the plan's {value} is better than the oracle's bound {answer.bound}")
        if bound is not None and best is not None and sign * bound > best:
            raise Disagreement(f"the bound {bound} (value {value}) rules out the oracle's plan of {answer.value}")
        if bound == value:
            self.tally.counts["equal optimum proved"] += 1
            return
        self.tally.counts["inside the gap"] += 1
        gap = 1.0 if bound is None else abs(value - bound) / max(abs(value), 1)
        self.tally.worst_gap = max(self.tally.worst_gap, gap)


def chosen(programme: Programme, plan: dict[str, Any]) -> list[int]:
    """Returns the schedule of each site that the openings of a plan mean."""
    events: dict[int, set[tuple[str, int, str]]] = {}
    for opening in plan["openings"]:
        action = opening.get("action", "open")
        package = "" if action == "close" else opening["package"]
        events.setdefault(programme.site_index[opening["site"]], set()).add((action, opening["period"], package))
    return [programme.schedule_with(site, events.get(site, set())) for site in range(len(programme.sites))]


def served(programme: Programme, plan: dict[str, Any]) -> Served:
    """Returns the assignments of a plan by number."""
    kinds = {kind["id"]: number for number, kind in enumerate(programme.kinds)}
    found: Served = {}
    for row in plan.get("assignments", []):
        key = (kinds[row["kind"]], row["period"], programme.place_index[row["place"]], programme.site_index[row["site"]])
        found[key] = found.get(key, 0) + row["persons"]
    return found


def one(number: int, options: argparse.Namespace, tally: Tally) -> bool:
    """Compares one programme; returns whether both agree. The folder is kept where they do not."""
    shape = programmes.shape_of(options.places, options.periods, options.never_plain, options.plain)
    draft = programmes.draft(options.seed, number, shape)
    base = pathlib.Path(tempfile.mkdtemp(prefix=f"oracle-{options.seed}-{number}-"))
    programmes.write(draft, base / "programme")
    tally.counts["programmes"] += 1
    tally.present.update(programmes.features(draft))
    try:
        Comparison(base, options, tally).compare()
    except (Disagreement, mip.OracleError) as fault:
        tally.counts["disagreements"] += 1
        print(f"programme {number} of seed {options.seed}: {fault} ({base})", flush=True)
        return False
    shutil.rmtree(base)
    return True


def main() -> int:
    """Compares the programmes that the command line asks for."""
    options = arguments()
    tally = Tally()
    start = time.monotonic()
    for number in range(options.first, options.first + options.count):
        if options.minutes is not None and time.monotonic() - start > 60 * options.minutes:
            print(f"the time is up after {tally.counts['programmes']} programmes")
            break
        if not one(number, options, tally) and not options.keep_going:
            break
    print(tally.text())
    return 1 if tally.counts["disagreements"] else 0


if __name__ == "__main__":
    sys.exit(main())
