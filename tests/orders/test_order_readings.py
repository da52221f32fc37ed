"""How days, numbers and phones are read from what people write in three languages."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from bot.orders.dates import DayReading, read_day
from bot.orders.numbers import read_number
from bot.orders.phones import PhoneReading, PhoneTrouble, read_phone, regions_for, shared_phone, shown_phone

WEDNESDAY, THURSDAY, FRIDAY, SATURDAY = (date(2026, 11, day) for day in (25, 26, 27, 28))
NEXT_WEDNESDAY, NEXT_FRIDAY = date(2026, 12, 2), date(2026, 12, 4)
CHRISTMAS_EVE = date(2026, 12, 24)


steady = settings(deadline=None, derandomize=True, max_examples=200)


def cases(table: Mapping[Any, str]) -> list[tuple[str, Any]]:
    return [(text.strip(), meaning) for meaning, texts in table.items() for text in texts.split("|")]


SURE_DAYS = {
    WEDNESDAY: "today | heute | сегодня | this Wednesday | Wednesday, 25 November",
    THURSDAY: """tomorrow | Tomorrow! | tommorow | tmrw | tomorrow please | tomorrow, Thursday | Thursday | morgen |
        bitte morgen | Do. | 26.11. | завтра | Завтра, пожалуйста | на завтра | чт""",
    FRIDAY: """day after tomorrow | the day after tomorrow | in 2 days | Friday | on Friday | this Friday | Fri 27.11. |
        the 27th | übermorgen | uebermorgen | ÜBERMORGEN | in zwei Tagen | am Freitag | freitag | Fr. | Fr |
        kommenden Freitag | Freitag, den 27. November | am 27. | послезавтра | через 2 дня | в пятницу | пт |
        пятница | в эту пятницу | 27-го""",
    SATURDAY: """in 3 days | in three days | Sat | in drei Tagen | Samstag | Sonnabend | через 3 дня |
        через три дня | суббота | в субботу""",
    date(2026, 11, 30): "next Monday | Monday | nächsten Montag | Mo. | в следующий понедельник | понедельник",
    date(2026, 12, 1): "the 1st | Tuesday | am 1. | Dienstag | di. | 1-го | вторник",
    NEXT_WEDNESDAY: """in a week | in one week | next Wednesday | Wednesday next week | in einer Woche |
        через неделю""",
    NEXT_FRIDAY: """Friday next week | next week on Friday | Freitag nächster Woche | nächste Woche Freitag |
        в пятницу на следующей неделе | на следующей неделе в пятницу""",
    date(2026, 12, 9): "in 2 weeks | in 14 days | in zwei Wochen | через 2 недели | через две недели",
    CHRISTMAS_EVE: """24.12. | 24.12 | 24. 12. | 24.12.26 | 24.12.2026 | 24. 12. 2026 | 2026-12-24 | 2026/12/24 |
        12/24 | 24/12 | 24/12/2026 | 12/24/2026 | 24-12-2026 | December 24 | Dec 24 | Dec. 24th | December 24, 2026 |
        December 24th 2026 | 24 December | 24th of December | the 24th of December 2026 | the 24th | 24th |
        Thursday 24 December | 24. Dezember | 24 Dez | am 24. Dezember 2026 | am 24. | Donnerstag, 24.12. |
        Lieferung am 24.12. bitte | 24 декабря | 24 дек | 24 декабря 2026 года | 24-го | 24 числа |
        четверг, 24 декабря""",
    date(2027, 1, 5): "5.1. | January 5 | 5. Januar | 5 января",
    date(2027, 3, 8): "8. März | 8 Maerz | 8.3. | March 8th | 8 марта",
    date(2027, 5, 9): "May 9 | 9. Mai | 9 мая",
    date(2027, 11, 19): "19.11. | 19 November",
    date(2028, 2, 29): "29.2. | February 29 | 29 февраля",
    date(2020, 1, 1): "1.1.2020 | 2020-01-01",
}
TIMED_DAYS = {
    WEDNESDAY: "today at 5 pm | heute Abend | heute morgen | сегодня вечером",
    THURSDAY: """tomorrow morning | tomorrow afternoon | tomorrow at 5 | tomorrow after 6 pm |
        tomorrow between 5 and 7 | morgen früh | morgen um 18 Uhr | morgen ab 10:30 | завтра вечером |
        завтра после 18 | завтра в 10:00 | завтра после обеда""",
    FRIDAY: "Friday evening | Freitag nachmittag | в пятницу утром",
    CHRISTMAS_EVE: "24.12. 18 Uhr | 24.12. um 9 | December 24 at 10:30 | 24 декабря в 12 часов",
}
SEVERAL_DAYS = {
    (WEDNESDAY, NEXT_WEDNESDAY): "Wednesday | Mittwoch | am Mittwoch | среда | в среду",
    (WEDNESDAY, date(2026, 12, 25)): "the 25th | am 25. | 25 числа",
    (FRIDAY, NEXT_FRIDAY): "next Friday | nächsten Freitag | naechsten Freitag | в следующую пятницу",
    (THURSDAY, FRIDAY): "tomorrow, Friday | Freitag morgen | завтра, пятница",
    (FRIDAY, CHRISTMAS_EVE): "Friday, December 24 | Freitag, 24.12. | пятница, 24 декабря",
    (date(2027, 3, 4), date(2027, 4, 3)): "3/4 | 4/3 | 3/4/2027 | 3-4-2027",
}
UNSURE_DAYS = {
    (THURSDAY,): "not tomorrow | nicht morgen | не завтра | Guten Morgen, was kostet das",
    (FRIDAY,): "until Friday | by Friday | bis Freitag | до пятницы | every Friday | каждую пятницу",
    (THURSDAY, FRIDAY): "tomorrow or Friday | завтра или послезавтра | morgen und Freitag",
    (CHRISTMAS_EVE,): "24 | ab 24.12. | nach dem 24.12. | my birthday is 24.12. | в неделю после 24.12.",
}
NO_DAYS = {
    None: """asap | whenever | next week | hello | 12.2026 | 24 12 | 13.13. | 99.99. | 1000000 | ? | in some days |
        in 0 days | tomorrowish | so schnell wie möglich | nächste Woche | am Morgen | как можно скорее | привет |
        через год"""
}
IMPOSSIBLE_DAYS = {
    None: """31.02. | 30 February | 30.2.2027 | 31 November | 2026-02-30 | 2027-13-01 | 29.2.2027 | 13/13 | 31.4. |
        31. Juni | 31 апреля"""
}


@pytest.mark.parametrize(("text", "day"), cases(SURE_DAYS))
def test_a_day_is_read_in_any_language(text: str, day: date) -> None:
    assert read_day(text, WEDNESDAY) == DayReading((day,))


@pytest.mark.parametrize(("text", "day"), cases(TIMED_DAYS))
def test_a_time_of_day_is_noticed_and_left_out(text: str, day: date) -> None:
    assert read_day(text, WEDNESDAY) == DayReading((day,), timed=True)


@pytest.mark.parametrize(("text", "days"), cases(SEVERAL_DAYS))
def test_a_text_that_may_mean_several_days_is_read_as_all_of_them(text: str, days: tuple[date, ...]) -> None:
    assert read_day(text, WEDNESDAY) == DayReading(days)


@pytest.mark.parametrize(("text", "days"), cases(UNSURE_DAYS))
def test_words_that_nobody_knows_make_a_day_unsure(text: str, days: tuple[date, ...]) -> None:
    assert read_day(text, WEDNESDAY) == DayReading(days, sure=False)


@pytest.mark.parametrize(("text", "_"), cases(NO_DAYS))
def test_a_text_without_a_day_is_read_as_none(text: str, _: None) -> None:
    assert read_day(text, WEDNESDAY).days == ()


@pytest.mark.parametrize(("text", "_"), cases(IMPOSSIBLE_DAYS))
def test_a_day_that_no_calendar_has_is_impossible(text: str, _: None) -> None:
    assert read_day(text, WEDNESDAY) == DayReading(sure=False, impossible=True)


@steady
@given(
    ahead=st.integers(0, 3000), written=st.sampled_from(["%d.%m.%Y", "%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%d.%m.%y"])
)
def test_every_day_of_the_calendar_is_read_back(ahead: int, written: str) -> None:
    day = WEDNESDAY + timedelta(days=ahead)

    assert read_day(day.strftime(written), WEDNESDAY) == DayReading((day,))


@steady
@given(ahead=st.integers(0, 400), today=st.dates(date(2024, 1, 1), date(2032, 1, 1)))
def test_a_day_without_a_year_is_never_in_the_past(ahead: int, today: date) -> None:
    day = today + timedelta(days=ahead)

    (read,) = read_day(day.strftime("%d.%m."), today).days

    assert (read.day, read.month) == (day.day, day.month)
    assert today <= read <= day


@steady
@given(st.text(max_size=150))
def test_whatever_is_written_is_read_without_an_error(text: str) -> None:
    read_day(text, WEDNESDAY)
    read_number(text, ["pack"])
    read_phone(text, ["DE", "RU"])


UNITS = ["pack", "packs", "Packung", "Packungen", "пачка", "пачки", "пачек"]
NUMBERS = {
    Decimal(1): "1 | one | a pack | one pack please | ein | eine Packung | одна | один | одну пачку, пожалуйста",
    Decimal(2): """2 | 2. | two | two packs | x2 | 2x | 2× | 2 pcs | two please | zwei | Zwo | 2 Stück |
        zwei Packungen bitte | ich hätte gern 2 | два | две | две пачки | 2 пачки | 2 шт. | мне две""",
    Decimal(5): "5 | five | fünf | fuenf | FÜNF | пять | 5 пачек",
    Decimal(12): "12 | twelve | a dozen | zwölf | zwoelf | ein Dutzend | двенадцать | дюжина",
    Decimal(21): "twenty-one | twenty one | einundzwanzig | двадцать один | двадцать одну",
    Decimal(24): "2 dozen | two dozen | zwei Dutzend | vierundzwanzig",
    Decimal(100): "hundred | hundert | сто | 100",
    Decimal(0): "0 | zero | null | ноль",
    Decimal(-2): "-2 | - 2",
    Decimal("1.5"): "1.5 | 1,5 | anderthalb | полтора",
}
NO_NUMBERS = {
    None: """2-3 | 2–3 | 2 or 3 | two more | not 2 | about 3 | ~3 | 1.000 | 1,000 | 1 000 | 2 kg | 500g | ½ | 2² |
        hello | a few | twenty 5 | 2*3 | 5 x 2 | 2 and a half | minus two | 10:30 | zwei bis drei | nicht 2 |
        zwei oder drei | ein paar | noch eins | kein | два или три | пару | не две | ещё один | штук | – | ? | pack"""
}


@pytest.mark.parametrize(("text", "number"), cases(NUMBERS))
def test_a_number_is_read_in_figures_and_in_words(text: str, number: Decimal) -> None:
    assert read_number(text, UNITS) == number


@pytest.mark.parametrize(("text", "_"), cases(NO_NUMBERS))
def test_what_is_not_surely_one_number_is_not_read(text: str, _: None) -> None:
    assert read_number(text, UNITS) is None


ANNA, IVAN = "+491701234567", "+79123456789"
PHONES = {
    (ANNA,): """+49 170 1234567 | +491701234567 | 0049 170 1234567 | 0170 1234567 | 0170/1234567 | (0170) 123-45-67 |
        0170.123.4567 | +49 (0)170 1234567 | 0170 1234567. | my number is 0170 1234567 | Tel. 0170 1234567 |
        мой номер 0170 1234567 | ٠١٧٠ ١٢٣٤٥٦٧""",
    (IVAN,): "+7 912 345-67-89 | +79123456789 | +7 (912) 345 67 89 | тел. +7 912 345-67-89",
    ("+12015550123",): "+1 201-555-0123 | +1 (201) 555 0123",
    ("+4989123456789", IVAN): "8 912 345-67-89 | 89123456789 | 8 (912) 345 67 89",
    ("+4979123456789", IVAN): "79123456789",
    ("+49491701234567", ANNA): "491701234567",
    (ANNA, "+49301234567"): "0170 1234567 or 030 1234567 | 0170 1234567, 030 1234567",
}
NO_PHONES = {
    PhoneTrouble.TOO_SHORT: "0170 123 | 12345 | 112 | 110 110 | +49 170 12",
    PhoneTrouble.TOO_LONG: "0170 12345678901234 | +49 170 123456789012345",
    PhoneTrouble.NO_NUMBER: """hello | ? | not 0170 1234567 | nicht 0170 1234567 | не 0170 1234567 | +999 123456 |
        anna@example.com | +49 170 1234567 ext 5 | tomorrow""",
}


@pytest.mark.parametrize(("text", "numbers"), cases(PHONES))
def test_a_phone_number_is_read_in_national_and_international_writing(text: str, numbers: tuple[str, ...]) -> None:
    assert read_phone(text, regions_for("DE", languages=("de", "en", "ru"))) == PhoneReading(numbers)


@pytest.mark.parametrize(("text", "trouble"), cases(NO_PHONES))
def test_what_is_no_phone_number_is_told_apart(text: str, trouble: PhoneTrouble) -> None:
    assert read_phone(text, regions_for("DE", languages=("de", "en", "ru"))) == PhoneReading(trouble=trouble)


def test_a_number_without_its_country_needs_a_country_to_be_tried_in() -> None:
    assert read_phone("0170 1234567", ()) == PhoneReading(trouble=PhoneTrouble.NO_NUMBER)
    assert read_phone("0664 123456", ("AT",)) == PhoneReading(("+43664123456",))


def test_a_shared_contact_is_international_with_or_without_its_plus() -> None:
    assert shared_phone("491701234567") == ANNA
    assert shared_phone("+491701234567") == ANNA
    assert shared_phone("12") == ""


def test_a_phone_number_is_shown_as_people_read_it() -> None:
    assert shown_phone(ANNA) == "+49 170 1234567"
    assert shown_phone(IVAN) == "+7 912 345-67-89"


@pytest.mark.parametrize("value", ["write to anna@shop.example", "{'yes': True}", "", "+"])
def test_what_was_no_number_when_it_was_answered_is_shown_as_it_was(value: str) -> None:
    assert shown_phone(value) == value
