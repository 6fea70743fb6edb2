#!/usr/bin/env python3
"""Measures how time and memory grow with places, periods and openings; see docs/reference/benchmarks.md."""

import argparse
import csv
import datetime
import math
import pathlib
import random
import shutil
import sys

from measure import CACHE, HERE, PROGRAM, Kept, build_of, machine, read_json, run, said
from places import Absent, table, write
from table import GRACE, data_folder, tell
from table import table as markdown
from targets import MIB, percent

GAP = 0.001
SIZES = (1000, 2000, 5000, 10000, 20000, 34864, 50000, 100000, 135233)
# The size that is the whole French file; the others are drawn from the places of the world.
FRENCH = 34864
# Series: title, what varies, and (value, places, options of the solver) for each point.
SERIES = {
    "places": (
        "Roll-out over 10 periods, 20 openings a period",
        "places",
        [(n, n, ("--periods", 10, "--quota", 20)) for n in SIZES],
    ),
    "periods": (
        "Roll-out of 10,000 places, 20 openings a period",
        "periods",
        [(t, 10000, ("--periods", t, "--quota", 20)) for t in (1, 2, 5, 10, 20)],
    ),
    "quota": (
        "Roll-out of 10,000 places, 10 periods",
        "openings a period",
        [(q, 10000, ("--periods", 10, "--quota", q)) for q in (5, 10, 20, 50, 100, 200, 500)],
    ),
    "p": (
        "p-median of 10,000 places",
        "sites p",
        [(p, 10000, ("--p", p)) for p in (10, 20, 50, 100, 200, 500, 1000, 2000, 5000)],
    ),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", metavar="DIR", help="folder with bench/ and data/places; else GROUNDWORK_DATA")
    parser.add_argument("--out", type=pathlib.Path, default=HERE / "results" / "growth.jsonl")
    parser.add_argument("--time-limit", type=float, default=300, metavar="S", help="limit of each run (300)")
    parser.add_argument("--most", type=int, metavar="N", help="leave out points with more places")
    parser.add_argument("--only", choices=SERIES, action="append", help="one series; may be repeated")
    options = parser.parse_args()
    if not PROGRAM.exists():
        sys.exit("target/release/groundwork is not there: `make build`")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    kept, build, data = Kept(options.out), build_of(PROGRAM), data_folder(options.data)
    found = {}
    try:
        for name in options.only or SERIES:
            found[name] = []
            for value, size, flags in SERIES[name][2]:
                if options.most is not None and size > options.most:
                    continue
                record = point(name, value, size, flags, options.time_limit, data, kept, build)
                if record is not None:
                    found[name].append((value, record))
    except KeyboardInterrupt:
        print("interrupted; the same command goes on from here", file=sys.stderr)
    text = "\n".join(report(found, build, options)) + "\n"
    options.out.with_suffix(".md").write_text(text, "utf-8")
    print(text)
    plot(found, options.out)


def point(name, value, size, flags, limit, data, kept, build):
    """Returns the record of a point, measured now or before; None without data."""
    row = f"growth/{name}-{value}"
    settings = {"places": size, "flags": list(map(str, flags)), "limit": limit, "gap": GAP}
    record = kept.get(build, row, settings)
    if record is None:
        try:
            path = subset(size, data)
        except Absent as why:
            tell(f"{row}: left out, {why}")
            return None
        record = {"build": build, "row": row, "settings": settings, **measure(path, flags, limit)}
        kept.add(record)
    tell(f"{row}: {record['ended']}, {record['wall']:.2f} s, {record['peak'] / MIB:,.0f} MiB")
    return record


def measure(path, flags, limit):
    folder = CACHE / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    solution = folder / "solution.json"
    command = [PROGRAM, "solve", path, "--format", "lonlat", *flags, "--gap", GAP, "--time-limit", f"{limit:g}"]
    used = run([*command, "--progress", "none", "--json"], limit + GRACE, solution)
    answer = read_json(solution) or {}
    shutil.rmtree(folder, ignore_errors=True)
    ended = f"killed {GRACE} s past the limit" if used.killed else answer.get("stopped_by") or f"ended with {used.rc}"
    gap = answer.get("gap")
    return {"ended": ended, "gap": gap, "wall": used.wall, "cpu": used.cpu, "peak": used.peak}


def subset(size, data):
    """Returns a table of so many places: each smaller one is part of the next larger one."""
    if size == FRENCH:
        return table("fra", data)
    target = CACHE / "places" / f"world-{size}.csv"
    if not target.exists():
        with open(table("world", data), encoding="utf-8", newline="") as file:
            rows = list(csv.reader(file))[1:]
        if len(rows) == size:
            return table("world", data)
        random.Random(20250101).shuffle(rows)
        write(target, rows[:size])
    return target


def reached(record):
    return record["gap"] is not None and record["gap"] <= GAP


def slope(points):
    """Returns the least-squares slope of log y over log x, or None for fewer than three points."""
    if len(points) < 3:
        return None
    xs, ys = [math.log(x) for x, _ in points], [math.log(y) for _, y in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def report(found, build, options):
    yield "# Growth"
    yield ""
    now = datetime.datetime.now().astimezone()
    yield f"- Run: {now:%Y-%m-%d %H:%M %z}; gap asked for: {percent(GAP)}; limit {options.time_limit:g} s"
    yield f"- Build: `{build}`; {said(str(PROGRAM), '--version')}"
    yield f"- Machine: {machine()}"
    yield ""
    for name, points in found.items():
        title, what, _ = SERIES[name]
        yield f"## {title}"
        yield ""
        yield from markdown([what, "ended", "gap reached", "wall s", "CPU s", "peak MiB"], [
            [f"{value:,}", r["ended"], percent(r["gap"]),
             f"{r['wall']:.2f}", f"{r['cpu']:.2f}", f"{r['peak'] / MIB:,.0f}"]
            for value, r in points
        ])  # fmt: skip
        time = slope([(value, r["wall"]) for value, r in points if reached(r)])
        memory = slope([(value, r["peak"]) for value, r in points])
        if time is not None:
            yield f"Time grows as the power {time:.2f} over the points that reached the gap."
        if memory is not None:
            yield f"Memory grows as the power {memory:.2f}."
        yield ""


def plot(found, out):
    """Draws time and memory of every series, as PNG and SVG."""
    try:
        import matplotlib
    except ImportError:
        tell("no plots: matplotlib is not installed (`make bench-venv`)")
        return
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    drawn = {name: points for name, points in found.items() if points}
    if not drawn:
        return
    plt.rcParams.update({"font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.fonttype": "none"})
    figure, grid = plt.subplots(
        2, len(drawn), figsize=(3.7 * len(drawn) + 0.6, 6.6),
        sharex="col", sharey="row", squeeze=False, layout="constrained",
    )
    plain = FuncFormatter(lambda value, _: f"{value:,.0f}" if value >= 1 else f"{value:g}")
    for column, (name, points) in enumerate(drawn.items()):
        title, what, _ = SERIES[name]
        for row, (key, unit) in enumerate((("wall", 1), ("peak", MIB))):
            axes = grid[row][column]
            axes.set_xscale("log")
            axes.set_yscale("log")
            xs, ys = [value for value, _ in points], [r[key] / unit for _, r in points]
            axes.plot(xs, ys, color="#1f5f99", linewidth=1.2, zorder=2)
            for mark, wanted, fill in (("gap reached", True, "#1f5f99"), ("stopped before the gap", False, "white")):
                some = [(x, y) for x, y, (_, r) in zip(xs, ys, points) if reached(r) == wanted]
                if some:
                    axes.scatter(*zip(*some), s=26, color=fill, edgecolor="#1f5f99", zorder=3, label=mark)
            guide(axes, xs, ys)
            for axis, limits in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
                # Few decades leave room for more numbers.
                subs = (1, 2, 5) if limits[1] < 60 * limits[0] else (1,)
                axis.set_major_locator(LogLocator(subs=subs, numticks=9))
                axis.set_major_formatter(plain)
                axis.set_minor_formatter(NullFormatter())
            axes.grid(which="major", color="#e2e2e2", linewidth=0.6, zorder=0)
        grid[0][column].set_title(title.replace(", ", ",\n", 1), fontsize=9, loc="left")
        grid[1][column].set_xlabel(what)
    grid[0][0].set_ylabel(f"wall time to a gap of {100 * GAP:g} %, s")
    grid[1][0].set_ylabel("peak memory, MiB")
    marks = {label: mark for axes in grid.flat for mark, label in zip(*axes.get_legend_handles_labels())}
    figure.legend(marks.values(), marks.keys(), loc="outside lower center", ncols=len(marks), frameon=False)
    for kind in ("png", "svg"):
        figure.savefig(out.with_suffix(f".{kind}"), dpi=160)
    plt.close(figure)


def guide(axes, xs, ys):
    """Draws slopes 1 and 2 from the first point, as far as the data reach."""
    if len(xs) < 2:
        return
    top = max(ys) * 3
    for power, dots in ((1, (4, 3)), (2, (1, 2))):
        end = min(xs[-1], xs[0] * (top / ys[0]) ** (1 / power))
        shown = [ys[0], ys[0] * (end / xs[0]) ** power]
        axes.plot([xs[0], end], shown, color="#9a9a9a", linewidth=0.9, dashes=dots, zorder=1, label=f"slope {power}")


if __name__ == "__main__":
    main()
