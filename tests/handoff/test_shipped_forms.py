"""The forms that come with the bot besides the order: a return with a photo, and a call-back at a time of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.domain.message import ContentKind
from bot.orders import store
from bot.orders.forms import Forms, load_all
from bot.orders.store import Order
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

CONFIG = Path(__file__).parents[2] / "config"
RETURN = {
    "en": ("Arrived broken", "that is all", "leave out", "yes"),
    "de": ("Beschädigt angekommen", "das ist alles", "weglassen", "ja"),
    "ru": ("Пришло повреждённым", "это всё", "пропустить", "да"),
}


def shipped() -> Forms:
    return load_all(CONFIG / "order_form.toml", CONFIG / "forms")


@pytest.fixture
async def floor(database: Database) -> Floor:
    """Return a desk whose house has the forms that come with it."""
    floor = open_floor(database)
    await floor.hires("Olga")
    floor.house.forms = shipped()
    return floor


def test_every_form_that_comes_with_the_bot_is_sound_in_three_languages() -> None:
    forms = shipped()

    found = [(form.key, form.prefix, form.command) for form in forms]
    assert found == [("order", "S", ""), ("callback", "C", "callback"), ("return", "R", "return")]
    for form in forms:
        for texts in (form.title, form.button, *(field.question for field in form.fields)):
            assert set(texts) == {"en", "de", "ru"}, form.key
        for field in form.fields:
            options = [option.label for option in field.options]
            assert all(set(texts) in ({"en", "de", "ru"}, set()) for texts in (field.label, field.help, *options))


async def returns(floor: Floor, language: str) -> list[str]:
    """Let Anna send something back with a photo of it; return all that she hears."""
    broken, done, leave_out, send = RETURN[language]
    await floor.change(lambda conn: floor.turn(conn, "Anna").speak(language))
    for words in ("/return", "S-1042", broken, done):
        await floor.says("Anna", words)
    await floor.says("Anna", "", ContentKind.PHOTO, file_id="f1")
    for words in (done, leave_out, send):
        await floor.says("Anna", words)
    return await floor.heard("Anna")


async def made(floor: Floor) -> Order:
    (order,) = await floor.house.database.read(store.list_orders)
    return order


async def in_the_topic(floor: Floor) -> list[tuple[str, str]]:
    """Return what was put into topics: the act, and its text or the message that it copies."""

    def work(conn: Connection) -> list[tuple[str, str]]:
        out = schema.outbox
        rows = conn.execute(select(out).where(out.c.topic_id.is_not(None)).order_by(out.c.id))
        return [(row.act, str(row.body.get("message", "")) or row.body.get("text", {}).get("text", "")) for row in rows]

    return await floor.house.database.read(work)


@pytest.mark.parametrize(
    ("language", "thanks", "confirmed"),
    [
        ("en", "Thank you. Return: your number is {number}.", "Return {number}: accepted."),
        ("de", "Danke. Rücksendung: Ihre Nummer ist {number}.", "Rücksendung {number}: angenommen."),
        ("ru", "Спасибо. Возврат: ваш номер {number}.", "Возврат {number}: одобрен."),
    ],
)
async def test_a_return_with_a_photo_reaches_the_operators_and_is_called_one(
    floor: Floor, language: str, thanks: str, confirmed: str
) -> None:
    told = await returns(floor, language)
    topic = await in_the_topic(floor)
    order = await made(floor)
    number = order.number
    await floor.writes("Olga", "Anna", f"/order {number} confirmed")

    assert told[-1].splitlines()[0] == thanks.format(number=number)
    assert (number[:2], order.form, order.answers["reason"]) == ("R-", "return", ["broken"])
    head = next(text for _, text in topic if number in text)
    assert head.splitlines()[:2] == [f"📦 New: Return {number}", "Order number: S-1042"]
    assert "Photo: " in head
    assert [act for act, _ in topic].count("copy") == 1
    assert await floor.heard("Anna") == [confirmed.format(number=number)]


async def test_what_ends_a_return_sends_it_and_orders_nothing(floor: Floor) -> None:
    await returns(floor, "en")
    rows = await floor.house.database.read(lambda conn: list(conn.execute(select(schema.outbox.c.body)).scalars()))

    labels = [text for body in rows for line in body.get("buttons", []) for text, *_ in line]
    assert "Send" in labels
    assert "Order" not in labels


async def test_a_call_back_at_a_time_reaches_the_operators(floor: Floor) -> None:
    for words in ("/callback", "Anna Vogt", "0151 12345678"):
        await floor.says("Anna", words)
    asked = (await floor.heard("Anna"))[-1]
    await floor.says("Anna", "Friday morning")
    await floor.says("Anna", "yes")

    told = await floor.told()
    order = await made(floor)
    assert "When may we call?" in asked
    assert (order.number[:2], order.form, order.total) == ("C-", "callback", None)
    thanks = [text for who, text in told if who == "Anna"][-1]
    assert thanks.splitlines() == [
        f"Thank you. Call-back: your number is {order.number}.",
        "We will call you then.",
        "/orders shows how it stands.",
    ]
    lines = next(text for who, text in told if who == "in Anna").splitlines()
    assert (lines[0], lines[-1][:6]) == (f"📦 New: Call-back {order.number}", "Time: ")


async def test_how_a_return_stands_is_told_by_its_number(floor: Floor) -> None:
    await returns(floor, "en")

    number = (await made(floor)).number
    await floor.says("Anna", f"where is {number.replace('R-', 'r')}?")

    assert (await floor.heard("Anna"))[-1].splitlines()[:2] == [f"Return {number}: received.", "Order number: S-1042"]


async def test_staff_read_an_order_by_its_number_wherever_they_write(floor: Floor) -> None:
    await returns(floor, "en")
    await floor.told()
    number = (await made(floor)).number

    await floor.privately("Olga", f"/order {number}")
    await floor.privately("Olga", "/order S-9999")

    shown, unknown = await floor.heard("Olga")
    assert shown.splitlines()[:2] == [f"📦 Return {number} · new", "Order number: S-1042"]
    assert unknown == "There is no order S-9999."
