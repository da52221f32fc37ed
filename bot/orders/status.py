"""What becomes of an order, and which change is allowed: new, confirmed, shipped, delivered, cancelled, returned.

Olga confirms S-1042, and ships it with the parcel's address. Max, whose screen still shows it as new, presses "Refuse"
and hears that it is shipped. Olga pressed "Delivered" by mistake: she takes it one step back, and writes why.
Pure; what is refused comes back as a value.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

LONGEST_LINK = 1000
"""Characters of a parcel's address."""
_NOT_IN_A_LINK = re.compile(
    r"[\s<>\"\\^`{|}\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]"
)
"""Also what nobody sees, and what turns the letters behind it around: the address is another one than people read."""


class State(StrEnum):
    """How an order stands."""

    NEW = "new"
    CONFIRMED = "confirmed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


NEXT: dict[State, tuple[State, ...]] = {
    State.NEW: (State.CONFIRMED, State.SHIPPED, State.CANCELLED),
    State.CONFIRMED: (State.SHIPPED, State.DELIVERED, State.CANCELLED),
    State.SHIPPED: (State.DELIVERED, State.RETURNED),
    State.DELIVERED: (State.RETURNED,),
    State.CANCELLED: (),
    State.RETURNED: (),
}
"""Where an order goes by itself; what is picked up in the shop is delivered without being shipped."""
BACK: dict[State, tuple[State, ...]] = {
    State.NEW: (),
    State.CONFIRMED: (State.NEW,),
    State.SHIPPED: (State.CONFIRMED, State.NEW),
    State.DELIVERED: (State.SHIPPED, State.CONFIRMED),
    State.CANCELLED: (State.NEW, State.CONFIRMED),
    State.RETURNED: (State.SHIPPED, State.DELIVERED),
}
"""Where staff may take it back to who erred, with a word on why."""
ALL = frozenset(State)
ALWAYS = frozenset({State.NEW, State.CANCELLED})
"""States that whatever is made with a form can have: it comes in, and it may be called off."""
OF_OTHERS = ALWAYS | {State.CONFIRMED, State.DELIVERED}
"""States of what a further form made, where its owner says nothing: a call-back is taken up, and done."""
OPEN = frozenset({State.NEW, State.CONFIRMED})
"""What may still be changed with the customer's consent: nothing is on its way yet."""
GIVES_BACK = frozenset({State.CANCELLED, State.RETURNED})
"""States in which what was taken off the shelf stands there again."""


class Why(StrEnum):
    """Why a change is refused."""

    SAME = "same"
    OVERTAKEN = "overtaken"
    NOT_FROM = "not_from"
    NEEDS_NOTE = "needs_note"
    NOT_HERE = "not_here"
    BAD_LINK = "bad_link"
    NUMBER_ONLY = "number_only"
    LINK_ELSEWHERE = "link_elsewhere"
    SOLD_OUT = "sold_out"


@dataclass(frozen=True, slots=True)
class Allowed:
    """The change may be made; `back` when it takes back a mistake, `relinked` when only the link is another one."""

    back: bool = False
    relinked: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The change may not be made; `now` is how the order stands."""

    why: Why
    now: State


def following(now: State, states: Collection[State] = ALL) -> tuple[State, ...]:
    """Return where something goes by itself; what its form has no use for is passed through."""
    return _reached(NEXT, now, states)


def back_from(now: State, states: Collection[State] = ALL) -> tuple[State, ...]:
    """Return where staff may take it back to, likewise."""
    return _reached(BACK, now, states)


def _reached(ways: Mapping[State, tuple[State, ...]], now: State, states: Collection[State]) -> tuple[State, ...]:
    found: list[State] = []
    for one in ways[now]:
        found += [one] if one in states else _reached(ways, one, states)
    return tuple(dict.fromkeys(found))


def judge(
    now: State,
    wanted: State,
    *,
    expected: State | None = None,
    note: str = "",
    tracking: str = "",
    link: str = "",
    states: Collection[State] = ALL,
) -> Allowed | Refused:
    """Return whether an order may be put into a state.

    Args:
        now: how it stands.
        wanted: how it shall stand.
        expected: how it stood for the one who asks; None for who looks at nothing.
        note: why.
        tracking: a new address of the parcel's page, for `shipped` only.
        link: the address that it has.
        states: those that its form knows.
    """
    if expected is not None and expected is not now:
        return Refused(Why.SAME if wanted is now else Why.OVERTAKEN, now)
    if wanted not in states and wanted is not now:
        return Refused(Why.NOT_HERE, now)
    if tracking and (wanted is not State.SHIPPED or not is_link(tracking)):
        return Refused(Why.BAD_LINK if wanted is State.SHIPPED else Why.LINK_ELSEWHERE, now)
    if wanted is now:
        return Allowed(relinked=True) if tracking and tracking != link else Refused(Why.SAME, now)
    back = wanted in back_from(now, states)
    if wanted in following(now, states) or (back and note):
        return Allowed(back=back)
    return Refused(Why.NEEDS_NOTE if back else Why.NOT_FROM, now)


def is_link(text: str) -> bool:
    """Return whether a text is a web address that a customer may be sent: http or https, a host, no password."""
    if len(text) > LONGEST_LINK or _NOT_IN_A_LINK.search(text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    names = (host or "").removesuffix(".").split(".")
    return parts.scheme in {"http", "https"} and len(names) > 1 and all(names) and "@" not in parts.netloc


def state_of(text: str) -> State | None:
    """Return the state of this name, None for another word."""
    return State(text) if text in State.__members__.values() else None


_BARE_LINK = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}(?::\d+)?(?:[/?#]\S*)?")
_PARCEL = re.compile(r"(?=(?:\D*\d){8})[A-Za-z]{0,4}\d[A-Za-z\d]{6,34}")
"""Eight digits or more, as carriers number parcels: 00340434161094042557, 1Z999AA10123456784, RR123456785DE."""
_MOST_BESIDE = 2
"""Words beside a parcel's number, as the carrier's name; among more of them a number may be something else."""


def link_in(words: str) -> tuple[str, str]:
    """Return the parcel's address that stands in some words, with https:// where that was left out, and the rest."""
    said = words.split()
    for place, word in enumerate(said):
        bare = word.strip("<>(),;").rstrip(".")
        found = bare if "://" in bare else f"https://{bare}" if _BARE_LINK.fullmatch(bare) else ""
        if found:
            return found, " ".join(said[:place] + said[place + 1 :])
    return "", " ".join(said)


def parcel_number_in(words: str) -> str:
    """Return the number of a parcel that is written where its address should be, empty for none."""
    said = [word.strip("<>(),;:.") for word in words.split()]
    found = next((word for word in said if _PARCEL.fullmatch(word)), "")
    return found if len(said) <= 1 + _MOST_BESIDE else ""
