"""The kinds with a measure: numbers with a unit, days, phone numbers.

A field of the kind date reads "morgen", offers the next days as buttons, refuses Sundays when they are closed, and
shows "Do., 24. Dez. 2026" to a customer who reads German.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import islice

from bot.i18n import whole_day
from bot.orders.amounts import read_amount
from bot.orders.answers import Accepted, Moment, Prompt, Reading, Refused, Sent, Shared, Value, Words
from bot.orders.dates import read_day
from bot.orders.fields import Field
from bot.orders.lead import field_waiting, too_early
from bot.orders.money import decimals_of, shown
from bot.orders.numbers import read_number
from bot.orders.phones import PhoneTrouble, example_phone, is_phone, read_phone, regions_for, shared_phone, shown_phone
from bot.orders.rules import Rules, checked, locale_of
from bot.orders.timetables import WEEKDAYS

DAYS_OFFERED = 5
NUMBERS_OFFERED = 5


class _Number(Rules):
    figures = True

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        found = read_number(text, (word for forms in field.unit.values() for word in forms.values()))
        if found is None:
            return Refused(Words("form.wrong_number", {"example": self._example(field, moment.language)}))
        return checked(self, field, int(found) if found == int(found) else float(found), moment)

    def _example(self, field: Field, language: str) -> str:
        number = int(field.minimum or 0) + 1
        return self.show(field, number if field.maximum is None else min(number, field.maximum), language).text

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Words("form.wrong_number", {"example": self._example(field, moment.language)})
        if field.minimum is not None and value < field.minimum:
            return Words("form.number_low", {"minimum": self.show(field, field.minimum, moment.language).text})
        if field.maximum is not None and value > field.maximum:
            return Words("form.number_high", {"maximum": self.show(field, field.maximum, moment.language).text})
        if round(value, field.decimals) != value:
            return (
                Words("form.number_whole") if not field.decimals else Words("form.number_fine", {"n": field.decimals})
            )
        return None

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        first = max(1, int(field.minimum or 1))
        offered = range(first, first + NUMBERS_OFFERED)
        return tuple(str(number) for number in offered if not self.trouble(field, number, moment))

    def value_of(self, code: str) -> Value | None:
        return int(code) if code.isdecimal() else None

    def show(self, field: Field, value: Value, language: str) -> Words:
        from babel.numbers import format_decimal

        locale, number = locale_of(language), Decimal(str(value))
        figure = format_decimal(number, locale=locale)
        forms = field.unit.get(language) or field.unit.get(language.partition("-")[0])
        if forms is None:
            forms = next(iter(field.unit.values()), {"other": ""})
        return Words(text=f"{figure} {forms.get(locale.plural_form(number), forms['other'])}".strip())


class _Phone(Rules):
    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        regions = regions_for(moment.region, field.region, languages=(moment.language, *field.question))
        reading = read_phone(text, regions)
        if len(reading.numbers) == 1:
            return Accepted(reading.numbers[0])
        if reading.numbers:
            return Refused(Words("form.which_phone"), reading.numbers)
        keys = {PhoneTrouble.TOO_SHORT: "form.phone_short", PhoneTrouble.TOO_LONG: "form.phone_long"}
        key = keys.get(reading.trouble, "form.wrong_phone") if reading.trouble else "form.wrong_phone"
        return Refused(Words(key, {"example": self._example(field, moment)}))

    def _example(self, field: Field, moment: Moment) -> str:
        """Return a number of the customer's country, else as those who write in this language have it."""
        known = regions_for(moment.region, languages=(moment.language,)) or regions_for(field.region)
        return example_phone(known)

    def sent(self, field: Field, given: Sent, moment: Moment) -> Reading | None:
        if not isinstance(given, Shared):
            return None
        found = shared_phone(given.phone)
        return Accepted(found) if found else self.read(field, given.phone, moment)

    def prompt(self, field: Field, moment: Moment) -> Prompt:  # noqa: ARG002
        return Prompt(contact=True)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        wrong = Words("form.wrong_phone", {"example": self._example(field, moment)})
        return None if isinstance(value, str) and is_phone(value) else wrong

    def value_of(self, code: str) -> Value | None:
        return code

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words(text=shown_phone(str(value)))


