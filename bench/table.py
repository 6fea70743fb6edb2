#!/usr/bin/env python3
"""Measures the solver on the field's benchmark files and on real places; see docs/reference/benchmarks.md."""

import argparse
import datetime
import os
import pathlib
import re
import shutil
import sys

import controls
import frontier
import peers
import rows as benchmark
from measure import CACHE, HERE, PROGRAM, Kept, build_of, machine, read_json, run, said, write_json
from places import Absent
from targets import MIB, percent, seconds, targets, verdict_on

RESULTS = (controls.REFUSED, controls.STILL_TRUE, controls.WRONG, controls.BROKEN)
GRACE = 30
CHECK_LIMIT = 600
# Of the answer and the verdict, what a row keeps: all but openings and assignments. A frontier has as many
# `points` as have a bound; its other figures are those of the widest gap.
ANSWER = ("status", "stopped_by", "sense", "scale", "value", "bound", "gap", "seconds", "work", "peak_rss_bytes")
VERDICT = ("accepted", "feasible", "value", "bound", "gap", "scale", "problems", "points")


def main():
    options = arguments()
    if not PROGRAM.exists():
        sys.exit("target/release/groundwork is not there: `make build`")
    data = data_folder(options.data)
    kept = Kept(options.out)
    session = Session(options, data, kept)
    chosen = [row for row in session.rows.values() if not options.short or row.short]
    chosen = [row for row in chosen if options.only is None or re.search(options.only, row.id)]
    interrupted = False
    try:
        for place, row in enumerate(chosen, 1):
            session.measure(row, f"{place}/{len(chosen)}")
    except KeyboardInterrupt:
        interrupted = True
        print("interrupted; the same command goes on from here", file=sys.stderr)
    text = session.markdown()
    # A table of some rows does not take the place of the whole one.
    shown = options.out.with_suffix(".md") if options.only is None else options.out.with_suffix(".part.md")
    shown.write_text(text, "utf-8")
    print(text)
    sys.exit(1 if session.faults() else 130 if interrupted else 0)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="fewer rows, shorter limits: under 25 minutes")
    parser.add_argument("--data", metavar="DIR", help="folder with bench/ and data/places; else GROUNDWORK_DATA")
    parser.add_argument("--only", metavar="PATTERN", help="rows whose id holds this regular expression")
    parser.add_argument("--out", type=pathlib.Path, help="where results are kept; the table goes beside it as .md")
    parser.add_argument("--peers", action="store_true", help="run the other solvers too; --short always does")
    parser.add_argument("--no-peers", action="store_true", help="leave the other solvers out of --short")
    parser.add_argument("--peer-limit", type=float, metavar="S", help="limit of a peer in seconds (300; short: 30)")
    parser.add_argument("--limit-scale", type=float, default=1, metavar="X", help="multiply every limit")
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="0 (default) is one for each core")
    options = parser.parse_args()
    if options.out is None:
        options.out = HERE / "results" / ("short.jsonl" if options.short else "table.jsonl")
    options.out.parent.mkdir(parents=True, exist_ok=True)
    return options


def data_folder(given):
    """Returns the folder with bench/ and data/; GROUNDWORK_DATA may name it or the data/ in it."""
    given = given or os.environ.get("GROUNDWORK_DATA")
    if not given:
        return None
    folder = pathlib.Path(given).resolve()
    return folder.parent if folder.name == "data" and not (folder / "bench").is_dir() else folder


