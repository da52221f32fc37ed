"""Finds the day with its hours in a first message: "two boxes tomorrow after six" says "tomorrow after six"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from bot.orders.dates import DayReading, read_day_and_hours
from bot.orders.slot_text import MASK, Marked, Stretch
from bot.orders.slot_words import BEFORE_A_DAY
from bot.orders.windows import read_window
from bot.orders.words import fold, means, word_set, words_of

_TIMELY = re.compile(
    r"\d|[:]|\b(?:today|tomorr?ow|tmrw?|tonight|mon|tue|wed|thu|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|"
    r"saturday|sunday|morning|afternoon|evening|noon|night|week|days?|weekend|heute|morgen|ubermorgen|uebermorgen|"
    r"(?:montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonnabend|sonntag)(?:fruh|morgen|abends?)?|\w*mittags?|abends?|fruh|woche\w*|tag\w*|"
    r"сегодня|завтра|послезавтра|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье|утром|днем|"
    r"вечер\w*|обеда?|недел\w+|дн[яе]\w*|дней|выходн\w+|asap|jan\w*|feb\w*|mar(?:ch)?|apr\w*|may|jun[ei]?|jul[yi]?|aug\w*|sep\w*|"
    r"o[ck]t\w*|nov\w*|de[cz]\w*|\w+(?:аря|раля|преля|юня|юля|густа|тября|оября|абря)|марта|мая)\b"
)
_LEAD_WORDS = 3
_MOST_WORDS = 12


def window_in(message: Marked, now: datetime) -> Stretch | None:
    """Take the day with its hours, if one place alone speaks of days and hours, or one of days and one of hours."""
    found = [one for clause in message.clauses() for one in _window_in(message, *clause, now)]
    if not found or None in found:
        return None
    sure = [one for one in found if one is not None]
    start, end = sure[0][0], sure[-1][1]
    together = message.text[start:end]
    reading = read_window(together, now)
    fits = reading.sure and reading.day.days and MASK not in together
    return (start, end) if fits and not _is_over(reading.day, now) else None


def _is_over(day: DayReading, now: datetime) -> bool:
    return all(one < now.date() for one in day.days)


def _window_in(message: Marked, start: int, end: int, now: datetime) -> Iterator[Stretch | None]:
    """Yield the longest stretch of a clause that surely names a day or hours; None where more of it is timely."""
    words = message.words(start, end)
    timely = [place for place, one in enumerate(words) if _TIMELY.search(fold(message.text[slice(*one)]))]
    if not timely or not _says_time(message.text[start:end], now):
        return
    low, high = max(0, timely[0] - _LEAD_WORDS), min(len(words), timely[-1] + _LEAD_WORDS + 1, timely[0] + _MOST_WORDS)
    for length in range(high - low, 0, -1):
        for first in range(low, high - length + 1):
            stretch = (words[first][0], words[first + length - 1][1])
            reading = read_window(message.text[slice(*stretch)], now)
            if not reading.sure or not (reading.day.days or reading.hours or reading.soonest):
                continue
            before = words_of(message.text[slice(*words[first - 1])]) if first else []
            rest = f"{message.text[start : stretch[0]]} . {message.text[stretch[1] : end]}"
            doubtful = not BEFORE_A_DAY.isdisjoint(before) or _says_time(rest, now)
            yield None if doubtful else _tightened(message, words[first : first + length], now)
            return
    yield None


_OF_A_CLOCK = word_set("uhr h hrs o'clock am pm час часа часов ч утра дня вечера")


def _tightened(message: Marked, words: list[Stretch], now: datetime) -> Stretch:
    """Return the stretch without words at its ends that say nothing of day or hours."""
    reading = read_window(message.text[words[0][0] : words[-1][1]], now)
    while len(words) > 1 and read_window(message.text[words[1][0] : words[-1][1]], now) == reading:
        words = words[1:]
    while len(words) > 1 and read_window(message.text[words[0][0] : words[-2][1]], now) == reading:
        if means(message.text[slice(*words[-1])], _OF_A_CLOCK):
            break
        words = words[:-1]
    start, end = words[0][0], words[-1][1]
    return start, end - len(message.text[start:end]) + len(message.text[start:end].rstrip(" .-"))


def _says_time(text: str, now: datetime) -> bool:
    day, hours = read_day_and_hours(re.sub(r"(?<![\d.:/])\b\d{1,3}\b(?![\d.:/])(?= ?[^\W\d])", "", text), now.date())
    whole = read_day_and_hours(text, now.date())[1]
    return bool(day.days) or day.impossible or hours.said or whole.said
