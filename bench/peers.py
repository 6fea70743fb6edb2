"""The same instances with other solvers, by the scripts of the data folder, in an environment of their own."""

import json
import math
import os
import shutil

from measure import CACHE, HERE, run
from measure import said as printed

PYTHON = HERE / ".venv" / "bin" / "python"
# Written when everything is installed.
READY = HERE / ".venv" / "ready"
GRACE = 30
# More than this kills a peer, so that it cannot take the machine down with it.
MEMORY = 14 * 2**30
# Our row: the script's problem and instance, then solver, threads and options of each run.
RUNS = {
    "pmed/pmed40": ("pmed", "pmed40", [
        ("highs", 2), ("highs", 2, "form=f3"), ("scip", 1), ("cpsat", 8), ("spopt", 2), ("pbp", 1),
    ]),
    "roll/roll200": ("roll", "roll200", [("highs", 2), ("highs", 2, "form=f3"), ("scip", 1), ("cpsat", 8)]),
    "mclp/mclp5000": ("mclp", "mclp5000", [("highs", 2), ("scip", 1), ("cpsat", 8), ("spopt", 2)]),
    "cfl/cap134": ("cfl", "cap134", [("highs", 2), ("scip", 1), ("cpsat", 8)]),
    "cfl/capa-8000": ("cfl", "capa", [("highs", 2), ("scip", 1), ("cpsat", 8)]),
}  # fmt: skip
OPTIONS = {"mclp/mclp5000": ("p=50", "R=50"), "cfl/capa-8000": ("cap=8000",)}
NAMES = {"highs": "HiGHS", "scip": "SCIP", "cpsat": "CP-SAT", "spopt": "spopt + CBC", "pbp": "pbp-pmedian"}
PACKAGES = ("numpy", "highspy", "pyscipopt", "ortools", "spopt", "pulp", "pbp-pmedian")


def why_not(data):
    """Says what is missing for a run of the peers, or None."""
    if data is None or not (data / "bench" / "peers" / "one.py").is_file():
        return "bench/peers is not in the data folder"
    if not READY.exists():
        return "bench/.venv is not there: `make bench-venv`"
    return None


def scripts(data):
    """Copies the scripts to the cache: the data folder may be one that cannot be written."""
    target = CACHE / "peers"
    target.mkdir(parents=True, exist_ok=True)
    for source in (data / "bench" / "peers").glob("*.py"):
        shutil.copyfile(source, target / source.name)
    return target


def plan(row_id):
    """Yields (name of the run, arguments of the script but the limit) for a row of ours."""
    if row_id not in RUNS:
        return
    problem, instance, runs = RUNS[row_id]
    for solver, threads, *form in runs:
        options = [*OPTIONS.get(row_id, ()), *form]
        shown = f"{NAMES[solver]} x{threads}" + (", radius model" if form else "")
        yield shown, (problem, instance, solver, str(threads), *options)


def measure(data, arguments, limit):
    """Runs a peer once and returns what it said and used."""
    problem, instance, solver, threads, *options = arguments
    folder = scripts(data)
    out = CACHE / "run" / "peer.out"
    out.parent.mkdir(parents=True, exist_ok=True)
    command = [PYTHON, folder / "one.py", problem, instance, solver, str(limit), threads, *options]
    env = {**os.environ, "BENCH": str(data / "bench"), "TMPDIR": str(out.parent)}
    used = run(command, limit + GRACE, out, memory=MEMORY, env=env)
    said = {}
    for line in out.read_text("utf-8", "replace").splitlines():
        if line.startswith("RESULT "):
            said = json.loads(line[len("RESULT ") :])
    out.unlink(missing_ok=True)
    return {
        "wall": used.wall,
        "cpu": used.cpu,
        "peak": used.peak,
        # Building and solving, without the start of Python and the reading of the instance.
        "own": said["build_s"] + said["solve_s"] if "solve_s" in said else used.wall,
        "value": finite(said.get("primal")),
        "bound": finite(said.get("dual")),
        "result": outcome(said, used, limit),
        "proved": proof(said),
    }


def outcome(said, used, limit):
    if used.killed:
        return f"killed {GRACE} s past its limit of {limit:g} s"
    if not said:
        return "out of memory" if "MemoryError" in used.err or "bad_alloc" in used.err else f"ended with {used.rc}"
    return str(said["status"]).lower()[:40]


def finite(value):
    return value if value is not None and math.isfinite(value) else None


def proof(said):
    """Returns whether a peer claims a value without a gap; spopt shows no bound, so it proves nothing."""
    value, bound = finite(said.get("primal")), finite(said.get("dual"))
    return value is not None and bound is not None and abs(value - bound) <= 1e-6 * max(1, abs(value))


def versions():
    """Returns the installed versions of the peers, one line."""
    code = "import importlib.metadata as m,sys;print(', '.join(f'{p} {m.version(p)}' for p in sys.argv[1:]))"
    return printed(str(PYTHON), "-c", code, *PACKAGES) if PYTHON.exists() else "-"