class Session:
    """One call of the command: what it measures or has measured before."""

    def __init__(self, options, data, kept):
        self.options, self.data, self.kept = options, data, kept
        self.build = build_of(PROGRAM)
        self.rows = {row.id: row for row in benchmark.all_rows(data)}
        self.peers = (options.peers or options.short) and not options.no_peers
        self.records, self.absent, self.others = {}, {}, {}
        self.started = datetime.datetime.now().astimezone()
        self.load = os.getloadavg()
        if self.peers and peers.why_not(data):
            tell(f"other solvers are left out: {peers.why_not(data)}")
            self.peers = False

    def measure(self, row, place):
        try:
            path = row.path(self.data)
        except Absent as why:
            self.absent[row.id] = str(why)
            tell(f"{place} {row.id}: left out, {why}")
            return
        settings = self.settings(row)
        record = self.kept.get(self.build, row.id, settings)
        if record is None:
            record = {"build": self.build, "row": row.id, "settings": settings, **measure(row, path, settings)}
            self.kept.add(record)
        self.records[row.id] = record
        tell(f"{place} {row.id}: {in_words(record)}")
        if self.peers:
            for name, words in peers.plan(row.id):
                self.measure_peer(row, name, words)

    def settings(self, row):
        limit = row.short_limit if self.options.short and row.short_limit else row.limit
        return {
            "flags": list(row.flags),
            "limit": limit * self.options.limit_scale,
            "threads": self.options.threads,
            "seed": 1,
        }

    def measure_peer(self, row, name, words):
        limit = (self.options.peer_limit or (30 if self.options.short else 300)) * self.options.limit_scale
        settings = {"arguments": list(words), "limit": limit}
        key = f"peer/{row.id}/{name}"
        record = self.kept.get(self.build, key, settings)
        if record is None:
            before = os.getloadavg()[0]
            used = peers.measure(self.data, words, limit)
            record = {"build": self.build, "row": key, "settings": settings, "load": before, **used}
            self.kept.add(record)
        self.others.setdefault(row.id, []).append((name, record))
        tell(f"    {name}: {record['result']}, {seconds(record['wall'])}")

    def faults(self):
        """Lists what must never happen: it makes the command end with 1."""
        found = []
        for name, record in self.records.items():
            for control in record.get("controls", []):
                if control["result"] in (controls.WRONG, controls.BROKEN):
                    found.append(f"{name}: altered ({control['name']}), {control['result']}")
            verdict = record.get("verdict")
            if record.get("verify") and not (verdict or {}).get("accepted"):
                codes = ", ".join(problem["code"] for problem in (verdict or {}).get("problems", []))
                found.append(f"{name}: the checker refuses the solver's own answer ({codes or 'no verdict'})")
            if contradiction := benchmark.contradiction(self.rows[name], record):
                found.append(f"{name}: {contradiction}")
        return found

    def markdown(self):
        parts = (self.header(), self.judged(), self.controls(), self.sections(), self.peer_table())
        return "\n".join(line for part in parts for line in part) + "\n"

    def header(self):
        kind = "short" if self.options.short else "full"
        if self.options.only:
            kind += f", only `{self.options.only}`"
        if self.options.limit_scale != 1:
            kind += f", **limits times {self.options.limit_scale:g}: not the figures to quote**"
        loads = [record["load"] for record in self.records.values()]
        between = f"; at the start of rows {min(loads):.1f} to {max(loads):.1f}" if loads else ""
        threads = self.options.threads or "one for each core"
        yield "# Benchmark table"
        yield ""
        yield f"- Run: {self.started:%Y-%m-%d %H:%M %z}, {kind}; threads: {threads}"
        yield f"- Build: `{self.build}`"
        yield f"- Machine: {machine()}"
        yield f"- Load average before: {' '.join(f'{load:.2f}' for load in self.load)}{between}"
        versions = [said(str(PROGRAM), "--version"), said("rustc", "--version"), f"Python {sys.version.split()[0]}"]
        yield f"- Versions: {'; '.join(versions)}"
        if self.peers:
            yield f"- Other solvers: {peers.versions()}"
        yield ""

    def judged(self):
        yield "## Targets"
        yield ""
        yield from table(["what", "target", "measured", ""], [
            [target.name, target.text, *verdict_on(target, self.rows, self.records, self.absent)]
            for target in targets(list(self.rows.values()))
        ])  # fmt: skip

    def controls(self):
        found = [(c["name"], c["result"]) for r in self.records.values() for c in r.get("controls", [])]
        yield "## Negative controls"
        yield ""
        names = list(dict.fromkeys(name for name, _ in found))
        lines = [[name, *(found.count((name, result)) for result in RESULTS)] for name in names]
        lines.append(["**all**", *(sum(r == result for _, r in found) for result in RESULTS)])
        yield from table(["altered", *RESULTS], lines)
        yield "Faults (wrongly accepted, no verdict, own answer refused, known value contradicted):"
        yield ""
        yield from [f"- {fault}" for fault in self.faults()] or ["- none"]
        yield ""

    def sections(self):
        titles = ["row", "limit s", "ended", "value", "known", "worse by", "bound", "gap", "proved", "wall s", "CPU s"]
        titles += ["MiB", "check s", "controls"]
        for section, title in benchmark.TITLES.items():
            lines = [self.line(row) for row in self.rows.values() if row.section == section and self.touched(row)]
            if lines:
                yield f"## {title}"
                yield ""
                if section in benchmark.NOTES:
                    yield benchmark.NOTES[section]
                    yield ""
                yield from table(titles, lines)

    def touched(self, row):
        return row.id in self.records or row.id in self.absent

    def line(self, row):
        name = row.id.split("/", 1)[1]
        if row.id in self.absent:
            return [name, "", f"left out: {self.absent[row.id]}", *[""] * 11]
        record = self.records[row.id]
        answer, verdict = record.get("answer") or {}, record.get("verdict") or {}
        scale = answer.get("scale") or 1
        known = "-" if row.known is None else row.known + ("" if row.proved_elsewhere else " *")
        count = [c["result"] for c in record.get("controls", [])]
        check = record.get("verify")
        return [
            name,
            f"{record['settings']['limit']:g}",
            record["ended"],
            amount(verdict.get("value"), scale),
            known,
            percent(benchmark.excess(row, record)),
            amount(verdict.get("bound"), scale),
            percent(benchmark.gap(record)),
            "yes" if benchmark.proved(record) else "no",
            f"{record['wall']:.2f}",
            f"{record['cpu']:.2f}",
            f"{record['peak'] / MIB:,.0f}",
            f"{check['wall']:.2f}" if check else "-",
            "/".join(str(count.count(result)) for result in RESULTS[:3]) if count else "-",
        ]

    def peer_table(self):
        if not self.others:
            return
        yield "## Other solvers, same instances, same run"
        yield ""
        yield "Ratio: what they say of building and solving over our whole wall time, where ours is proved; `>`"
        yield "where they ended without a proof. Killed runs count with their wall time."
        yield ""
        lines = []
        for name, runs in self.others.items():
            ours = self.records[name]
            verdict = ours.get("verdict") or {}
            scale = (ours.get("answer") or {}).get("scale") or 1
            value, bound = verdict.get("value"), verdict.get("bound")
            lines.append([
                name, "**Groundwork**", ours["ended"], amount(value, scale), amount(bound, scale),
                f"{(ours.get('answer') or {}).get('seconds', ours['wall']):.2f}", f"{ours['wall']:.2f}", f"{ours['cpu']:.2f}", f"{ours['peak'] / MIB:,.0f}", "1" if benchmark.proved(ours) else "-",
            ])  # fmt: skip
            for peer, theirs in runs:
                lines.append([
                    name, peer, theirs["result"], number(theirs["value"]), number(theirs["bound"]),
                    f"{theirs['own']:.2f}", f"{theirs['wall']:.2f}", f"{theirs['cpu']:.2f}", f"{theirs['peak'] / MIB:,.0f}", ratio(ours, theirs),
                ])  # fmt: skip
        titles = ["row", "solver", "ended", "value", "bound", "own s", "wall s", "CPU s", "MiB", "ratio"]
        yield from table(titles, lines)


