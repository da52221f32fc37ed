"""The kinds of fields: `rules_of` finds the rules of each; those of yes or no, e-mail and consent stand here.

"Ja, bitte!" to "Is it a present?" is true; "anna@example" to "Your e-mail?" is refused with an example of a right one.
"""

from __future__ import annotations

from bot.orders.answers import Accepted, Moment, Reading, Refused, Value, Words
from bot.orders.appointments import WINDOW
from bot.orders.attached import FILES
from bot.orders.choices import CHOICE, SEVERAL
from bot.orders.emails import read_email
from bot.orders.fields import Field, Kind
from bot.orders.items import ITEMS
from bot.orders.measures import DATE, MONEY, NUMBER, PHONE
from bot.orders.postal import ADDRESS
from bot.orders.rules import Rules, checked
from bot.orders.time_checks import is_day
from bot.orders.words import AGREED, NO, YES, means, word_set, words_of
from bot.orders.written import LONG_TEXT, PERSON, TEXT


class _YesNo(Rules):
    def read(self, field: Field, text: str, moment: Moment) -> Reading:  # noqa: ARG002
        if means(text, YES) is means(text, NO):
            return Refused(Words("form.yes_or_no"))
        return Accepted(means(text, YES))

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        return None if isinstance(value, bool) else Words("form.yes_or_no")

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:  # noqa: ARG002
        return ("yes", "no")

    def value_of(self, code: str) -> Value | None:
        return {"yes": True, "no": False}.get(code)

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words("form.button.yes" if value else "form.button.no")


class _Email(Rules):
    _EXAMPLE = "anna@example.com"

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        return checked(self, field, read_email(text), moment)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        known = isinstance(value, str) and value and read_email(value) == value
        return None if known else Words("form.wrong_email", {"example": self._EXAMPLE})

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        return Words(text=str(value))


class _Consent(Rules):
    """{"yes": whether the customer agreed, "at": the day of it}; nobody but the customer can give it."""

    carries_over = False
    _AROUND = word_set("i ich bin zu я")

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        said = set(words_of(text)) - self._AROUND
        yes, no = means(" ".join(said), YES | AGREED), means(text, NO)
        if yes is no:
            return Refused(Words("form.consent_how"))
        return self._given(field, moment, yes=yes)

    def _given(self, field: Field, moment: Moment, *, yes: bool) -> Reading:
        if field.required and not yes:
            return Refused(Words("form.consent_needed"), person=True)
        return Accepted({"yes": yes, "at": moment.today.isoformat()})

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        if not isinstance(value, dict) or not isinstance(value.get("yes"), bool) or not is_day(value.get("at")):
            return Words("form.consent_how")
        return None if value["yes"] or not field.required else Words("form.consent_needed")

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:  # noqa: ARG002
        return ("yes", "no")

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:  # noqa: ARG002
        known = {"yes": "form.button.agree", "no": "form.button.disagree"}
        return Words(known[code]) if code in known else None

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:
        return self._given(field, moment, yes=code == "yes") if code in ("yes", "no") else None

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        agreed = isinstance(value, dict) and value.get("yes")
        return Words("form.button.yes" if agreed else "form.button.no")


_RULES: dict[Kind, Rules] = {
    Kind.TEXT: TEXT,
    Kind.LONG_TEXT: LONG_TEXT,
    Kind.COMMENT: LONG_TEXT,
    Kind.CHOICE: CHOICE,
    Kind.SEVERAL: SEVERAL,
    Kind.DELIVERY: CHOICE,
    Kind.NUMBER: NUMBER,
    Kind.MONEY: MONEY,
    Kind.PERSON: PERSON,
    Kind.ADDRESS: ADDRESS,
    Kind.PHONE: PHONE,
    Kind.EMAIL: _Email(),
    Kind.DATE: DATE,
    Kind.WINDOW: WINDOW,
    Kind.FILE: FILES,
    Kind.YES_NO: _YesNo(),
    Kind.CONSENT: _Consent(),
    Kind.ITEMS: ITEMS,
}


def rules_of(field: Field) -> Rules:
    """Return the rules of a field's kind; confirm has none, for nothing is read there."""
    return _RULES[field.kind]
