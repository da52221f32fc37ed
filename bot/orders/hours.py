"""Reads hours as people write them: "after six", "zwischen 14 und 18 Uhr", "с 10 до 12", "late afternoon".

"After six" begins at 06:00 or at 18:00: both are given back, and the hours of delivery may decide. "10 to 2" can only
be 10:00 to 14:00. A part of the day narrows a clock: "evening at 7" is 19:00.
Pure; the texts are folded, with figures for spoken numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time, timedelta
from itertools import product

_DAY = 24 * 60
_NOON = 12 * 60
_MOST_CLAIMS = 4


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of a day; one that is a moment ("at 5 pm") starts and ends at once.

    Attributes:
        start: local wall-clock time, None when it may be as early as you like.
        end: not before `start`; None when it may be as late as you like, also for midnight.
    """

    start: time | None = None
    end: time | None = None


@dataclass(frozen=True, slots=True)
class HoursReading:
    """What a text says about hours.

    Attributes:
        hours: the stretches that it may mean, the earliest first; none when it says nothing or nothing that fits.
        said: it says something about hours.
        impossible: no clock shows it, as 25:00, or it ends before it begins.
        ahead: "in two hours": how long from now; None otherwise.
        soonest: "as soon as possible".
    """

    hours: tuple[Hours, ...] = ()
    said: bool = False
    impossible: bool = False
    ahead: timedelta | None = None
    soonest: bool = False


class _ImpossibleClockError(ValueError):
    """No clock shows it."""


_Span = tuple[int, int]
"""Minutes of the day, from and to; 0 and 1440 are open ends."""

_GERMAN_DAY = (
    r"(?: ?\d| (?:[a-z]*tag|mittwoch|sonnabend|mo|di|mi|do|fr|sa|so|abend|morgen|(?:vor|nach)?mittags?|spaten|fruhen|"
    r"nachsten|naechsten|kommenden|\w+ten)\b)"
)
_AM = rf"a\.m\b\.?|am\b(?!{_GERMAN_DAY})|in the morning|утра|morgens|vormittags"
_PM = r"p\.?m\b\.?|in the (?:afternoon|evening)|at night|дня|вечера|nachmittags|abends"
_MARK = r"uhr|hrs|h|o'clock|час(?:а|ов)?|ч\b\.?"
_NO_CLOCK = (
    r"(?![\w%€$]|[.:,/]\d|-?(?:го|ого|е|х)\b| ?(?:days?|tag|дня|дней|день|недел|weeks?|woche|числ|январ|"
    r"феврал|март|апрел|ма[йя]|июн|июл|август|сентяб|октяб|нояб|декаб))"
)


def _clock(number: int) -> str:
    """Return the pattern of one time of the clock, its groups numbered."""
    n = number
    return (
        rf"(?P<h{n}>\d{{1,2}})(?:[:.](?P<i{n}>\d\d))?(?P<k{n}> ?(?:{_MARK})\b)?"
        rf"(?: ?(?:(?P<a{n}>{_AM})|(?P<p{n}>{_PM})|(?P<o{n}>ночи|nachts)))?"
    )


