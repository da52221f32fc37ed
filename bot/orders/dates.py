"""Reads a day as people write it: "tomorrow", "am Freitag", "через 3 дня", "24.12.", "December 24", "2026-12-24".

"Friday" said on a Friday may be today or in a week; "3/4" may be in March or in April. Such a text is read as several
days, and the form asks which one is meant. Words that nobody knows ("not tomorrow", "until Friday") make it unsure.
Pure: the caller brings today's date in the customer's zone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.orders.hours import HoursReading, take_hours, tidy_clocks
from bot.orders.numbers import NUMBER_WORDS
from bot.orders.spoken import spoken_as_figures
from bot.orders.words import POLITE, fold, word_set


@dataclass(frozen=True, slots=True)
class DayReading:
    """What a text says about a day.

    Attributes:
        days: the days that it may mean, the earliest first; none when it names no day.
        sure: every word was understood.
        timed: it also names a time of day, which is not part of `days`.
        impossible: it names a day that no calendar has, such as 31 February.
    """

    days: tuple[date, ...] = ()
    sure: bool = True
    timed: bool = False
    impossible: bool = False


def _named(prefix: str, names: Iterable[str], first: int) -> str:
    """Return a pattern with one named group for each thing that has names: `w0` for Monday, `m12` for December."""
    return "(?:" + "|".join(f"(?P<{prefix}{number}>{name})" for number, name in enumerate(names, first)) + ")"


_WEEKDAY = _named(
    "w",
    (
        r"monday|mon|montag|mo(?=[.,]|  | ?$)|понедельник|пн",
        r"tuesday|tues?|dienstag|di(?=[.,]|  | ?$)|вторник|вт",
        r"wednesday|weds?|mittwoch|mi(?=[.,]|  | ?$)|сред[ауы]|ср",
        r"thursday|thurs?|thu|donnerstag|do(?=[.,]|  | ?$)|четверг|чт",
        r"friday|fri|freitag|fr(?=[.,]|  | ?$)|пятниц[ауы]|пт",
        r"saturday|sat|samstag|sonnabend|sa(?=[.,]|  | ?$)|суббот[ауы]|сб",
        r"sunday|sun|sonntag|so(?=[.,]|  | ?$)|воскресень[ея]|вс",
    ),
    0,
)
_MONTH = _named(
    "m",
    (
        r"january|januar|janner|jan|январ[ья]|янв",
        r"february|februar|feb|феврал[ья]|фев",
        r"march|marz|maerz|mar|марта?|мар",
        r"april|apr|апрел[ья]|апр",
        r"may|mai|ма[йя]",
        r"june|juni|jun|июн[ья]|июн",
        r"july|juli|jul|июл[ья]|июл",
        r"august|aug|августа?|авг",
        r"september|sept?|сентябр[ья]|сент?",
        r"october|oktober|oct|okt|октябр[ья]|окт",
        r"november|nov|ноябр[ья]|нояб?",
        r"december|dezember|dec|dez|декабр[ья]|дек",
    ),
    1,
)
_DAY = r"(?P<d>0?[1-9]|[12]\d|3[01])"
_NUMERIC_MONTH = r"(?P<m>0?[1-9]|1[0-2])"
_NTH = r"(?:st|nd|rd|th|-?ого|-?го|-?е)"
_NEXT_WEEK = r"(?:next week|(?:in der )?n(?:a|ae)chste[rn]? woche|(?:на )?следующей недел[еи])"
_COUNTED = r"(?:days?|tag(?:en?)?|дня|дней|день|(?P<weeks>weeks?|wochen?|недел[юиь]))"

_UNTIL_NEXT_LEAP_DAY = 9
_MONTHS_A_YEAR = 12
_A_GERMAN_WEEK = 8
"""Days: "in acht Tagen" is a week from today to many, counting today."""
_WEEK = timedelta(days=7)

Days = tuple[date, ...]


def _number_of(prefix: str, said: re.Match[str]) -> int:
    """Return the number of the named group that matched: 4 for `w4`."""
    return next(
        int(name[1:]) for name, text in said.groupdict().items() if text and name[0] == prefix and name[1:].isdecimal()
    )


def _dated(day: int, month: int, year: str | None, today: date) -> Days:
    """Return the day; without a year the next one from today on.

    Raises:
        ValueError: no calendar has it.
    """
    if year:
        return (date(int(year) + (2000 if len(year) == 2 else 0), month, day),)  # noqa: PLR2004
    for later in range(_UNTIL_NEXT_LEAP_DAY):
        try:
            found = date(today.year + later, month, day)
        except ValueError:
            continue
        if found >= today:
            return (found,)
    raise ValueError


def _by_number(said: re.Match[str], today: date) -> Days:
    return _dated(int(said["d"]), int(said["m"]), said["y"], today)


def _by_name(said: re.Match[str], today: date) -> Days:
    return _dated(int(said["d"]), _number_of("m", said), said["y"], today)


def _either_way(said: re.Match[str], today: date) -> Days:
    """Read "3/4": the month may stand first or last."""
    one, other, found = int(said["a"]), int(said["b"]), set[date]()
    for day, month in ((one, other), (other, one)):
        if month <= _MONTHS_A_YEAR:
            found |= set(_dated(day, month, said["y"], today))
    if not found:
        raise ValueError
    return tuple(sorted(found))


def _day_of_month(said: re.Match[str], today: date) -> Days:
    """Read "the 24th": in this month or the next that has it; said on the 24th it may be both."""
    day, found = int(said["d"]), []
    for later in range(3):
        month = today.month - 1 + later
        try:
            found.append(date(today.year + month // _MONTHS_A_YEAR, month % _MONTHS_A_YEAR + 1, day))
        except ValueError:
            continue
    ahead = [one for one in found if one >= today]
    return tuple(ahead[: 2 if ahead[0] == today else 1])


def _counted(said: re.Match[str], today: date) -> Days:
    """Read "in 3 days", "in einer Woche", "через неделю"."""
    word = said["n"] or "1"
    count = int(word) if word.isdecimal() else 1 if word == "a" else int(NUMBER_WORDS.get(word, 0))
    if count == _A_GERMAN_WEEK and "tag" in said[0]:
        return (today + _WEEK, today + timedelta(days=count))
    return (today + count * (_WEEK if said["weeks"] else timedelta(days=1)),) if count else ()


def _weekday(said: re.Match[str], today: date) -> Days:
    """Read "Friday" and "next Friday"; the latter may be in this week or in the next one."""
    ahead = (_number_of("w", said) - today.weekday()) % 7
    coming = today + timedelta(days=ahead)
    if ahead == 0:
        return (coming + _WEEK,) if said["next"] else (coming,) if said["this"] else (coming, coming + _WEEK)
    this_week = today.weekday() + ahead < 7  # noqa: PLR2004  # days of a week
    return (coming, coming + _WEEK) if said["next"] and this_week else (coming,)


def _weekday_next_week(said: re.Match[str], today: date) -> Days:
    return (today - timedelta(days=today.weekday()) + _WEEK + timedelta(days=_number_of("w", said)),)


def _weekday_later(said: re.Match[str], today: date) -> Days:
    """Read "Freitag in einer Woche": a week behind the coming one."""
    ahead = (_number_of("w", said) - today.weekday()) % 7
    return (today + timedelta(days=ahead) + _WEEK,)


def _after(days: int) -> Callable[[re.Match[str], date], Days]:
    return lambda _said, today: (today + timedelta(days=days),)


_Rule = tuple[re.Pattern[str], Callable[[re.Match[str], date], Days]]
_CALENDAR: tuple[_Rule, ...] = (
    (re.compile(r"\b(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})\b"), _by_number),
    (re.compile(rf"\b{_DAY}\. ?{_NUMERIC_MONTH}\. ?(?P<y>\d{{4}})\b"), _by_number),
    (re.compile(rf"\b{_DAY}\. ?{_NUMERIC_MONTH}(?:\.(?P<y>\d\d)\b|\.(?!\d)|(?![\d.:]))"), _by_number),
    (re.compile(r"\b(?P<a>\d{1,2})[/](?P<b>\d{1,2})(?:/(?P<y>\d{4}|\d{2}))?\b"), _either_way),
    (re.compile(r"\b(?P<a>\d{1,2})-(?P<b>\d{1,2})-(?P<y>\d{4})\b"), _either_way),
    (re.compile(rf"\b{_DAY}(?:\.|{_NTH})? ?(?:of )?{_MONTH}\b\.?(?:,? (?P<y>\d{{4}})\b)?"), _by_name),
    (re.compile(rf"\b{_MONTH}\.? (?:the )?{_DAY}(?:{_NTH}\b|\.)?(?![\d:])(?:,? (?P<y>\d{{4}})\b)?"), _by_name),
)
_COUNTS: tuple[_Rule, ...] = (
    (re.compile(rf"\b{_WEEKDAY}\b,? in (?:einer|1) woche\b"), _weekday_later),
    (re.compile(rf"\ba week on {_WEEKDAY}\b"), _weekday_later),
    (
        re.compile(
            rf"\b(?:(?:today|heute|сегодня|ровно),? )?(?:in|через) (?P<n>\d{{1,2}}|[^\W\d_]+) {_COUNTED}"
            r"(?: from (?:now|today))?\b"
        ),
        _counted,
    ),
    (re.compile(r"\b(?:ровно )?через(?P<n>) (?P<weeks>неделю)\b"), _counted),
    (re.compile(rf"\b(?P<n>a|\d{{1,2}}) {_COUNTED} from (?:now|today)\b"), _counted),
    (re.compile(r"\bin a fortnight\b"), _after(14)),
)
_RELATIVE: tuple[_Rule, ...] = (
    (re.compile(r"\b(?:the )?day after tomorrow\b|\buebermorgen\b|\bubermorgen\b|\bпослезавтра\b"), _after(2)),
    (re.compile(r"\b(?:tomorrow|tommorr?ow|tomorr?o|tomorow|tmrw?|morgen|завтра)\b"), _after(1)),
    (re.compile(r"\b(?:today|heute|сегодня)\b"), _after(0)),
    (re.compile(r"\b(?:the )?day before yesterday\b|\bvorgestern\b|\bпозавчера\b"), _after(-2)),
    (re.compile(r"\b(?:yesterday|gestern|вчера)\b"), _after(-1)),
    (re.compile(rf"(?<![\d.,:/-])\b{_DAY}(?:{_NTH}(?: числа)?\b| числа\b|\.(?= |,|$))"), _day_of_month),
)
_WEEKLY: tuple[_Rule, ...] = (
    (re.compile(rf"\b{_WEEKDAY}\b,? {_NEXT_WEEK}\b"), _weekday_next_week),
    (re.compile(rf"\b{_NEXT_WEEK},? (?:on |am |в |во )?{_WEEKDAY}\b"), _weekday_next_week),
    (
        re.compile(
            r"\b(?:(?P<next>next|n(?:a|ae)chste[nrs]?|следующ\w+) |"
            rf"(?P<this>this|coming|diese[nrs]?|kommende[nrs]?|эт\w+|ближайш\w+) )?{_WEEKDAY}\b"
        ),
        _weekday,
    ),
)
_BARE = re.compile(rf"{_DAY}")
_AROUND = POLITE | word_set("""
    on the of in at it is it's would be i i'd like want good great fine works perfect best delivery deliver date ok
    am an im den dem der es ist ware waere schon gern gerne lieber gut passt ich mochte moechte hatte haette lieferung
    liefern datum
    but only nur aber но только
    в во на для хочу бы можно мне удобно лучше доставка доставку доставить год года г дата
