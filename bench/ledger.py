"""Measures the evidence ledger: appends against raw SQLite inserts of the same bytes, an import, snapshots, memory.

    python3 bench/ledger.py [--folder FOLDER] [--short] [--program PROGRAM]

Each measurement runs in a process of its own, `crates/ledger/examples/ledger_bench.rs`. Targets that are missed are
marked, and the command then ends with status 1. docs/reference/benchmarks.md says what the figures mean.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

PROGRAM = "target/release/examples/ledger_bench"


def run(program, *words):
    """Runs one measurement; returns its figures, with the wall and processor time of its process."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.monotonic()
    done = subprocess.run([program, *map(str, words)], check=True, capture_output=True, text=True)
    figures = json.loads(done.stdout)
    figures["process_s"] = time.monotonic() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures["cpu_s"] = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return figures


class Table:
    """Prints rows, and remembers whether a target was missed."""

    def __init__(self):
        self.missed = 0

    def row(self, what, figure, unit, target=None, more=""):
        verdict = ""
        if target is not None:
            missed = figure > target
            self.missed += missed
            verdict = f"target {target:g} {'MISSED' if missed else 'met'}"
        print(f"{what:58} {figure:10.3f} {unit:5} {verdict:18} {more}".rstrip(), flush=True)


def appends(table, program, folder, count):
    with tempfile.TemporaryDirectory(dir=folder) as place:
        figures = run(program, "append", place, count)
    rate = count / figures["ledger_s"]
    more = f"{figures['ledger_s']:.2f} s against {figures['raw_s']:.2f} s; {rate:.0f} a second"
    table.row(f"append {count} entries, one transaction each / raw inserts", figures["ratio"], "x", 1.3, more)


def history(table, program, folder, entries, facilities, timed, counts=10):
    """Imports entries, one in `counts` a count, and looks at them; returns the peak of memory of a snapshot, in MiB."""
    name = f"{entries} entries, {facilities} facilities, 1 count in {counts}"
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = os.path.join(place, "ledger.db")
        figures = run(program, "import", path, entries, facilities, counts)
        more = f"{figures['bytes'] / 2**20:.0f} MiB, {figures['cpu_s']:.1f} s of processor"
        table.row(f"import {name}", figures["seconds"], "s", 60 if timed else None, more)
        table.row("  memory of the import", figures["peak_kib"] / 1024, "MiB")
        peak = 0
        for day in ["2024-12-31", "2019-06-30", "2014-12-31"]:
            best = min((run(program, "snapshot", path, day) for _ in range(3)), key=lambda f: f["process_s"])
            more = f"{best['counted']} counted, {best['cpu_s']:.2f} s of processor"
            table.row(f"  snapshot as of {day}, new process", best["process_s"], "s", 1 if timed else None, more)
            peak = max(peak, best["peak_kib"] / 1024)
        table.row("  memory of the largest snapshot", peak, "MiB")
        figures = run(program, "verify", path)
        table.row("  look through all entries", figures["seconds"], "s")
        table.row("  memory of the look", figures["peak_kib"] / 1024, "MiB")
        if figures["findings"]:
            raise SystemExit(f"the look through {name} found something")
    return peak


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--folder", help="where ledgers are made (default: that of temporary files)")
    parser.add_argument("--program", default=PROGRAM)
    parser.add_argument("--short", action="store_true", help="a hundredth of the entries, without targets of time")
    options = parser.parse_args()
    size = 100 if options.short else 1
    table = Table()
    appends(table, options.program, options.folder, 10_000 // size)
    history(table, options.program, options.folder, 1_000_000 // size, 100_000 // size, not options.short)
    for counts in (10, 1000):
        peaks = [
            history(table, options.program, options.folder, entries // size, 10_000 // size, False, counts)
            for entries in (100_000, 1_000_000)
        ]
        more = f"1 entry in {counts} is a count, which a snapshot lists"
        table.row("memory of a snapshot at ten times the history", peaks[1] / peaks[0], "x", more=more)
    return 1 if table.missed else 0


if __name__ == "__main__":
    sys.exit(main())