_UNTIL = (
    r"before|until|till?|by|bis(?: spatestens)?|vor|до|к|no later than|not later than|spatestens(?: um|"
    r" bis)?|не позже|не позднее"
)
_SINCE = (
    r"after|from|starting(?: at| from)?|ab|nach|после|с|со|no earlier than|not earlier than|"
    r"fruhestens(?: um| ab)?|не раньше|начиная с"
)
_AT = r"at|around|about|um|gegen|so gegen|ca\.?|circa|ungefahr um|в|во|около|примерно в|часов в|часиков в|@"
_RANGES = (
    re.compile(
        rf"\b(?:between|btw|zwischen|между) {_clock(1)} ?(?:and|und|и|to|-) ?{_clock(2)}{_NO_CLOCK}",
    ),
    re.compile(
        rf"(?:\b(?:from|von|ab|с|со|от|в|um|at) )?(?<![\d.:])\b{_clock(1)} ?(?:-|to|till?|until|bis|и? ?до|"
        rf"по) ?{_clock(2)}{_NO_CLOCK}"
    ),
)
_BOUND = re.compile(
    rf"\b(?:(?P<since>{_SINCE})|(?P<until>{_UNTIL})|(?P<at>{_AT})) {_clock(1)}{_NO_CLOCK}"
    r"(?P<later> ?\+| or later| oder spater| или позже| onwards?| on\b(?= ?$))?"
)
_BARE = re.compile(
    r"(?<![\d.:,/-])\b(?:(?P<h1>\d{1,2})(?::(?P<i1>\d\d))(?: ?(?:uhr|hrs|h|ч)\b)?|"
    r"(?P<h2>\d{1,2})(?:[:.](?P<i2>\d\d))? ?(?:uhr|hrs|h|o'clock|час(?:а|ов)?)\b)"
    rf"(?: ?(?:(?P<a1>{_AM})|(?P<p1>{_PM})|(?P<o1>ночи|nachts)))?(?P<later> ?\+| or later| oder spater|"
    rf" или позже)?(?![\w])"
    rf"|(?<![\d.:,/-])\b(?P<h3>\d{{1,2}})(?:[:.](?P<i3>\d\d))? ?(?:(?P<a3>a\.?m\b\.?(?!{_GERMAN_DAY}))|"
    rf"(?P<p3>p\.?m\b\.?))(?!\w)"
)
_HALVES = r"(?P<early>early |fruhen |fruher |рано |ранним )|(?P<late>late |spaten |spater |поздно |поздним )"
_PARTS: dict[str, tuple[_Span, ...]] = {
    r"morning|fruh|vormittags?|morgens|утром|с утра|до обеда|перв(?:ой|ую) половин[еу] дня|before lunch|"
    r"vor dem mittag(?:essen)?|(?<=\bam )morgen|(?<=\bheute )morgen|(?<=\bfruhen )morgen": ((6 * 60, _NOON),),
    r"midday|lunchtime|mittags?|в обед|обед": ((11 * 60, 14 * 60),),
    r"before noon|до полудня": ((0, _NOON),),
    r"noon|полдень": ((_NOON, _NOON),),
    r"afternoon|nachmittags?|днем|после обеда|втор(?:ой|ую) половин[еу] дня|after lunch|"
    r"nach dem mittag(?:essen)?": ((_NOON, 18 * 60),),
    r"evening|abends?|вечером": ((18 * 60, 22 * 60),),
    r"night": ((18 * 60, 22 * 60), (22 * 60, _DAY)),
    r"nachts?|ночью": ((0, 6 * 60), (22 * 60, _DAY)),
    r"any ?time|all day|whenever|jederzeit|egal wann|ganztagig|den ganzen tag|(?:в )?любое время|весь день|"
    r"целый день": ((0, _DAY),),
}
_PART = re.compile(
    rf"\b(?:in the |in |at |am |in der |uber |во? |со? )?(?:{_HALVES})?(?:in the |in der )?(?:"
    + "|".join(f"(?P<part{number}>{names})" for number, names in enumerate(_PARTS))
    + r")\b"
)
_TONIGHT = re.compile(r"\btonight\b|\bэтим вечером\b")
_THIS = re.compile(r"\bthis (?=(?:early |late )?(?:morning|afternoon|evening)\b)")
_AHEAD = re.compile(
    r"\b(?:in|через) (?:(?P<n>\d{1,2}|an?|einer|1) )?(?P<half>half an |einer halben |пол)?"
    r"(?:(?P<hours>hours?|stunden?|час(?:а|ов)?)|(?P<minutes>min(?:utes?|uten)?|минут[уы]?))\b"
)
_SOONEST = re.compile(
    r"\b(?:as soon as (?:possible|you can)|asap|(?:so|as) (?:bald|schnell|fruh) wie moglich|"
    r"schnellstmoglich|baldmoglichst|"
    r"moglichst (?:bald|schnell)|sofort|right away|right now|immediately|как можно (?:скорее|быстрее|раньше)|"
    r"чем (?:быстрее|скорее|раньше),? тем лучше|побыстрее|срочно|прямо сейчас|jetzt gleich|сейчас)\b"
)
_TIDIED = (
    (re.compile(r"\bzw\. ?(?=\d)"), "zwischen "),
    (re.compile(r"(?<=\d) u\. (?=\d)"), " und "),
    (re.compile(r"\b(\d{1,2}) ?(?:uhr|h) ?([0-5]\d)\b"), r"\1:\2 uhr"),
    (re.compile(r"\b(\d{1,2})\.([0-5]\d) ?- ?(\d{1,2})\.([0-5]\d)(?= ?(?:uhr|h|am|pm)\b)"), r"\1:\2-\3:\4"),
    (re.compile(r"\b(\d{1,2})\.([0-5]\d)(?= ?(?:uhr|h|am|pm)\b)"), r"\1:\2"),
    (re.compile(r"\b(um|at|gegen) (\d{1,2})\.([0-5]\d)\b(?!\.)"), r"\1 \2:\3"),
)


def tidy_clocks(text: str) -> str:
    """Return the text with a colon in what is surely a clock: "5.10 Uhr" is no 5 October."""
    for pattern, clearer in _TIDIED:
        text = pattern.sub(clearer, text)
    return text


def take_hours(text: str) -> tuple[str, HoursReading]:
    """Return the text without its hours, and what they are."""
    rest, soonest = _SOONEST.subn(" ", text)
    rest = _THIS.sub(" today ", _TONIGHT.sub(" today evening ", rest))
    ahead = _AHEAD.search(rest)
    if ahead:
        rest = f"{rest[: ahead.start()]} {rest[ahead.end() :]}"
    claims: list[tuple[_Span, ...]] = []
    try:
        rest = _taken(rest, claims)
    except _ImpossibleClockError:
        return rest, HoursReading(said=True, impossible=True)
    said = bool(claims or ahead or soonest)
    return rest, HoursReading(_agreed(claims), said, ahead=_delay(ahead) if ahead else None, soonest=bool(soonest))


