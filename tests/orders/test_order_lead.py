"""Items that take days until they can leave the shop: said where they are chosen, and no day before that is taken."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from bot.i18n import load as load_sentences
from bot.orders.answers import Moment, Words
from bot.orders.catalogue import Catalogue, Item
from bot.orders.definition import FormDefinition, load
from bot.orders.form import FormState, Given, Outcome, Step, Tapped, Typed, answer, edit, resume, start, summary

ITEMS = """
[[fields]]
key = "items"
kind = "items"
label.en = "Items"
question.en = "What would you like?"
"""
WINDOW = """
[[fields]]
key = "when"
kind = "window"
label.en = "Time"
question.en = "When?"
windows = ["09:00-12:00", "14:00-18:00"]
latest_days = 5
"""
DAY = """
[[fields]]
key = "when"
kind = "date"
label.en = "Day"
question.en = "When?"
earliest_days = 1
latest_days = 5
"""
TEA = Item("tea", {"en": "Tea", "de": "Tee", "ru": "Чай"}, 490)
SET = Item("set", {"en": "Tasting set", "de": "Probierset", "ru": "Набор"}, 1900, delivery_days=3)
SHOP = Catalogue((TEA, SET), "EUR")
SENTENCES = load_sentences(Path(__file__).parents[2] / "config" / "locales", ("en", "de", "ru"))
WEDNESDAY = Moment(date(2026, 11, 25), "en", at=time(8), catalogue=SHOP)
TOO_SLOW = Words("form.date_slow", {"item": "Tasting set", "n": 3, "earliest": "Sat, Nov 28, 2026"})


def form_of(folder: Path, *fields: str) -> FormDefinition:
    ending = '\n[[fields]]\nkey = "confirm"\nkind = "confirm"\nquestion.en = "Right?"\n'
    text = "\n".join(('key = "order"\ntitle.en = "Order"\ntotal.en = "Total"', *fields, ending))
    (folder / "form.toml").write_text(text, encoding="utf-8")
    return load(folder / "form.toml")


def go(form: FormDefinition, step: Step, *given: str, moment: Moment = WEDNESDAY) -> Step:
    """Give words, or a button's action; the draft is kept and read each time."""
    for one in given:
        state = FormState.from_dict(json.loads(json.dumps(step.state.to_dict())))
        thing: Given = Tapped(one) if one.startswith(("items:", "when:", "confirm:")) else Typed(one)
        step = answer(form, state, thing, moment)
    return step


def asked_with(form: FormDefinition, *given: str) -> Step:
    return go(form, start(form, WEDNESDAY), *given)


def read(words: Words, language: str = "en") -> str:
    """Return words as people read them."""
    texts = SENTENCES[language]
    if words.parts:
        return "".join(read(part, language) for part in words.parts)
    return texts(words.key, **words.arguments) if words.key else words.text


def days_offered(step: Step) -> list[str]:
    return [choice.label.text for choice in step.says[-1].choices if choice.label.text]


def test_no_window_before_the_slowest_item_can_leave_is_offered(tmp_path: Path) -> None:
    form = form_of(tmp_path, ITEMS, WINDOW)

    quick = asked_with(form, "2 tea", "items:pick:done")
    slow = asked_with(form, "2 tea and a tasting set", "items:pick:done")

    assert days_offered(quick)[0] == "Wed, Nov 25, 9:00–12:00"
    assert days_offered(slow)[0] == "Sat, Nov 28, 9:00–12:00"


def test_whoever_asks_for_an_earlier_window_reads_which_item_takes_how_long(tmp_path: Path) -> None:
    form = form_of(tmp_path, ITEMS, WINDOW)
    asked = asked_with(form, "a tasting set", "items:pick:done")

    early = go(form, asked, "tomorrow afternoon")
    pressed = go(form, asked, "when:pick:20261126-1400-1800")

    assert [early.says[0].words, pressed.says[0].words] == [TOO_SLOW, TOO_SLOW]
    assert early.state.current == pressed.state.current == "when"
    assert go(form, asked, "Saturday afternoon").state.current == "confirm"


def test_what_is_past_is_past_and_no_item_is_blamed(tmp_path: Path) -> None:
    form = form_of(tmp_path, ITEMS, WINDOW)

    past = go(form, asked_with(form, "a tasting set", "items:pick:done"), "24 November 2026")

    assert past.says[0].words == Words("form.date_past", {"earliest": "Sat, Nov 28, 2026"})


def test_the_last_day_moves_along_so_that_a_slow_item_leaves_as_many_days(tmp_path: Path) -> None:
    form = form_of(tmp_path, ITEMS, WINDOW)
    slower = replace(WEDNESDAY, catalogue=Catalogue((TEA, replace(SET, delivery_days=30)), "EUR"))

    asked = go(form, start(form, slower), "a tasting set", "items:pick:done", "when:pick:-days", moment=slower)

    assert days_offered(asked) == [
        *("Fri, Dec 25", "Sat, Dec 26", "Sun, Dec 27"),
        *("Mon, Dec 28", "Tue, Dec 29", "Wed, Dec 30"),
    ]


