"""The order form as its owner wrote it in `config/order_form.toml`.

`load` gives a form with the fields "what", "quantity", "delivery", "address" (asked only if "delivery" is "home") …
and a last one of the kind confirm. A definition that cannot work is refused before any customer meets it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from bot.orders.checks import checked_by, key_in
from bot.orders.fields import OTHER, Field, Kind, Option, words_in
from bot.orders.prices import PriceLine, amount_in
from bot.orders.status import ALWAYS, State
from bot.orders.time_checks import obeying
from bot.orders.toml_source import FormBroken, Mistakes, Table, Texts, open_toml

__all__ = ["CONFIRM", "Field", "FormBroken", "FormDefinition", "Kind", "Option", "Texts", "load", "words_in"]

CONFIRM = "confirm"
"""The key of the last field: the summary, which the customer confirms."""
COMMAND = re.compile(r"[a-z][a-z0-9_]{0,31}")
"""Bot API, BotCommand: 1-32 characters, lowercase English letters, digits and underscores."""
DECIDING = {Kind.CHOICE, Kind.SEVERAL, Kind.DELIVERY, Kind.YES_NO}
"""The kinds on whose answers a condition can be."""
TOLD: tuple[str, ...] = ("topic", "managers")
"""Who can hear of what is ordered: the operators in the customer's topic, and the managers privately."""
PREFIX = re.compile(r"[A-Z]{1,3}")
_NO_TEXTS: Texts = {}
_TEXTS = ("opening", "closing", "button", "submit", "total")


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
        command: the customer's command that begins it, without the slash; empty for none.
        button: what the button that begins it says; the title where the owner gave no other words.
        submit: what the last button says, by which it is ordered or sent; empty for the bot's own words.
        prefix: capital letters before the number of what was ordered or asked for.
        tell: who hears of it: of `TOLD`, at least one.
        prices: what is paid besides the items.
        total: what the sum of all is called, per language; empty where nothing has a price.
        currency: of all prices, ISO 4217.
        states: what becomes of what is made with it; None where the owner does not say.
        state_names: what some of them are called here, per language; a state that is not there has its usual name.
    """

    key: str
    title: Texts
    opening: Texts
    closing: Texts
    fields: tuple[Field, ...]
    confirm: Field
    fingerprint: str
    command: str = ""
    button: Texts = field(default_factory=dict)
    submit: Texts = field(default_factory=dict)
    prefix: str = "S"
    tell: tuple[str, ...] = ("topic",)
    prices: tuple[PriceLine, ...] = ()
    total: Texts = field(default_factory=dict)
    currency: str = "EUR"
    states: frozenset[State] | None = None
    state_names: Mapping[State, Texts] = field(default_factory=dict)

    @property
    def languages(self) -> tuple[str, ...]:
        """Return the languages of the form; the first stands in for those that it lacks."""
        return tuple(self.title)

    def field(self, key: str) -> Field | None:
        """Return the field with this key, confirm too, or None."""
        return next((one for one in (*self.fields, self.confirm) if one.key == key), None)


def load(path: Path, currency: str = "EUR") -> FormDefinition:
    """Return the form that a TOML file defines, with its prices in a currency.

    Raises:
        FormBroken: the file cannot be read, or a key of it is missing, unknown, or has a value that cannot work; of
            several fields the first mistake of each is told.
    """
    top, wrong = open_toml(path), Mistakes()
    key, title = wrong.read(partial(key_in, top), ""), wrong.read(partial(top.texts, "title"), _NO_TEXTS)
    languages = tuple(title)
    texts = {one: wrong.read(partial(top.texts, one, languages, required=False), _NO_TEXTS) for one in _TEXTS}
    command = wrong.read(partial(_matching, top, "command", "", COMMAND), "")
    prefix = wrong.read(partial(_matching, top, "prefix", "S", PREFIX), "")
    tell, states = wrong.read(partial(_told, top), TOLD), wrong.read(partial(_states, top), None)
    state_names = wrong.read(partial(_state_names, top, states, languages), dict[State, Texts]())
    tables = wrong.read(partial(top.tables, "fields"), list[Table]())
    lines = wrong.read(partial(top.tables, "prices"), list[Table]())
    before = wrong.count
    wrong.read(top.close, None)
    misspelt = wrong.count > before
    fields: list[Field] = []
    for table in tables:
        fields.append(wrong.read(partial(_next, table, languages, fields), _unread(table)))
    if not misspelt:
        wrong.read(partial(_refuse_end, top, fields), None)
    priced = [wrong.read(partial(_price, line, languages, fields, currency), None) for line in lines]
    if "total" not in top.body and (priced or any(one.kind is Kind.ITEMS for one in fields)):
        wrong.add(top.broken("total", "is missing: what the sum of all is called, for each language"))
    wrong.refuse()
    return FormDefinition(
        key=key,
        title=title,
        opening=texts["opening"],
        closing=texts["closing"],
        fields=tuple(fields[:-1]),
        confirm=fields[-1],
        fingerprint=hashlib.sha256(json.dumps(top.body, sort_keys=True, default=str).encode()).hexdigest()[:16],
        command=command,
        button=texts["button"] or title,
        submit=texts["submit"],
        prefix=prefix,
        tell=tell,
        states=states,
        state_names=state_names,
        prices=tuple(line for line in priced if line),
        total=texts["total"],
        currency=currency,
    )


def _next(table: Table, languages: tuple[str, ...], earlier: list[Field]) -> Field:
    """Read one more field, which no confirm may stand before."""
    if earlier and earlier[-1].kind is Kind.CONFIRM:
        raise table.broken("", "stands behind the confirm field, which must be the last one")
    return _field(table, languages, earlier)


def _unread(table: Table) -> Field:
    """Return what stands in for a broken field, without a question: what hangs on it is not refused too."""
    return Field(key=str(table.body.get("key", "")), kind=Kind.TEXT, question={})


def _refuse_end(top: Table, fields: list[Field]) -> None:
    if not fields or (fields[-1].question and fields[-1].kind is not Kind.CONFIRM):
        raise top.broken("fields", f'must end with a field whose key and kind are "{CONFIRM}"')
    if len(fields) == 1:
        raise top.broken("fields", "must ask for something before it is confirmed")


def _told(top: Table) -> tuple[str, ...]:
    """Read who hears of what is ordered: the topic where nothing is said."""
    if "tell" not in top.body:
        return TOLD[:1]
    tell = top.list_of_texts("tell")
    if not tell or not set(tell) <= set(TOLD):
        raise top.broken("tell", "must be made of " + " and ".join(f'"{one}"' for one in TOLD))
    return tell


def _states(top: Table) -> frozenset[State] | None:
    """Read what becomes of what is made with a form."""
    given = top.list_of_texts("states")
    if "states" not in top.body:
        return None
    known = [state.value for state in State if state not in ALWAYS]
    if not given or not set(given) <= set(known):
        raise top.broken(
            "states",
            f"must be made of {', '.join(known)}, each in quotes, one at least; new and cancelled are always there",
        )
    return ALWAYS | {State(one) for one in given}


def _state_names(top: Table, states: frozenset[State] | None, languages: tuple[str, ...]) -> dict[State, Texts]:
    """Read what the states are called; a name for one that the form does not have is a mistake."""
    table, found = top.table("state_names"), dict[State, Texts]()
    known = [state.value for state in State if states is None or state in states]
    for key in table.body:
        if key not in known:
            raise table.broken(key, f"is no state of this form; it has {', '.join(known)}")
        found[State(key)] = table.texts(key, languages)
    return found


def _price(table: Table, languages: tuple[str, ...], fields: list[Field], currency: str) -> PriceLine:
    amount = amount_in(table, "amount", currency)
    if amount is None:
        raise table.broken("amount", "is missing")
    label, condition = table.texts("label", languages), _condition(table, fields)
    line = PriceLine(label, amount, condition, amount_in(table, "free_from", currency))
    table.close()
    return line


def _matching(top: Table, key: str, default: str, shape: re.Pattern[str]) -> str:
    """Read a text of a fixed shape; empty only where that is what stands in for it."""
    found = top.text(key, default)
    if found != default and not shape.fullmatch(found):
        small = shape is COMMAND
        wanted = "a-z, 0-9 and _, 32 characters at most" if small else "one to three capital letters, A to Z"
        raise top.broken(key, f"must be {wanted}")
    return found


def _field(table: Table, languages: tuple[str, ...], earlier: list[Field]) -> Field:
    """Read one field; `earlier` are those before it."""
    key, kind = key_in(table), Kind(table.one_of("kind", [kind.value for kind in Kind]))
    if (key == CONFIRM) is not (kind is Kind.CONFIRM):
        raise table.broken("key", f'must be "{CONFIRM}" for the kind confirm, and for no other')
    if any(one.key == key and one.question for one in earlier):
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
            required=table.flag("required", default=kind is not Kind.COMMENT),
            show_if=_condition(table, earlier),
        )
    read = checked_by(kind, table, languages, base)
    if read.obeys:
        read = obeying(table, read, earlier)
    table.close()
    return read


def _condition(table: Table, earlier: list[Field]) -> dict[str, tuple[str, ...]]:
    """Read `show_if = { delivery = "home" }`, or with a list of answers."""
    condition = {}
    for key, value in table.table("show_if").body.items():
        asked = next((one for one in earlier if one.key == key), None)
        if asked is None or (asked.question and asked.kind not in DECIDING):
            kinds = "choice, several, delivery or yes_no"
            raise table.broken(f"show_if.{key}", f"must name an earlier field of the kind {kinds}")
        known = [option.key for option in asked.options] or ["yes", "no"]
        wanted = value if isinstance(value, list) else [value]
        if not asked.question:
            continue  # it is broken itself, which is told
        for answer in wanted:
            if answer not in ([*known, OTHER] if asked.other else known):
                raise table.broken(f"show_if.{key}", f"must be one of {', '.join(known)}, in quotes")
        condition[key] = tuple(wanted)
    return condition
