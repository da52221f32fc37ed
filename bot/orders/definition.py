"""The order form as its owner wrote it in `config/order_form.toml`.

`load` gives a form with the fields "what", "quantity", "delivery", "address" (asked only if "delivery" is "home") …
and a last one of the kind confirm. A definition that cannot work is refused before any customer meets it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from bot.orders.toml_source import FormBroken, Table, Texts, open_toml

__all__ = ["CONFIRM", "Field", "FormBroken", "FormDefinition", "Kind", "Option", "Texts", "load", "words_in"]

CONFIRM = "confirm"
"""The key of the last field: the summary, which the customer confirms."""

OTHER = "other"
"""What a condition calls the answer to a choice that is none of its options."""

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
PLURAL_FORMS = ("zero", "one", "two", "few", "many", "other")
KEY = re.compile(r"[a-z][a-z0-9_]{0,19}")
NEEDS = ("letters", "digits", "postcode", "house_number")
LONGEST_TEXT = 1000


class Kind(StrEnum):
    """What a field asks for."""

    TEXT = "text"
    CHOICE = "choice"
    NUMBER = "number"
    PHONE = "phone"
    EMAIL = "email"
    DATE = "date"
    YES_NO = "yes_no"
    CONFIRM = "confirm"


@dataclass(frozen=True, slots=True)
class Option:
    """One of the answers to a choice; `key` is what an order keeps."""

    key: str
    label: Texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One question of the form, with the checks on its answer.

    Attributes:
        key: `[a-z][a-z0-9_]{0,19}`, unique in the form.
        kind: what is asked for; the attributes below belong to the kinds in brackets.
        label: a word or two for the summary, per language; empty for confirm.
        question: asked of the customer, per language.
        help: a word below the question, per language; may be empty.
        required: without it the customer may leave the field out.
        show_if: asked only if each of these earlier fields has one of these answers: option keys, `other`, `yes`, `no`.
        options: the answers to offer (choice).
        other: any words beside the options will do as well (choice).
        min_length: characters (text).
        max_length: characters (text, choice).
        needs: of `NEEDS`: what must occur (text).
        minimum: lowest number, or None (number).
        maximum: highest number, or None (number).
        decimals: digits allowed behind the point, 0 to 3 (number).
        unit: language -> plural form as CLDR names it (`one`, `few`, `many`, `other`) -> word (number).
        region: ISO 3166 code of the country for numbers written without one (phone).
        earliest_days: days from today to the first day that will do (date).
        latest_days: days from today to the last one (date).
        closed: names of weekdays, and days as 2026-12-25, that will not do (date).
    """

    key: str
    kind: Kind
    question: Texts
    label: Texts = field(default_factory=dict)
    help: Texts = field(default_factory=dict)
    required: bool = True
    show_if: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    other: bool = False
    min_length: int = 1
    max_length: int = 300
    needs: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    decimals: int = 0
    unit: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    region: str = ""
    earliest_days: int = 0
    latest_days: int = 365
    closed: tuple[str, ...] = ()

    def option(self, key: object) -> Option | None:
        """Return the option with this key, or None."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class FormDefinition:
    """A form.

    Attributes:
        key: `[a-z][a-z0-9_]{0,19}`; forms live side by side under different keys.
        title: heads the summary and the order.
        opening: said before the first question; may be empty.
        closing: said when the customer has confirmed; may be empty.
        fields: in the order in which they are asked, at least one, without confirm.
        confirm: the last step.
        fingerprint: 16 hex digits; differs when any key, check or word differs.
    """

    key: str
    title: Texts
    opening: Texts
    closing: Texts
    fields: tuple[Field, ...]
    confirm: Field
    fingerprint: str

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages of the form; the first stands in for those that it lacks."""
        return tuple(self.title)

    def field(self, key: str) -> Field | None:
        """Return the field with this key, confirm too, or None."""
        return next((one for one in (*self.fields, self.confirm) if one.key == key), None)


def words_in(texts: Texts, language: str) -> str:
    """Return the words in a language ("pt-br", else "pt", else the first there is), empty when there are none."""
    for tag in (language, language.partition("-")[0]):
        if tag in texts:
            return texts[tag]
    return next(iter(texts.values()), "")


def load(path: Path) -> FormDefinition:
    """Return the form that a TOML file defines.

    Raises:
        FormBroken: the file cannot be read, or a key of it is missing, unknown, or has a value that cannot work.
    """
    top = open_toml(path)
    key, title = _key(top), top.texts("title")
    languages = tuple(title)
    opening = top.texts("opening", languages, required=False)
    closing = top.texts("closing", languages, required=False)
    tables = top.tables("fields")
    top.close()
    fields: list[Field] = []
    for table in tables:
        if fields and fields[-1].kind is Kind.CONFIRM:
            raise table.broken("", "stands behind the confirm field, which must be the last one")
        fields.append(_field(table, languages, fields))
    if not fields or fields[-1].kind is not Kind.CONFIRM:
        raise top.broken("fields", f'must end with a field whose key and kind are "{CONFIRM}"')
    if len(fields) == 1:
        raise top.broken("fields", "must ask for something before it is confirmed")
    print_ = hashlib.sha256(json.dumps(top.body, sort_keys=True, default=str).encode()).hexdigest()[:16]
    return FormDefinition(key, title, opening, closing, tuple(fields[:-1]), fields[-1], print_)


def _key(table: Table) -> str:
    key = table.text("key")
    if not KEY.fullmatch(key):
        raise table.broken("key", "must be a-z, 0-9 and _, begin with a letter and have 20 characters at most")
    return key


