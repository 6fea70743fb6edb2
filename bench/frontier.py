"""A frontier as the table takes it: one answer for every number of sites, shown at its widest gap."""

import random

import controls


def widest(points):
    """Returns the point with the widest gap, the first of equals; one without a bound is the widest."""
    return max(points, key=lambda point: float("inf") if point["gap"] is None else point["gap"])


def answer_as_one(answer):
    """Returns an answer with the figures of its widest gap; None where it is no frontier."""
    if not isinstance(answer, dict) or not answer.get("points"):
        return None
    point = widest(answer["points"])
    status = "optimal" if answer["gap"] == 0 else "feasible"
    return {**answer, "status": status, **{key: point[key] for key in ("value", "bound", "gap")}}


def verdict_as_one(verdict):
    """Returns a verdict with the figures of its widest gap, and how many points have a bound."""
    points = (verdict or {}).get("points")
    if not points:
        return verdict
    point = widest(points)
    bounded = sum(point["value"] is not None and point["bound"] is not None for point in points)
    return {**verdict, "points": bounded, **{key: point[key] for key in ("value", "bound", "gap")}}


def claim(answer, certificate, at, **figures):
    """Claims other figures of a point in both, with gaps and words that follow from them."""
    points = list(answer["points"])
    points[at] = {**points[at], **figures}
    value, bound = points[at]["value"], points[at]["bound"]
    points[at]["gap"] = abs(value - bound) / max(1, abs(value))
    answer = {**answer, "points": points, "gap": max(point["gap"] for point in points)}
    if answer["stopped_by"] == "proved" and answer["gap"] > 0:
        answer["stopped_by"] = "exhausted"
    claims = [{key: point[key] for key in ("p", "value", "bound")} for point in points]
    return answer, {**certificate, "claims": claims}


def alterations(answer, certificate, verdict, seed=1):
    """Yields (name, must_fail, answer, certificate), the weightiest first.

    `verdict` is what the checker said, point by point, of the two as they are: it has to have accepted them.
    """
    lots = random.Random(seed)
    better = -1 if answer["sense"] == "min" else 1
    at = lots.randrange(len(answer["points"]))
    value = verdict["points"][at]["value"] + better
    crossed = (answer["points"][at]["bound"] - value) * better < 0
    yield "value", True, *claim(answer, certificate, at, value=value, **({"bound": value} if crossed else {}))
    at = lots.randrange(len(answer["points"]))
    yield "bound", True, *claim(answer, certificate, at, bound=verdict["points"][at]["bound"] - better)
    yield "radius raised", False, answer, _radii(certificate, lots, lambda radii: 8 * max(radii) + 1)
    yield "file hash", True, answer, controls.other_file(certificate)
    yield "opening added", True, _one_too_many(answer), certificate
    yield "radius to 0", False, answer, _radii(certificate, lots, lambda _: 0)
    yield "point removed", True, {**answer, "points": answer["points"][:-1]}, certificate


def bears_out(verdict, answer):
    """Returns whether the figures that the checker computed are those claimed, or better bounds."""
    worse = 1 if answer["sense"] == "min" else -1
    pairs = list(zip(verdict["points"], answer["points"]))
    return len(pairs) == len(answer["points"]) and all(
        found["value"] == claimed["value"]
        and found["bound"] is not None
        and (found["bound"] - claimed["bound"]) * worse >= 0
        for found, claimed in pairs
    )


def _radii(certificate, lots, change):
    """Changes one radius of every list, that of the same client."""
    lists = certificate["multipliers"]
    client = lots.randrange(len(lists[0]["radii"]))

    def changed(radii):
        return [*radii[:client], change(radii), *radii[client + 1 :]]

    return {**certificate, "multipliers": [{**one, "radii": changed(one["radii"])} for one in lists]}


def _one_too_many(answer):
    """Opens, at the first point, sites until there is one more than may open."""
    first = answer["points"][0]
    opened = set(first["opened"])
    spare = (site for site in range(1, first["p"] + len(opened) + 2) if site not in opened)
    while len(opened) <= first["p"]:
        opened.add(next(spare))
    return {**answer, "points": [{**first, "opened": sorted(opened)}, *answer["points"][1:]]}