class _Date(Rules):
    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        reading = read_day(text, moment.today)
        remark = Words("form.day_only") if reading.timed else None
        if reading.impossible:
            return Refused(Words("form.no_such_date"))
        if not reading.days:
            return Refused(Words("form.wrong_date", {"example": self._example(field, moment)}))
        allowed = [day for day in reading.days if not self.trouble(field, day.isoformat(), moment)]
        if reading.sure and len(allowed) == 1:
            return Accepted(allowed[0].isoformat(), remark)
        if allowed:
            return Refused(Words("form.which_day"), tuple(day.isoformat() for day in allowed))
        trouble = self.trouble(field, reading.days[0].isoformat(), moment)
        return Refused(trouble or Words("form.no_such_date"))

    def _example(self, field: Field, moment: Moment) -> str:
        return whole_day(self._first(field, moment), moment.language)

    def _first(self, field: Field, moment: Moment) -> date:
        return next(self._days(field, moment), moment.today)

    @staticmethod
    def _days(field: Field, moment: Moment) -> Iterator[date]:
        """Yield the days that the field and the slowest item allow."""
        waits = field_waiting(field, moment)
        for ahead in range(waits.earliest_days, waits.latest_days + 1):
            day = moment.today + timedelta(days=ahead)
            if not _is_closed(field, day):
                yield day

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        try:
            day = date.fromisoformat(str(value))
        except ValueError:
            return Words("form.wrong_date", {"example": self._example(field, moment)})
        waits = field_waiting(field, moment)
        if day < moment.today:
            return Words("form.date_past", {"earliest": self._example(field, moment)})
        if day < moment.today + timedelta(days=waits.earliest_days):
            return too_early(waits.earliest_days, self._first(field, moment), moment)
        if day > (latest := moment.today + timedelta(days=waits.latest_days)):
            return Words("form.date_late", {"latest": whole_day(latest, moment.language)})
        if _is_closed(field, day):
            return Words("form.date_closed", {"day": whole_day(day, moment.language)})
        return None

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        return tuple(day.isoformat() for day in islice(self._days(field, moment), DAYS_OFFERED))

    def value_of(self, code: str) -> Value | None:
        return code

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words(text=whole_day(date.fromisoformat(str(value)), language))


def _is_closed(field: Field, day: date) -> bool:
    return WEEKDAYS[day.weekday()] in field.closed or day.isoformat() in field.closed


class _Money(Rules):
    """{"amount": whole number of the currency's smallest unit, "currency": ISO 4217 code}."""

    figures = True

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        found = read_amount(text, field.currency)
        if found is None:
            return Refused(Words("form.wrong_money", {"example": self._example(field, moment.language)}))
        if found.currency != field.currency:
            return Refused(Words("form.money_currency", {"example": self._example(field, moment.language)}))
        smallest = found.value.scaleb(decimals_of(field.currency))
        if smallest != int(smallest):
            return Refused(Words("form.wrong_money", {"example": self._example(field, moment.language)}))
        return checked(self, field, {"amount": int(smallest), "currency": field.currency}, moment)

    @staticmethod
    def _smallest(field: Field, units: float) -> int:
        return int(Decimal(str(units)).scaleb(decimals_of(field.currency)))

    def _shown(self, field: Field, units: float, language: str) -> str:
        return shown(self._smallest(field, units), field.currency, language)

    def _example(self, field: Field, language: str) -> str:
        usual = max(20, field.minimum or 0)
        return self._shown(field, usual if field.maximum is None else min(usual, field.maximum), language)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        amount = value.get("amount") if isinstance(value, dict) and value.get("currency") == field.currency else None
        if isinstance(amount, bool) or not isinstance(amount, int):
            return Words("form.wrong_money", {"example": self._example(field, moment.language)})
        least, most = field.minimum or 0, field.maximum
        if amount < self._smallest(field, least):
            return Words("form.number_low", {"minimum": self._shown(field, least, moment.language)})
        if most is not None and amount > self._smallest(field, most):
            return Words("form.number_high", {"maximum": self._shown(field, most, moment.language)})
        return None

    def show(self, field: Field, value: Value, language: str) -> Words:
        amount = value.get("amount") if isinstance(value, dict) else None
        return Words(text=shown(amount, field.currency, language) if isinstance(amount, int) else "–")


NUMBER: Rules = _Number()
MONEY: Rules = _Money()
PHONE: Rules = _Phone()
DATE: Rules = _Date()