def measure(row, path, settings):
    """Solves, checks, and tries what the checker says of altered copies."""
    folder = CACHE / "run"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    solution, certificate = folder / "solution.json", folder / "certificate.json"
    limit = settings["limit"]
    record = {"load": os.getloadavg()[0], "started": datetime.datetime.now().astimezone().isoformat("T", "seconds")}
    command = [PROGRAM, "solve", path, *row.flags, "--time-limit", f"{limit:g}", "--threads", settings["threads"]]
    command += ["--seed", settings["seed"], "--progress", "none", "--certificate", certificate, "--json"]
    used = run(command, limit + GRACE, solution)
    record.update(rc=used.rc, wall=used.wall, cpu=used.cpu, peak=used.peak)
    answer = written = read_json(solution)
    if row.is_frontier:
        answer = frontier.answer_as_one(written) or written
    if used.killed:
        return {**record, "ended": f"killed {GRACE} s past the limit"}
    if not isinstance(answer, dict) or "status" not in answer:
        return {**record, "ended": refusal(answer, used)}
    record["ended"] = f"{answer['status']}, {answer['stopped_by']}"
    record["answer"] = {key: answer.get(key) for key in ANSWER}
    if answer.get("value") is None:
        return record
    given = certificate if certificate.exists() else None
    verdict, used = check(row, path, solution, given, folder)
    record["verify"] = {"rc": used.rc, "wall": used.wall, "cpu": used.cpu, "peak": used.peak}
    shown = frontier.verdict_as_one(verdict) if row.is_frontier else verdict
    record["verdict"] = shown and {key: shown.get(key) for key in VERDICT}
    if given:
        record["certificate_bytes"] = certificate.stat().st_size
        if verdict and verdict["accepted"]:
            record["controls"] = try_altered(row, path, written, read_json(certificate), verdict, used.wall, folder)
    shutil.rmtree(folder, ignore_errors=True)
    return record


