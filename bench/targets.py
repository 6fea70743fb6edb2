"""The targets that rows are held against, and how each is judged."""

import dataclasses
import re

from rows import excess, gap, proved

GIB = 2**30
MIB = 2**20


@dataclasses.dataclass(frozen=True)
class Target:
    """What a group of rows has to reach.

    `judge` gets the rows and records that were measured and returns what to show and, for each, whether it
    holds. `whole` gets the records and says whether they hold together.
    """

    name: str
    text: str
    ids: tuple
    judge: object
    # It is enough if so many rows hold; all of them if None.
    enough: int | None = None
    whole: object = lambda records: True


def verdict_on(target, rows, records, absent=()):
    """Returns (what was measured, "met" | "not met" | why neither can be said)."""
    wanted = [i for i in target.ids if i not in absent]
    found = [i for i in wanted if i in records]
    missing = len(target.ids) - len(wanted)
    if not found:
        return "-", "no data" if missing or not target.ids else "not run"
    measured = [records[i] for i in found]
    shown, held = target.judge([rows[i] for i in found], measured)
    if missing:
        shown += f" ({missing} without data)"
    enough = target.enough or len(wanted)
    if held.count(False) > max(len(wanted), enough) - enough or not target.whole(measured):
        cut = any(records[i]["settings"]["limit"] < rows[i].limit for i in found)
        return shown, "not met, with shorter limits" if cut else "not met"
    if sum(held) < enough:
        return shown, f"open: {len(found)} of {len(target.ids)} rows"
    return shown, "met"


def wall(records):
    return sum(record["wall"] for record in records)


def within(limit):
    return lambda records: wall(records) < limit


def all_proved(limit=None):
    def judge(_, records):
        text = f"{sum(map(proved, records))} of {len(records)} proved, {seconds(wall(records))}"
        if len(records) > 1:
            text += f" together, longest {seconds(max(r['wall'] for r in records))}"
        return text, [proved(r) and (limit is None or r["wall"] < limit) for r in records]

    return judge


def proved_value(value, limit):
    def judge(_, records):
        text = "; ".join(f"{figure(r)} in {seconds(r['wall'])}, {'proved' if proved(r) else 'no proof'}" for r in records)
        return text, [proved(r) and r["verdict"]["value"] == value and r["wall"] < limit for r in records]

    return judge


def gap_at_most(most, memory=None):
    def judge(_, records):
        text = "; ".join(f"{percent(gap(r))}, {r['peak'] / MIB:,.0f} MiB, {seconds(r['wall'])}" for r in records)
        held = [gap(r) is not None and gap(r) <= most and (memory is None or r["peak"] < memory) for r in records]
        return text, held

    return judge


def known_value(rows, records):
    held = [excess(*pair) is not None and excess(*pair) <= 0 for pair in zip(rows, records)]
    return f"{sum(held)} of {len(held)}", held


def near_known(most):
    def judge(rows, records):
        found = [excess(*pair) for pair in zip(rows, records)]
        worst = max((e for e in found if e is not None), default=None)
        return f"worst {percent(worst)} worse" if worst is not None else "no value", [
            e is not None and e <= most for e in found
        ]

    return judge


def every_point_bounded(points, limit):
    def judge(_, records):
        found = [(r.get("verdict") or {}).get("points") or 0 if gap(r) is not None else 0 for r in records]
        text = "; ".join(
            f"{n:,} of {points:,} points with a bound, {seconds(r['wall'])}, widest gap {percent(gap(r))}"
            for n, r in zip(found, records)
        )
        return text, [n == points and r["wall"] < limit for n, r in zip(found, records)]

    return judge


def checked_within(limit):
    def judge(_, records):
        checks = [r.get("verify") for r in records]
        text = ", ".join(seconds(check["wall"]) if check else "-" for check in checks)
        held = [gap(r) is not None and check["wall"] < limit for r, check in zip(records, checks)]
        return text, held

    return judge


def targets(rows):
    """Lists the targets; the rows tell which instances a target is about."""

    def ids(pattern):
        return tuple(row.id for row in rows if re.fullmatch(pattern, row.id))

    def one(name):
        return (name,)

    tsp = ids("tsplib/.*")
    usa = ("tsplib/usa115475-p20000", "tsplib/usa115475-p50000")
    national = 500 * MIB
    return [
        Target("pmed1-40", "all proved, together < 20 s", ids("pmed/.*"), all_proved(), whole=within(20)),
        Target("TSPLIB", "known value in at least 60 of 63", tsp, known_value, 60),
        Target("TSPLIB", "proved in at least 50 of 63", tsp, all_proved(), 50),
        Target("TSPLIB", "never worse than known by more than 0.05 %", tsp, near_known(0.0005)),
        Target("usa115475, p 20,000 and 50,000", "gap 0.05 % in 300 s, < 2 GiB", usa, gap_at_most(0.0005, 2 * GIB)),
        Target("roll200", "1,503,580 proved < 0.5 s", one("roll/roll200"), proved_value(1503580, 0.5)),
        Target("roll1000", "gap 0.05 % in 5 s", one("roll/roll1000-5s"), gap_at_most(0.0005)),
        Target("roll1000", "proved < 300 s", one("roll/roll1000"), all_proved(300)),
        Target("French communes", "gap 0.1 % in 10 s, < 500 MiB", one("places/fra-10s"), gap_at_most(0.001, national)),
        Target("French communes", "gap 0.01 % in 60 s, < 500 MiB", one("places/fra-60s"), gap_at_most(0.0001, national)),
        Target(
            "French communes",
            "proved or gap 0.002 % in 600 s, < 500 MiB",
            one("places/fra-600s"),
            gap_at_most(0.00002, national),
        ),
        Target("Barangays", "gap 0.1 % in 60 s", one("places/phl-60s"), gap_at_most(0.001)),
        Target("World", "gap 0.2 % in 120 s", one("places/world-120s"), gap_at_most(0.002)),
        Target("mclp1000", "proved < 1 s", one("mclp/mclp1000"), all_proved(1)),
        Target("mclp5000", "proved < 10 s", one("mclp/mclp5000"), all_proved(10)),
        Target(
            "Coverage frontier", "p = 1 to 2,000 with bounds < 20 s", one("frontier/phl"), every_point_bounded(2000, 20)
        ),
        Target("cap41-134", "all proved, cfl and ufl", ids(r"(cfl|ufl)/cap\d+"), all_proved()),
        Target("capa", "all proved, each < 30 s", ids("(cfl|ufl)/capa.*"), all_proved(30)),
        Target("UflLib GapA, Euclid, M", "all proved", ids("ufllib/(GapA|Euclid|M)/.*"), all_proved()),
        Target("KoerkelGhosh 250a", "within 0.02 % of best known in 60 s", ids("ufllib/Koerkel.*"), near_known(0.0002)),
        Target("Checker", "French certificate < 1 s", ids("places/fra-.*"), checked_within(1)),
    ]


def figure(record):
    value = (record.get("verdict") or {}).get("value")
    return "no value" if value is None else f"{value:,}"


def percent(fraction):
    if fraction is None:
        return "-"
    if fraction == 0:
        return "0 %"
    return f"{100 * fraction:.4f} %" if abs(fraction) < 0.001 else f"{100 * fraction:.3f} %"


def seconds(value):
    return f"{value:.2f} s" if value < 10 else f"{value:,.1f} s"
