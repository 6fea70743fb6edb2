"""What is asked of a programme: the day, the goal, the goals that are held, and promises."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any


@dataclasses.dataclass(frozen=True)
class Promise:
    """Is something that was promised of a site: `what` is open, upgrade or close."""

    site: str
    what: str
    period: int
    package: str


@dataclasses.dataclass(frozen=True)
class State:
    """Says what has become of a site: built, under-way, failed or not-begun."""

    site: str
    state: str
    package: str = ""
    period: int = 0


@dataclasses.dataclass(frozen=True)
class Replan:
    """Holds promises and what has become of them."""

    promised: tuple[Promise, ...] = ()
    state: tuple[State, ...] = ()
    begun_by: int = 0
    changes: int | None = None
    price: int = 0


@dataclasses.dataclass(frozen=True)
class Question:
    """Is a question; `held` are goals with the values at which they are held.

    `outlook` is `together`, `as-written`, or a future by its name.
    """

    as_of: datetime.date | None = None
    goal: str | None = None
    held: tuple[tuple[str, int], ...] = ()
    replan: Replan | None = None
    outlook: Any = "together"


def promises(openings: list[dict[str, Any]]) -> tuple[Promise, ...]:
    """Returns the promises of a plan that was written."""
    return tuple(
        Promise(row["site"], row.get("action", "open"), row["period"], row["package"]) for row in openings
    )


def written(question: dict[str, Any]) -> Question:
    """Reads a question as a plan has it. Locks and quotas as taken are not asked here."""
    day = question.get("as_of")
    held = tuple((row["goal"], row["value"]) for row in question.get("held", []))
    replan = question.get("replan")
    if replan is not None:
        state = tuple(
            State(row["site"], row["state"], row.get("package") or "", row.get("period") or 0)
            for row in replan.get("state", [])
        )
        replan = Replan(
            promised=promises(replan["promised"]),
            state=state,
            begun_by=replan.get("begun_by", 0),
            changes=replan.get("changes"),
            price=replan.get("price") or 0,
        )
    as_of = None if day is None else datetime.date.fromisoformat(day)
    return Question(as_of, question.get("goal"), held, replan, question.get("outlook", "together"))
