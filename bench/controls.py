"""Altered answers and certificates: the checker has to refuse whatever the alteration made false.

An alteration is one of two kinds. What `must_fail` cannot be true any more, whatever the checker computes:
a value that is better than the one the checker found, a bound beyond the one that it recomputed, another
file, one opening too many. The others change a multiplier or a tree; the claim stays and may happen to be
borne out still. Such a verdict is held against the bound that the checker itself recomputed.
"""

import copy
import random

REFUSED, STILL_TRUE, WRONG, BROKEN = "refused", "still true", "wrongly accepted", "no verdict"
# Exit codes of a verdict "no": the input is refused, the verification failed.
NO = (3, 5)


def claim(answer, certificate, value=None, bound=None):
    """Claims another value or bound in both, with a gap and words that follow from them."""
    answer, certificate = dict(answer), dict(certificate)
    if value is not None:
        answer["value"] = certificate["value"] = value
    if bound is not None:
        answer["bound"] = certificate["bound"] = bound
    value, bound = answer["value"], answer["bound"]
    answer["gap"] = None if bound is None else abs(value - bound) / max(1, abs(value))
    if value != bound:
        if answer["status"] == "optimal":
            answer["status"] = "feasible"
        if answer.get("stopped_by") == "proved":
            answer["stopped_by"] = "gap"
    return answer, certificate


