"""A shop's smaller form, and Anna's way through it."""

from datetime import date
from pathlib import Path

from bot.orders.answers import Moment, Value
from bot.orders.definition import FormDefinition, load
from bot.orders.form import Given, Shared, Step, Tapped, Typed, answer, start

CONFIG = Path(__file__).parent / "tea_form.toml"
SHOP = load(CONFIG)
MOMENT = Moment(date(2026, 11, 25), "en")
ANNA: dict[str, Value | None] = {
    "what": "green",
    "quantity": 2,
    "delivery": "home",
    "address": "Lindenallee 12, 04107 Leipzig",
    "date": "2026-11-27",
    "name": "Anna",
    "phone": "+491701234567",
    "comment": None,
}
ANNAS_WAY: list[Given] = [
    Typed("the sencha please"),
    Tapped("quantity:pick:2"),
    Tapped("delivery:pick:home"),
    Typed("Lindenallee 12, 04107 Leipzig"),
    Typed("Friday"),
    Typed("Anna"),
    Shared("491701234567"),
    Tapped("comment:skip"),
]


def go(step: Step, *given: Given, moment: Moment = MOMENT, form: FormDefinition = SHOP) -> Step:
    for one in given:
        step = answer(form, step.state, one, moment)
    return step


def keys(step: Step) -> list[str]:
    return [say.words.key for say in step.says if say.words.key]


def at_summary() -> Step:
    return go(start(SHOP, MOMENT), *ANNAS_WAY)


def confirm_button(step: Step) -> Tapped:
    (button,) = step.says[-1].choices
    return Tapped(button.action)
