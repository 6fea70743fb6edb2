"""Writes a made-up programme with several packages, budgets and floors, of any size, the same for the same seed.

    python3 bench/mixed.py FOLDER [--places 5000] [--periods 6] [--seed 1] [--limited]

Places lie in clusters of towns with persons of a long-tailed distribution, in provinces by longitude. Three kinds;
with --limited the sizes of two of them have capacities. Two budgets, one of which carries over, pay for about one
opening in forty places a period. Every province has a floor. All of it is invented.
"""

import argparse
import math
import random
from pathlib import Path


def places(count: int, seed: int, provinces: int) -> list[str]:
    """Returns the rows of the places table."""
    draw = random.Random(seed)
    side = math.sqrt(count) * 0.09
    towns = [(draw.uniform(0, side), draw.uniform(0, side)) for _ in range(max(3, count // 60))]
    rows = ["id,name,province,lat,lon,population"]
    for at in range(count):
        if draw.random() < 0.3:
            lat, lon = draw.uniform(0, side), draw.uniform(0, side)
        else:
            lat, lon = draw.choice(towns)
            lat, lon = lat + draw.gauss(0, 0.12), lon + draw.gauss(0, 0.12)
        lat, lon = min(max(lat, 0), side), min(max(lon, 0), side)
        persons = int(draw.lognormvariate(8.3, 0.9))
        province = min(int(lon / side * provinces), provinces - 1)
        rows.append(f"p{at},Place {at},Province {province},{10 + lat:.5f},{20 + lon:.5f},{persons}")
    return rows


def settings(args: argparse.Namespace) -> str:
    """Returns programme.toml."""
    openings = max(args.places // 40, 3)

    def capacity(persons: int) -> str:
        return f"capacity = {persons}\n" if args.limited else ""

    per_place = 6000
    return f"""format = 1
name = "Made-up programme of {args.places} places"
population = {{ year = 2030, source = "invented" }}

[periods]
first = 2030
count = {args.periods}

[distance]
detour = 1.3
cut_off_km = 80
unserved_km = 120

[[kinds]]
id = "food"
reach_km = 15

[[kinds.sizes]]
id = "small"
{capacity(12 * per_place)}cost = {{ money = 10, cement = 40 }}

[[kinds.sizes]]
id = "large"
{capacity(60 * per_place)}cost = {{ money = 25, cement = 120 }}
build = 1

[[kinds]]
id = "garments"
weight = 500
reach_km = 25

[[kinds.sizes]]
id = "small"
{capacity(20 * per_place)}cost = {{ money = 8, cement = 30 }}

[[kinds.sizes]]
id = "large"
{capacity(80 * per_place)}cost = {{ money = 18, cement = 70 }}
build = 1

[[kinds]]
id = "daily"
weight = 500
reach_km = 20

[[packages]]
id = "full-small"
kinds = ["food:small", "garments:small", "daily"]
cost = {{ money = 6 }}

[[packages]]
id = "full-large"
kinds = ["food:large", "garments:large", "daily"]
cost = {{ money = 6 }}

[[packages]]
id = "food-small"
kinds = ["food:small"]

[[packages]]
id = "garments-daily"
kinds = ["garments:small", "daily"]
cost = {{ money = 6 }}

[[budgets]]
resource = "money"
amount = {openings * 25}
carry_over = true

[[budgets]]
resource = "cement"
amount = {openings * 90}

[[floors]]
province = "*"
by = {min(args.periods, 2)}
at_least = {max(1, openings // 40)}

[[floors]]
province = "*"
kind = "food"
by = {args.periods}
coverage = 50
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--places", type=int, default=5000)
    parser.add_argument("--periods", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limited", action="store_true", help="sizes of two kinds have capacities")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    provinces = max(2, args.places // 400)
    rows = places(args.places, args.seed, provinces)
    (args.folder / "places.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (args.folder / "programme.toml").write_text(settings(args), encoding="utf-8")


if __name__ == "__main__":
    main()