def test_a_date_waits_for_the_slowest_item_too_unless_the_field_waits_longer(tmp_path: Path) -> None:
    form = form_of(tmp_path, ITEMS, DAY)
    patient = form_of(tmp_path, ITEMS, DAY.replace("earliest_days = 1", "earliest_days = 4"))

    quick = asked_with(form, "tea", "1", "items:pick:done")
    slow = asked_with(form, "a tasting set", "items:pick:done")
    later = asked_with(patient, "a tasting set", "items:pick:done")

    assert days_offered(quick)[0] == "Thu, Nov 26, 2026"
    assert (days_offered(slow)[0], len(days_offered(slow))) == ("Sat, Nov 28, 2026", 5)
    assert days_offered(later)[0] == "Sun, Nov 29, 2026"
    assert go(form, slow, "tomorrow").says[0].words == TOO_SLOW
    early = go(patient, later, "tomorrow").says[0].words
    assert early == Words("form.date_early", {"earliest": "Sun, Nov 29, 2026"})


@pytest.mark.parametrize("order", [(ITEMS, WINDOW), (WINDOW, ITEMS), (ITEMS, DAY), (DAY, ITEMS)])
def test_a_day_chosen_before_a_slower_item_was_added_is_asked_again_with_the_reason(
    tmp_path: Path, order: tuple[str, str]
) -> None:
    form = form_of(tmp_path, *order)
    items, day = ("tea", "1", "items:pick:done"), ("tomorrow afternoon",)
    given = (*items, *day) if order[0] == ITEMS else (*day, *items)
    at_summary = asked_with(form, *given)
    assert at_summary.state.current == "confirm"

    changing = edit(form, at_summary.state, "items", WEDNESDAY)
    again = go(form, changing, "and a tasting set", "items:pick:done")

    label = "Time" if WINDOW in order else "Day"
    assert again.state.current == "when"
    assert [say.words for say in again.says[:-1]] == [Words("form.outdated", {"labels": label}), TOO_SLOW]
    assert days_offered(again)[0].startswith("Sat, Nov 28")
    assert go(form, again, "Saturday afternoon").state.current == "confirm"


def test_an_item_that_became_slower_before_the_last_button_is_told_and_the_day_asked_again(tmp_path: Path) -> None:
    form = form_of(tmp_path, ITEMS, WINDOW)
    at_summary = asked_with(form, "2 tea", "items:pick:done", "tomorrow afternoon")
    button = at_summary.says[-1].choices[0].action
    slower = replace(WEDNESDAY, catalogue=Catalogue((replace(TEA, delivery_days=2),), "EUR"))

    told = go(form, at_summary, button, moment=slower)
    asked = go(form, told, "items:pick:done", moment=slower)

    assert told.outcome is Outcome.ASKING
    assert told.says[0].words == Words("items.takes_now", {"item": "Tea", "n": 2})
    assert days_offered(asked)[0] == "Fri, Nov 27, 9:00–12:00"


def test_an_item_that_lies_there_by_now_is_told_as_such(tmp_path: Path) -> None:
    form = form_of(tmp_path, ITEMS, WINDOW)
    paused = asked_with(form, "a tasting set", "items:pick:done", "Saturday afternoon")
    ready = replace(WEDNESDAY, catalogue=Catalogue((TEA, replace(SET, delivery_days=0)), "EUR"))

    told = resume(form, paused.state, ready)

    assert told.says[0].words == Words("items.ready_now", {"item": "Tasting set"})


@pytest.mark.parametrize(
    ("language", "asked", "line"),
    [
        ("en", "Tasting set takes 3 days until it can leave us.", "1 × Tasting set – €19.00 · takes 3 days"),
        (
            "de",
            "Probierset braucht 3 Tage, bis es bei uns rausgehen kann.",
            "1 × Probierset – 19,00\xa0€ · braucht 3 Tage",
        ),
        ("ru", "Набор: соберём за 3 дня.", "1 × Набор – 19,00\xa0€ · срок 3 дня"),
    ],
)
def test_how_long_an_item_takes_is_said_where_it_is_picked_and_in_the_summary(
    tmp_path: Path, language: str, asked: str, line: str
) -> None:
    form, here = form_of(tmp_path, ITEMS, DAY), replace(WEDNESDAY, language=language)

    how_many = go(form, start(form, here), "items:pick:s.set", moment=here)
    cart = go(form, how_many, "1", moment=here)
    both = go(form, cart, "2 tea", moment=here)
    done = go(form, both, "items:pick:done", moment=here)

    assert [read(row.value, language) for row in how_many.says[-1].rows] == [asked]
    assert [read(row.value, language) for row in cart.says[-1].rows] == [line]
    items = read(summary(form, done.state, language)[0].value, language).splitlines()
    assert (items[1], "2 ×" in items[2], "·" in items[2]) == (line, True, False)