def _taken(rest: str, claims: list[tuple[_Span, ...]]) -> str:
    """Add to the claims what each stretch about hours allows; return the text without them."""
    for pattern in _RANGES:
        claims += [_range(said) for said in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    for pattern in (_BOUND, _BARE):
        claims += [_bound(said) for said in pattern.finditer(rest)]
        rest = pattern.sub(" ", rest)
    claims += [_part(said) for said in _PART.finditer(rest)]
    return _PART.sub(" ", rest)


def _delay(said: re.Match[str]) -> timedelta:
    count = int(said["n"]) if (said["n"] or "").isdecimal() else 1
    whole = timedelta(hours=count) if said["hours"] else timedelta(minutes=count)
    return whole / 2 if said["half"] else whole


def _minutes(said: re.Match[str], n: int) -> tuple[int, ...]:
    """Return the minutes of the day that a written clock may mean.

    Raises:
        _ImpossibleClockError: there is no such time.
    """
    groups = said.groupdict()
    written, minute = said[f"h{n}"], int(groups.get(f"i{n}") or 0)
    hour = int(written)
    if hour > 24 or minute > 59 or (hour == 24 and minute):  # noqa: PLR2004  # what a clock shows
        raise _ImpossibleClockError
    if groups.get(f"a{n}"):
        hours = _before_noon(hour)
    elif groups.get(f"p{n}"):
        hours = (hour % 12 + 12,) if hour <= 12 else (hour,)  # noqa: PLR2004
    elif groups.get(f"o{n}"):
        hours = (hour % 12,) if hour < 6 or hour == 12 else (hour % 12 + 12,)  # noqa: PLR2004
    elif written[0] == "0" or hour >= 12 or (hour >= 10 and groups.get(f"i{n}")):  # noqa: PLR2004
        hours = (hour,)
    else:
        hours = (hour, hour + 12)
    return tuple(60 * one + minute for one in hours)


def _before_noon(hour: int) -> tuple[int, ...]:
    if hour > 12:  # noqa: PLR2004  # nobody says 18 am
        raise _ImpossibleClockError
    return (hour % 12,)


def _range(said: re.Match[str]) -> tuple[_Span, ...]:
    """Return the stretches that "2 to 4" may be, each start with the next end after it."""
    starts, ends = _minutes(said, 1), _minutes(said, 2)
    if starts[0] > _NOON and not said["p1"]:  # who counts to 24 does it twice
        ends = ends[:1]
    spans = tuple((start, min(end for end in ends if end > start)) for start in starts if max(ends) > start)
    if not spans:
        raise _ImpossibleClockError
    return spans[-1:] if said["p2"] else spans


def _bound(said: re.Match[str]) -> tuple[_Span, ...]:
    groups = said.groupdict()
    which = next(n for n in (1, 2, 3) if groups.get(f"h{n}"))
    found = _minutes(said, which)
    if groups.get("since") or groups.get("later"):
        return tuple((start, _DAY) for start in found)
    if groups.get("until"):
        return tuple((0, end) for end in found)
    if _DAY in found:
        raise _ImpossibleClockError
    return tuple((moment, moment) for moment in found)


def _part(said: re.Match[str]) -> tuple[_Span, ...]:
    """Return what a part of the day is, its first half when it is early and its second when it is late."""
    number = next(int(name[4:]) for name, text in said.groupdict().items() if text and name.startswith("part"))
    spans = list(_PARTS.values())[number]
    if said["early"]:
        return tuple((start, (start + end) // 2) for start, end in spans)
    if said["late"]:
        return tuple(((start + end) // 2, end) for start, end in spans)
    return spans


def _agreed(claims: list[tuple[_Span, ...]]) -> tuple[Hours, ...]:
    """Return the stretches on which all claims agree; of several in one another the narrowest."""
    if not 0 < len(claims) <= _MOST_CLAIMS:
        return ()
    spans = {(max(span[0] for span in chosen), min(span[1] for span in chosen)) for chosen in product(*claims)}
    spans = {(start, end) for start, end in spans if start <= end}
    if len(claims) > 1:
        spans = {one for one in spans if not any(other != one and _within(other, one) for other in spans)}
    return tuple(_hours(span) for span in sorted(spans))


def _within(inner: _Span, outer: _Span) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _hours(span: _Span) -> Hours:
    start, end = span
    begins = time(start // 60, start % 60) if start or not end else None
    return Hours(begins, time(end // 60, end % 60) if end < _DAY else None)


def likely_hours(candidates: Iterable[Hours], opens: time, closes: time) -> tuple[Hours, ...]:
    """Return the stretches whose named ends lie within the hours of delivery; all of them when none does.

    Args:
        candidates: what was read, as 06:00 or 18:00 for "at six".
        opens: when delivery begins.
        closes: when it ends, later than `opens`.
    """
    read = tuple(candidates)
    inside = tuple(one for one in read if all(end is None or opens <= end <= closes for end in (one.start, one.end)))
    return inside or read