def _field(table: Table, languages: tuple[str, ...], earlier: list[Field]) -> Field:
    """Read one field; `earlier` are those before it."""
    key, kind = _key(table), Kind(table.one_of("kind", [kind.value for kind in Kind]))
    if (key == CONFIRM) is not (kind is Kind.CONFIRM):
        raise table.broken("key", f'must be "{CONFIRM}" for the kind confirm, and for no other')
    if any(one.key == key for one in earlier):
        raise table.broken("key", "is used by an earlier field")
    base = Field(
        key=key,
        kind=kind,
        question=table.texts("question", languages),
        help=table.texts("help", languages, required=False),
    )
    if kind is not Kind.CONFIRM:
        base = replace(
            base,
            label=table.texts("label", languages),
            required=table.flag("required", default=True),
            show_if=_condition(table, earlier),
        )
    read = _CHECKS[kind](table, languages, base) if kind in _CHECKS else base
    table.close()
    return read


def _condition(table: Table, earlier: list[Field]) -> dict[str, tuple[str, ...]]:
    """Read `show_if = { delivery = "home" }`, or with a list of answers."""
    condition = {}
    for key, value in table.table("show_if").body.items():
        asked = next((one for one in earlier if one.key == key), None)
        if asked is None or asked.kind not in (Kind.CHOICE, Kind.YES_NO):
            raise table.broken(f"show_if.{key}", "must name an earlier field of the kind choice or yes_no")
        known = [option.key for option in asked.options] or ["yes", "no"]
        wanted = value if isinstance(value, list) else [value]
        for answer in wanted:
            if answer not in ([*known, OTHER] if asked.other else known):
                raise table.broken(f"show_if.{key}", f"must be one of {', '.join(known)}, in quotes")
        condition[key] = tuple(wanted)
    return condition


def _text_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    longest = table.whole("max_length", 300, 1, LONGEST_TEXT)
    needs = table.list_of_texts("needs")
    if not set(needs) <= set(NEEDS):
        raise table.broken("needs", "must be made of " + ", ".join(f'"{need}"' for need in NEEDS))
    return replace(base, min_length=table.whole("min_length", 1, 1, longest), max_length=longest, needs=needs)


def _choice_checks(table: Table, languages: tuple[str, ...], base: Field) -> Field:
    options: list[Option] = []
    for inner in table.tables("options"):
        option = Option(_key(inner), inner.texts("label", languages))
        if option.key == OTHER or any(option.key == one.key for one in options):
            raise inner.broken("key", f'is used twice, or is "{OTHER}", which stands for any other words')
        inner.close()
        options.append(option)
    if len(options) < 2:  # noqa: PLR2004  # a choice is between two
        raise table.broken("options", "must have at least two")
    other = table.flag("other", default=False)
    return replace(
        base, options=tuple(options), other=other, max_length=table.whole("max_length", 300, 1, LONGEST_TEXT)
    )


def _number_checks(table: Table, languages: tuple[str, ...], base: Field) -> Field:
    lowest, highest = table.figure("minimum"), table.figure("maximum")
    if lowest is not None and highest is not None and lowest > highest:
        raise table.broken("maximum", "must not be less than minimum")
    decimals = table.whole("decimals", 0, 0, 3)
    return replace(base, minimum=lowest, maximum=highest, decimals=decimals, unit=_unit(table, languages))


def _unit(table: Table, languages: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """Read the unit: for each language a word, or a table of plural forms that has at least `other`."""
    inner, unit = table.table("unit"), {}
    for language in languages if inner.body else ():
        forms = inner.body.get(language)
        if isinstance(forms, str) and forms.strip():
            forms = {"other": forms}
        if not isinstance(forms, dict) or "other" not in forms or not set(forms) <= set(PLURAL_FORMS):
            raise inner.broken(language, 'must be a word, or plural forms as { one = "pack", other = "packs" }')
        if not all(isinstance(word, str) and word.strip() for word in forms.values()):
            raise inner.broken(language, "must hold words in quotes")
        unit[language] = dict(forms)
    for language in inner.body:
        if language not in languages:
            raise inner.broken(language, "is a language that the form's title does not have")
    return unit


def _phone_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    from phonenumbers import SUPPORTED_REGIONS

    region = table.text("region", "")
    if region and region not in SUPPORTED_REGIONS:
        raise table.broken("region", "must be a country's two capital letters, as DE")
    return replace(base, region=region)


def _date_checks(table: Table, _languages: tuple[str, ...], base: Field) -> Field:
    latest = table.whole("latest_days", 365, 0, 3650)
    closed = table.list_of_texts("closed")
    for day in closed:
        if day not in WEEKDAYS and not _is_day(day):
            raise table.broken("closed", f"has {day!r}, which is neither a weekday as sunday nor a day as 2026-12-25")
    if len(set(WEEKDAYS) & set(closed)) == len(WEEKDAYS):
        raise table.broken("closed", "leaves no day of the week")
    earliest = table.whole("earliest_days", 0, 0, latest)
    return replace(base, earliest_days=earliest, latest_days=latest, closed=closed)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_CHECKS: Mapping[Kind, Callable[[Table, tuple[str, ...], Field], Field]] = {
    Kind.TEXT: _text_checks,
    Kind.CHOICE: _choice_checks,
    Kind.NUMBER: _number_checks,
    Kind.PHONE: _phone_checks,
    Kind.DATE: _date_checks,
}
