"""The rows of the benchmark table, and what is known of their instances."""

import csv
import dataclasses
import functools
import re
from fractions import Fraction

import places


@dataclasses.dataclass(frozen=True)
class Row:
    """One run of the solver on one instance, and what is known of the instance."""

    id: str
    # A path below the data folder, or `places:NAME` for a table that is made.
    file: str
    flags: tuple
    limit: float
    # Best value known, as printed, in the units of the file; and whether it is proved.
    known: str | None = None
    proved_elsewhere: bool = True
    # Whether the quick table has the row, and with which limit.
    short: bool = False
    short_limit: float | None = None

    @property
    def section(self):
        return self.id.split("/")[0]

    def option(self, name):
        return self.flags[self.flags.index(name) + 1] if name in self.flags else None

    def path(self, data):
        """Returns the instance's path; raises `Absent` where it is not at hand."""
        if self.file.startswith("places:"):
            return places.table(self.file.removeprefix("places:"), data)
        if data is None:
            raise places.Absent("no data folder given")
        path = data / self.file
        if not path.is_file():
            raise places.Absent(f"{self.file} is not in the data folder")
        return path

    @property
    def is_frontier(self):
        return "--frontier" in self.flags

    def allowed(self, path):
        """Returns how many sites may open in a period, where flags or file say so."""
        number = self.option("--p") or self.option("--quota")
        if number is None and self.option("--format") == "orlib-pmed":
            with open(path, encoding="utf-8") as file:
                number = file.readline().split()[2]
        return None if number is None else int(number)


TITLES = {
    "pmed": "OR-Library p-median",
    "tsplib": "TSPLIB points as p-median problems, distances cut off",
    "roll": "Roll-out over ten periods, made points",
    "places": "Roll-out over ten periods, real places",
    "mclp": "Maximal coverage, made points",
    "frontier": "Coverage of 42,010 barangays within 5 km, for every number of sites",
    "cfl": "OR-Library warehouses with capacities",
    "ufl": "OR-Library warehouses without capacities",
    "ufllib": "UflLib",
}
NOTES = {
    "frontier": "One run for p = 1 to 2,000; value and bound are those of the point with the widest gap.",
    "tsplib": "usa115475 has 115,475 points in the file; the paper that gives the values prints 115,474.",
}

PMED = [f"pmed{k}" for k in range(1, 41)]
CAP = [
    *(f"cap{k}" for k in (41, 42, 43, 44, 51, 61, 62, 63, 64, 71, 72, 73, 74, 81, 82, 83, 84, 91, 92, 93, 94)),
    *(f"cap{k}" for k in (101, 102, 103, 104, 111, 112, 113, 114, 121, 122, 123, 124, 131, 132, 133, 134)),
]
CAPA = (8000, 10000, 12000, 14000)
SHORT_TSPLIB = {
    ("rl1304", 10), ("rl1304", 100), ("rl1304", 500), ("u1432", 20),
    ("pcb3038", 500), ("fl3795", 50), ("fl3795", 500), ("usa13509", 5000),
}  # fmt: skip
UFLLIB = {
    "GapA": [f"{k}32GapAS.txt" for k in (3, 4, 5, 6, 7)],
    "Euclid": [f"{k}11EuclS.txt" for k in range(1, 7)],
    "M": ["MO1", "MQ1", "MR1"],
    "KoerkelGhosh-asym-250a": [f"ga250a-{k}" for k in range(1, 6)],
}


def all_rows(data):
    """Lists every row; known values are read from the data folder where it is at hand."""
    return [*pmed(data), *tsplib(data), *roll(), *real_places(), *mclp(), *frontier(), *cap(data), *ufllib(data)]


def pmed(data):
    known = optima(data, "bench/pmed/pmedopt.txt")
    for name in PMED:
        file = f"bench/pmed/{name}.txt"
        yield Row(f"pmed/{name}", file, ("--format", "orlib-pmed"), 60, known.get(name), short=True, short_limit=5)


def tsplib(data):
    if data is None or not (data / "bench/tsplib/pmedian_optima.tsv").is_file():
        yield Row("tsplib/all", "bench/tsplib/pmedian_optima.tsv", (), 300, short=True)
        return
    with open(data / "bench/tsplib/pmedian_optima.tsv", encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file, delimiter="\t"):
            name, p = line["name"], line["p"]
            packed = ".gz" if name == "usa115475" else ""
            yield Row(
                f"tsplib/{name}-p{p}",
                f"bench/tsplib/{name}.tsp{packed}",
                ("--format", "tsplib", "--distance", "floor", "--p", p),
                300,
                line["opt_or_bkn"],
                proved_elsewhere=line["gap"] == "0%",
                short=(name, int(p)) in SHORT_TSPLIB,
                short_limit=10,
            )


def roll():
    flags = ("--format", "points", "--periods", "10", "--quota", "20")
    yield Row("roll/roll200", "bench/synthetic/roll200.txt", flags, 60, "1503580", short=True, short_limit=10)
    yield Row("roll/roll1000-5s", "bench/synthetic/roll1000.txt", flags, 5, short=True)
    yield Row("roll/roll1000", "bench/synthetic/roll1000.txt", flags, 300)