def check(row, path, solution, certificate, folder):
    """Returns the verdict, None where there is none, and what the check used."""
    out = folder / "verdict.json"
    command = [PROGRAM, "verify", path, *row.flags, "--solution", solution, "--json"]
    used = run(command + (["--certificate", certificate] if certificate else []), CHECK_LIMIT, out)
    verdict = read_json(out)
    if isinstance(verdict, dict) and "problems" in verdict and used.rc in (0, *controls.NO):
        # An input that is refused has problems and no figures.
        verdict.setdefault("accepted", False)
        return verdict, used
    return None, used


def try_altered(row, path, answer, certificate, verdict, wall, folder):
    """Has altered copies checked, fewer where a check takes long."""
    most = next(n for bound, n in ((0.25, 14), (1, 8), (4, 4), (float("inf"), 2)) if wall < bound)
    if row.is_frontier:
        # The first four are one of each kind.
        most, bears_out = max(most, 4), frontier.bears_out
        altered = frontier.alterations(answer, certificate, verdict)
    else:
        bears_out = controls.bears_out
        altered = controls.alterations(answer, certificate, verdict, row.allowed(path))
    found = []
    for (name, must_fail, answer, certificate), _ in zip(altered, range(most)):
        solution, proof = folder / "altered.json", folder / "altered-certificate.json"
        write_json(solution, answer)
        write_json(proof, certificate)
        judged, used = check(row, path, solution, proof, folder)
        result = controls.judge(must_fail, used.rc, judged, answer, bears_out)
        found.append({"name": name, "result": result, "rc": used.rc})
        if result in (controls.WRONG, controls.BROKEN):
            kept = CACHE / "faults" / f"{row.id.replace('/', '-')}-{name.replace(' ', '-')}"
            shutil.rmtree(kept, ignore_errors=True)
            shutil.copytree(folder, kept)
            tell(f"    altered ({name}): {result}; kept in {kept}")
    return found


def refusal(answer, used):
    """Says how a run without an answer ended."""
    codes = sorted({problem["code"] for problem in (answer or {}).get("problems", [])})
    if codes:
        return "not solved: " + ", ".join(codes)
    last = (used.err.strip().splitlines() or [""])[-1]
    return f"ended with {used.rc}: {last[:80]}" if last else f"ended with {used.rc}"


def in_words(record):
    gap = benchmark.gap(record)
    text = f"{record['ended']}, {seconds(record['wall'])}, {record['peak'] / MIB:,.0f} MiB"
    if record.get("verify"):
        accepted = (record["verdict"] or {}).get("accepted")
        text += f", {'checked' if accepted else 'REFUSED by the checker'}, gap {percent(gap)}"
    return text


def ratio(ours, theirs):
    if not benchmark.proved(ours):
        return "-"
    return f"{'' if theirs['proved'] else '> '}{theirs['own'] / max(ours['wall'], 0.001):,.1f}"


def amount(value, scale):
    """Writes a whole number of 1/scale, the scale being a power of ten."""
    if value is None:
        return "-"
    if scale == 1:
        return f"{value:,}"
    whole, rest = divmod(abs(value), scale)
    return f"{'-' if value < 0 else ''}{whole:,}.{rest:0{len(str(scale)) - 1}}"


def number(value):
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value - round(value)) < 1e-6 else f"{value:,.3f}"


def table(titles, lines):
    """Yields the lines of a Markdown table and an empty one."""
    yield "| " + " | ".join(titles) + " |"
    yield "|" + "---|" * len(titles)
    for line in lines:
        yield "| " + " | ".join(str(cell).replace("|", "/").replace("\n", " ") for cell in line) + " |"
    yield ""


def tell(text):
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