""")
_LONGEST = 200


def _apply(rules: Iterable[_Rule], text: str, today: date, found: set[date]) -> str:
    """Add the days that the rules find to `found`; return the text without them."""
    for pattern, read in rules:
        for said in pattern.finditer(text):
            found.update(read(said, today))
        text = pattern.sub(" ", text)
    return text


_COMPOUND = re.compile(
    r"\b((?:mon|diens|donners|frei|sams|sonn)tag|mittwoch|sonnabend)"
    r"(fruh|morgen|vormittags?|mittags?|nachmittags?|abends?)\b"
)
""""Freitagnachmittag" is Friday afternoon."""


def read_day(text: str, today: date) -> DayReading:
    """Return what a text says about a day, in any of the languages.

    Args:
        text: what the customer wrote.
        today: the date at the shop.
    """
    return read_day_and_hours(text, today)[0]


def read_day_and_hours(text: str, today: date) -> tuple[DayReading, HoursReading]:
    """Return what a text says about a day and about hours; the day is sure when every word of both was understood."""
    rest = _COMPOUND.sub(r"\1 \2", " ".join(fold(text[: _LONGEST + 1]).split()))
    if len(text) > _LONGEST:
        return DayReading(sure=False), HoursReading()
    found, weekly, hours = set[date](), set[date](), HoursReading()
    try:
        rest = _apply(_CALENDAR, tidy_clocks(spoken_as_figures(rest)), today, found)
        rest, hours = take_hours(_apply(_COUNTS, rest, today, found))
        rest = _apply(_WEEKLY, _apply(_RELATIVE, rest, today, found), today, weekly)
        if bare := _BARE.fullmatch(rest.strip()):
            return DayReading(_day_of_month(bare, today), sure=False), hours
    except (ValueError, OverflowError):
        return DayReading(sure=False, impossible=True), hours
    if not found or not {day.weekday() for day in weekly} <= {day.weekday() for day in found}:
        found |= weekly
    left = re.findall(r"[^\W_]+(?:'\w+)?", rest)
    sure = set(left) <= _AROUND and not hours.impossible
    return DayReading(tuple(sorted(found)), sure, timed=hours.said), hours