def real_places():
    def of(name, quota):
        return f"places:{name}", ("--format", "lonlat", "--periods", "10", "--quota", str(quota))

    yield Row("places/fra-10s", *of("fra", 20), 10, short=True)
    yield Row("places/fra-60s", *of("fra", 20), 60, short=True)
    yield Row("places/fra-600s", *of("fra", 20), 600)
    yield Row("places/phl-60s", *of("phl", 100), 60, short=True)
    yield Row("places/world-120s", *of("world", 200), 120, short=True)


def mclp():
    def flags(p, reach):
        return "--format", "points", "--problem", "cover", "--p", str(p), "--cover", str(reach)

    yield Row("mclp/mclp1000", "bench/synthetic/mclp1000.txt", flags(20, 80), 60, "28652", short=True, short_limit=10)
    yield Row("mclp/mclp5000", "bench/synthetic/mclp5000.txt", flags(50, 50), 60, "130667", short=True, short_limit=30)


def frontier():
    flags = ("--format", "lonlat", "--problem", "cover", "--cover", "5000", "--frontier", "1..2000")
    yield Row("frontier/phl", "places:phl", flags, 60, short=True)


def cap(data):
    folder = "bench/cap"
    limited, free = optima(data, f"{folder}/capopt.txt"), optima(data, f"{folder}/uncapopt.txt")
    for problem, known in (("cfl", limited), ("ufl", free)):
        flags = ("--format", "orlib-cap", "--problem", problem)
        for name in CAP:
            value = known.get(name)
            yield Row(f"{problem}/{name}", f"{folder}/{name}.txt", flags, 60, value, short=True, short_limit=5)
    for capacity in CAPA:
        yield Row(
            f"cfl/capa-{capacity}",
            f"{folder}/capa.txt",
            ("--format", "orlib-cap", "--problem", "cfl", "--capacity", str(capacity)),
            60,
            limited.get(f"capa-{capacity}"),
            short=True,
            short_limit=30,
        )
    flags = ("--format", "orlib-cap", "--problem", "ufl")
    yield Row("ufl/capa", f"{folder}/capa.txt", flags, 60, free.get("capa"), short=True, short_limit=30)


def ufllib(data):
    short = {"332GapAS.txt", "111EuclS.txt", "MO1", "ga250a-1"}
    for folder, names in UFLLIB.items():
        for name in names:
            file = f"bench/ufllib/{folder}/{name}"
            value, proved = best_known(data, file)
            yield Row(
                f"ufllib/{folder}/{name}",
                file,
                ("--format", "ufllib"),
                60 if folder.startswith("Koerkel") else 300,
                value,
                proved_elsewhere=proved,
                short=name in short,
                short_limit=20,
            )


@functools.cache
def optima(data, file):
    """Reads a list of optima: `name value`, and `(capacity N)` behind values of one file with several."""
    if data is None or not (data / file).is_file():
        return {}
    found, name = {}, None
    for line in (data / file).read_text("utf-8").splitlines():
        match = re.fullmatch(r"\s*([a-z]\w*)?\s+(\d+(?:\.\d+)?)\s*(?:\(capacity (\d+)\))?\s*", line)
        if match:
            name = match[1] or name
            found[f"{name}-{match[3]}" if match[3] else name] = match[2]
    return found


def best_known(data, file):
    """Returns the last number of the file's .opt or .bub, and whether it is proved."""
    for end, proved in ((".opt", True), (".bub", False)):
        if data is not None and (data / f"{file}{end}").is_file():
            words = (data / f"{file}{end}").read_text("utf-8").split()
            return (words[-1], proved) if words else (None, False)
    return None, False


def excess(row, record):
    """Returns by which fraction the value is worse than the known one, below 0 where it is better.

    None where there is nothing to compare. A value that agrees in all digits printed is no worse.
    """
    answer = record.get("verdict") or {}
    if row.known is None or answer.get("value") is None:
        return None
    known = Fraction(row.known)
    value = Fraction(answer["value"], answer["scale"])
    # Sums are rounded up once to 1/scale; printed values are good to their last digit.
    digits = len(row.known.partition(".")[2])
    tolerance = Fraction(1, 10**digits) + Fraction(1, answer["scale"]) if digits else Fraction(0)
    worse = value - known if record["answer"]["sense"] == "min" else known - value
    return 0.0 if abs(worse) <= tolerance else float(worse / abs(known))


def contradiction(row, record):
    """Says how an accepted verdict contradicts what is known of the instance, or None."""
    verdict = record.get("verdict") or {}
    if row.known is None or not verdict.get("accepted"):
        return None
    worse = excess(row, record)
    if worse is not None and worse < 0 and row.proved_elsewhere:
        return f"the value is better than {row.known}, which is proved to be best"
    bound = verdict.get("bound")
    if bound is not None and excess(row, {**record, "verdict": {**verdict, "value": bound}}) > 0:
        return f"the bound is worse than {row.known}, which somebody has reached"
    return None


def proved(record):
    """Returns whether the checker accepted a claim without a gap."""
    verdict = record.get("verdict") or {}
    return bool(verdict.get("accepted")) and verdict.get("bound") is not None and verdict["value"] == verdict["bound"]


def gap(record):
    """Returns the gap that the checker recomputed and accepted, else None."""
    verdict = record.get("verdict") or {}
    return verdict.get("gap") if verdict.get("accepted") else None