def alterations(answer, certificate, verdict, allowed=None, seed=1):
    """Yields (name, must_fail, answer, certificate), the weightiest first.

    `verdict` is what the checker said of the two as they are: it has to have accepted them. `allowed` is
    how many sites may open in a period, where something says so.
    """
    lots = random.Random(seed)
    better = -1 if answer["sense"] == "min" else 1
    value = verdict["value"] + better
    crossed = answer["bound"] is not None and (answer["bound"] - value) * better < 0
    yield "value", True, *claim(answer, certificate, value, value if crossed else None)
    if answer["bound"] is None:
        return
    if verdict["bound"] is not None:
        yield "bound", True, *claim(answer, certificate, None, verdict["bound"] - better)

    kind, proof = next(iter(certificate["proof"].items()))
    if kind == "grains":
        yield from _of_grains(answer, certificate, lots)
    multipliers = [n for n in ("prices", "radii") if proof.get(n)]
    if "radii" in multipliers:
        yield "radius raised", False, answer, _radius(certificate, kind, lots, raised=True)
    nodes = proof.get("nodes") or []
    if nodes:
        yield from _of_tree(answer, certificate, kind, lots)
    yield "file hash", True, answer, other_file(certificate)
    more = _one_too_many(answer, allowed)
    if more is not None:
        yield "opening added", True, more, certificate
    if "prices" in multipliers:
        yield "price raised", False, answer, _price(certificate, kind, lots, lambda price: 2 * price + 2**20)
        yield "price lowered", False, answer, _price(certificate, kind, lots, lambda price: price // 2)
    if "radii" in multipliers:
        yield "radius to 0", False, answer, _radius(certificate, kind, lots, raised=False)
        yield "radius raised", False, answer, _radius(certificate, kind, lots, raised=True)
    for period, cover in enumerate(proof.get("periods") or []):
        yield "worst-off raised", False, answer, _cover(certificate, period, cover)


def bears_out(verdict, answer):
    """Returns whether the figures that the checker computed are those claimed, or a better bound."""
    if verdict.get("bound") is None or verdict.get("value") != answer["value"]:
        return False
    return verdict["bound"] >= answer["bound"] if answer["sense"] == "min" else verdict["bound"] <= answer["bound"]


def judge(must_fail, rc, verdict, answer, bears_out=bears_out):
    """Says how the checker met an alteration."""
    if verdict is None or rc not in (0, *NO):
        return BROKEN
    if rc in NO:
        return REFUSED if not verdict.get("accepted") else WRONG
    if must_fail or not verdict.get("accepted"):
        return WRONG
    return STILL_TRUE if bears_out(verdict, answer) else WRONG


def _altered(certificate, kind):
    """Copies as much of a certificate as an alteration may touch; radii can be large."""
    proof = dict(certificate["proof"][kind])
    return {**certificate, "proof": {kind: proof}}, proof


def _radius(certificate, kind, lots, raised):
    altered, proof = _altered(certificate, kind)
    period = lots.randrange(len(proof["radii"]))
    radii = list(proof["radii"][period])
    radii[lots.randrange(len(radii))] = 8 * max(radii) + 1 if raised else 0
    proof["radii"] = [*proof["radii"][:period], radii, *proof["radii"][period + 1 :]]
    return altered


def _price(certificate, kind, lots, change):
    altered, proof = _altered(certificate, kind)
    proof["prices"] = list(proof["prices"])
    period = lots.randrange(len(proof["prices"]))
    proof["prices"][period] = change(proof["prices"][period])
    return altered


def other_file(certificate):
    """Changes one digit of the file's hash."""
    first = "0" if certificate["sha256"][0] != "0" else "1"
    return {**certificate, "sha256": first + certificate["sha256"][1:]}


def _one_too_many(answer, allowed):
    """Opens one site more than is allowed in period 1; None where that cannot be said."""
    openings = answer["openings"]
    if allowed is None or sum(opening["period"] == 1 for opening in openings) < allowed:
        return None
    later = next((n for n, opening in enumerate(openings) if opening["period"] > 1), None)
    if later is not None:
        changed = [*openings[:later], {**openings[later], "period": 1}, *openings[later + 1 :]]
    else:
        taken = {opening["site"] for opening in openings}
        free = next((site for site in range(1, max(taken)) if site not in taken), None)
        if free is None:
            return None
        changed = [*openings, {"site": free, "period": 1}]
    return {**answer, "openings": sorted(changed, key=lambda o: (o["period"], o["site"]))}


def _cover(certificate, period, cover):
    altered = copy.deepcopy(certificate)
    altered["proof"]["cover"]["periods"][period]["at_least_m"] = cover["at_least_m"] + 1
    return altered


def _of_grains(answer, certificate, lots):
    """Alters what joins two halves, and a radius in each of them."""
    grains = certificate["proof"]["grains"]

    def altered(**changes):
        return {**certificate, "proof": {"grains": {**grains, **changes}}}

    fewer, others = grains["fewer"], grains["others"]
    yield "grains", False, answer, altered(fewest=grains["fewest"] + 1)
    yield "price raised", False, answer, altered(fewer={**fewer, "price": fewer["price"] // 2})
    yield "price lowered", False, answer, altered(others={**others, "price": -grains["grain"]})
    for name, half in (("fewer", fewer), ("others", others)):
        kind = next(iter(half["proof"]))
        yield "radius raised", False, answer, altered(**{name: _radius(half, kind, lots, raised=True)})


def _of_tree(answer, certificate, kind, lots):
    nodes = certificate["proof"][kind]["nodes"]

    def with_node(number, change):
        altered, proof = _altered(certificate, kind)
        proof["nodes"] = list(nodes)
        node = copy.deepcopy(nodes[number])
        change(node)
        proof["nodes"][number] = node
        return altered

    def siblings(number):
        parent = nodes[number]["parent"]
        return [n for n, node in enumerate(nodes) if node["parent"] == parent and n != number]

    # The children of a node share out its times, each once: with fewer, or one twice, an answer is lost.
    number = lots.randrange(len(nodes))
    others = siblings(number)
    if others and nodes[number].get("times"):
        times = nodes[others[0]]["times"]
        yield "node's times", True, answer, with_node(number, lambda node: node.update(times=times))

    altered, proof = _altered(certificate, kind)
    proof["nodes"] = nodes[:-1]
    # Without one of its patches a node proves less, which may be enough.
    is_patch = "patch" in nodes[-1]
    yield "node removed", bool(siblings(len(nodes) - 1)) and not is_patch, answer, altered

    patches = [n for n, node in enumerate(nodes) if "patch" in node]
    if patches:
        number = lots.choice(patches)
        sites = nodes[number]["patch"]
        for name, fewer in (("patch without its first site", sites[1:]), ("patch without sites", [])):
            yield name, not fewer, answer, with_node(number, lambda node, s=fewer: node.update(patch=s))

    priced = [n for n, node in enumerate(nodes) if node.get("radii") or node.get("prices")]
    if priced:

        def raise_one(node):
            if node.get("radii"):
                node["radii"][lots.randrange(len(node["radii"]))] = 8 * max(*node["radii"], 2**20)
            else:
                node["prices"][lots.randrange(len(node["prices"]))] += 2**40

        yield "node's multiplier", False, answer, with_node(lots.choice(priced), raise_one)
