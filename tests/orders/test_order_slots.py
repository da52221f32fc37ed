"""What a first message says before anybody has asked, and what it must not be taken to say."""

import csv
from datetime import date, datetime, time
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings, strategies as st

from bot.orders import definition
from bot.orders.answers import Moment
from bot.orders.definition import FormDefinition
from bot.orders.first_message import FirstMessage, slots_for
from bot.orders.slots import Slot, SlotKind, find_slots, without_slots

NOW = datetime(2026, 11, 25, 10, 0, tzinfo=ZoneInfo("Europe/Berlin"))
EVERY_KIND = frozenset(SlotKind)


def is_item(words: str) -> bool:
    return "sencha" in words.lower()


def slots_in(text: str, *wanted: SlotKind) -> tuple[Slot, ...]:
    return find_slots(text, wanted or EVERY_KIND, NOW, "DE", ("DE", "RU"), is_item)


def messages() -> list[tuple[str, dict[str, str]]]:
    with Path(__file__).with_name("first_messages.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines, delimiter=";"))
    said = [dict(part.split("=", 1) for part in row["expected"].split("|") if part) for row in rows]
    return [(row["text"].replace("\\n", "\n"), slots) for row, slots in zip(rows, said, strict=True)]


@pytest.mark.parametrize(("text", "said"), messages())
def test_a_first_message_says_what_it_says_and_no_more(text: str, said: dict[str, str]) -> None:
    assert {slot.kind.value: slot.text for slot in slots_in(text)} == said


def test_each_slot_knows_its_place_in_the_message() -> None:
    text = "Straße egal: two boxes tomorrow, anna@example.com"

    assert slots_in(text) == (
        Slot(SlotKind.QUANTITY, "two boxes", 13, 22),
        Slot(SlotKind.WINDOW, "tomorrow", 23, 31),
        Slot(SlotKind.EMAIL, "anna@example.com", 33, 49),
    )


def test_what_no_field_wants_is_left_in_the_text() -> None:
    text = "2 boxes of Sencha tomorrow, 0170 1234567"

    slots = slots_in(text, SlotKind.WINDOW, SlotKind.PHONE)

    assert without_slots(text, slots) == "2 boxes of Sencha"


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    text=st.text(max_size=80)
    | st.lists(st.sampled_from(" ".join(text for text, _ in messages()).split()), max_size=25).map(" ".join)
)
def test_slots_stand_apart_in_any_message(text: str) -> None:
    slots = slots_in(text)

    assert [text[slot.start : slot.end] for slot in slots] == [slot.text for slot in slots]
    assert all(one.end <= other.start for one, other in pairwise(slots))
    assert len({slot.kind for slot in slots}) == len(slots)


@pytest.mark.parametrize(
    "seed", ["1 ", "tomorrow ", "12 tomorrow, ", "a,", "1 2 3 morgen ", "Anna, ", "@a", "04107 a, "]
)
@pytest.mark.parametrize("length", [500, 4000])
def test_a_hostile_message_is_searched_in_no_time(seed: str, length: int) -> None:
    text = (seed * length)[:length]
    slots_in(text)
    started = perf_counter()

    slots_in(text)

    assert perf_counter() - started < 1


FORM = """
key = "order"
title.en = "Your order"
[[fields]]
key = "quantity"
kind = "number"
label.en = "Quantity"
question.en = "How many?"
minimum = 1
maximum = 20
[[fields]]
key = "address"
kind = "text"
label.en = "Address"
question.en = "Where to?"
needs = ["letters", "digits", "postcode", "house_number"]
[[fields]]
key = "date"
kind = "date"
label.en = "Day"
question.en = "When?"
earliest_days = 1
latest_days = 30
[[fields]]
key = "name"
kind = "person"
label.en = "Name"
question.en = "Who?"
[[fields]]
key = "phone"
kind = "phone"
label.en = "Phone"
question.en = "Phone?"
region = "DE"
[[fields]]
key = "confirm"
kind = "confirm"
question.en = "Right?"
"""
MOMENT = Moment(date(2026, 11, 25), "en", at=time(10))


@pytest.fixture
def form(tmp_path: Path) -> FormDefinition:
    path = tmp_path / "order_form.toml"
    path.write_text(FORM, encoding="utf-8")
    return definition.load(path)


def test_the_form_reads_each_slot_by_its_fields_own_rules(form: FormDefinition) -> None:
    said = slots_for(form, "2 boxes to Lindenallee 12, 04107 Leipzig, tomorrow, Anna, 0170 1234567", MOMENT, "DE")

    assert said.answers == {
        "quantity": 2,
        "address": "Lindenallee 12, 04107 Leipzig",
        "date": "2026-11-26",
        "name": "Anna",
        "phone": "+491701234567",
    }
    assert said.begun == {}


def test_what_its_field_refuses_is_no_answer(form: FormDefinition) -> None:
    assert slots_for(form, "99 boxes today", MOMENT) == FirstMessage(times={"date": "today"}, rest="99 boxes")


def test_a_slot_that_fits_two_fields_belongs_to_neither(tmp_path: Path) -> None:
    second = FORM.replace('[[fields]]\nkey = "confirm"', DATE_TOO + '[[fields]]\nkey = "confirm"')
    path = tmp_path / "order_form.toml"
    path.write_text(second, encoding="utf-8")

    said = slots_for(definition.load(path), "two boxes tomorrow", MOMENT)

    assert said == FirstMessage({"quantity": 2}, rest="tomorrow")


def test_the_kinds_in_parts_go_on_from_what_a_message_says() -> None:
    form = definition.load(Path(__file__).with_name("every_kind.toml"))

    said = slots_for(form, "2 boxes to Berlin tomorrow after six, Anna, 0170 1234567", MOMENT)

    assert said.answers == {"when": {"date": "2026-11-26", "from": "18:00", "to": "20:00"}, "who": "Anna"}
    assert said.begun == {"where": {"parts": {"town": "Berlin", "country": "DE"}}}
    assert said.rest == "2 boxes,, 0170 1234567"


DATE_TOO = """
[[fields]]
key = "invoice_date"
kind = "date"
label.en = "Invoice"
question.en = "And the invoice?"
"""
