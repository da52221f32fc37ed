"""The card in the topic offers what can be done next, wherever the ticket was changed: topic, console, customer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.channels.telegram import bot_api
from bot.domain.conversation import Author, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role, Staff
from bot.domain.ports import Act
from bot.handlers import card, operator, relay, topic
from bot.handlers.turn import Sayings, Turn, tell_desk
from bot.handoff import staff
from bot.handoff.ticket import Reason
from bot.messaging import conversations
from bot.storage import desk_tables, schema
from tests.web.office import Office
from tests.web.talk import Talk

GROUP = Place(bot_api.NAME, "-1001")
HOME = Place(bot_api.NAME, "511000001")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
MORE = ["Give to …", "To level 2"]
HERS, FREE, DONE = ["Release", "Close", *MORE], ["Claim", "Close", *MORE], list[str]()


async def waits(office: Office) -> Talk:
    """Return a customer who waits for a person; the card is in the topic."""
    office.house.capabilities = {**office.house.capabilities, bot_api.NAME: bot_api.CAPABILITIES}
    office.house.groups = [GROUP]
    anna = Talk(office, HOME, "Anna Vogt", made_up=False)
    await anna.says("/human")
    return anna


async def group(office: Office) -> list[tuple[str, int, int | None, list[str]]]:
    """Return (act, outbox id, target, labels) of what was put into the group, in order."""
    table = schema.outbox
    query = select(table).where(table.c.chat == GROUP.chat).order_by(table.c.id)
    rows = await office.read(lambda conn: conn.execute(query).all())
    return [(row.act, row.id, row.target_id, labels(row.body.get("buttons", []))) for row in rows]


def labels(rows: list[list[list[str]]]) -> list[str]:
    return [button[0] for row in rows for button in row]


async def card_of(office: Office) -> int:
    return next(key for act, key, _, offered in await group(office) if act == Act.SAY and offered)


async def edits(office: Office) -> list[tuple[int | None, list[str]]]:
    return [(target, offered) for act, _, target, offered in await group(office) if act in {Act.EDIT, Act.EDIT_BUTTONS}]


async def in_topic(office: Office, act: Callable[[Turn], Sayings]) -> None:
    def work(conn: Connection) -> None:
        found = conversations.find(conn, HOME)
        assert found
        turn = Turn(office.house, conn, office.clock(), found)
        turn.carry(act(turn))

    await office.change(work)


async def test_what_is_done_in_the_console_is_seen_on_the_card(office: Office) -> None:
    anna = await waits(office)
    card = await card_of(office)
    olga = await office.desk("Olga")

    for action in ("claim", "release", "claim", "close"):
        answer = await olga.press(f"/console/conversations/1/{action}")
        assert answer.status_code == 200, answer.text
        await anna.receives()

    assert await edits(office) == [(card, HERS), (card, FREE), (card, HERS), (card, DONE)]


async def test_a_chat_passed_on_unclaimed_cannot_be_claimed_from_the_card(office: Office) -> None:
    await waits(office)
    card = await card_of(office)

    await (await office.desk("Olga")).press("/console/conversations/1/transfer", to=str(office.people["Max"]))

    assert await edits(office) == [(card, HERS)]


async def test_first_words_in_the_topic_take_claim_off_the_card(office: Office) -> None:
    await waits(office)
    card = await card_of(office)

    await in_topic(office, lambda turn: topic.written(turn, olga_of(turn), words("Hello")))

    assert await edits(office) == [(card, HERS)]


async def test_a_customer_who_needs_nobody_takes_claim_off_the_card(office: Office) -> None:
    anna = await waits(office)
    card = await card_of(office)

    await anna.presses("It is solved")

    assert await edits(office) == [(card, DONE)]


@pytest.mark.parametrize(("verb", "left"), [("claim", HERS), ("close", DONE)])
async def test_a_press_on_the_card_changes_it_once(office: Office, verb: str, left: list[str]) -> None:
    await waits(office)
    card = await card_of(office)

    await in_topic(office, lambda turn: topic.pressed(turn, olga_of(turn), press(f"{verb}:1", str(card))))

    assert await edits(office) == [(card, left)]


async def test_claiming_is_answered_with_words_at_the_button_and_a_sign_on_the_command(office: Office) -> None:
    await waits(office)
    card = await card_of(office)

    await in_topic(office, lambda turn: topic.pressed(turn, olga_of(turn), press("claim:1", str(card))))
    await in_topic(office, lambda turn: topic.written(turn, olga_of(turn), words("/claim")))
    await in_topic(office, lambda turn: topic.written(turn, max_of(turn), words("/takeover")))

    assert [body["text"] for body in await bodies(office, Act.ANSWER_PRESS)] == ["The chat is yours."]
    assert [body["emoji"] for body in await bodies(office, Act.REACT)] == ["👌", "👌"]


async def test_who_lost_a_chat_by_a_takeover_hears_it_privately_and_nobody_else_does(office: Office) -> None:
    await waits(office)
    await office.change(lambda conn: conn.execute(_OF_OLGA, {"telegram_id": "77"}))
    await in_topic(office, lambda turn: topic.written(turn, olga_of(turn), words("/claim")))

    await in_topic(office, lambda turn: topic.written(turn, max_of(turn), words("/takeover")))
    await in_topic(office, lambda turn: topic.written(turn, max_of(turn), words("/takeover")))

    table = schema.outbox
    query = select(table.c.body).where(table.c.chat == "77")
    told = await office.read(lambda conn: conn.execute(query).scalars().all())
    assert [body["text"]["text"] for body in told] == ["Max took over #1 Anna Vogt from you."]


_OF_OLGA = desk_tables.staff.update().where(desk_tables.staff.c.name == "Olga")


def max_of(turn: Turn) -> Staff:
    return staff.found(turn.conn, "Max")[0]


async def test_a_press_on_an_old_message_takes_its_buttons_away_as_well(office: Office) -> None:
    await waits(office)
    card = await card_of(office)

    await in_topic(office, lambda turn: topic.pressed(turn, olga_of(turn), press("claim:1", "99")))

    assert await edits(office) == [(card, HERS), (None, HERS)]


def olga_of(turn: Turn) -> Staff:
    return staff.found(turn.conn, "Olga")[0]


def words(text: str) -> Said:
    content = Content(ContentKind.TEXT, plain(text))
    return Said(GROUP, Where.GROUP, Author("7", "Olga"), NOW, "m7", content)


def press(action: str, message: str) -> Pressed:
    return Pressed(GROUP, Where.GROUP, Author("7", "Olga"), NOW, "p7", message, action=action)


async def test_a_card_that_stands_is_found_whatever_came_after_it(office: Office) -> None:
    anna = await waits(office)
    card = await card_of(office)
    for number in range(400):
        await in_topic(office, lambda _, number=number: [tell_desk(f"notice {number}")])  # type: ignore[misc] # bound at once

    await anna.presses("It is solved")

    assert await edits(office) == [(card, DONE)]


async def test_a_new_topic_of_an_old_customer_gets_the_photos_of_before_and_no_other_does(office: Office) -> None:
    office.house.groups = []
    anna = Talk(office, HOME, "Anna Vogt", made_up=False)
    await anna.says("How much is delivery?")
    await heard(office, ContentKind.PHOTO, "p1")
    await heard(office, ContentKind.TEXT, "p2")
    office.clock.forward(seconds=5)

    await waits(office)

    copies = [body["message"] for body in await bodies(office, Act.COPY)]
    assert copies == ["p1"]


@pytest.mark.parametrize(
    ("happens", "line"),
    [
        (lambda turn: conversations.change(turn.conn, turn.conversation.id, banned=True), "⛔ Banned"),
        (lambda turn: conversations.keep_phone(turn.conn, turn.conversation.customer_id, "+491"), "Phone: +491"),
        (lambda turn: conversations.keep_email(turn.conn, turn.conversation.customer_id, "a@b.c"), "E-mail: a@b.c"),
    ],
)
async def test_what_is_learned_of_a_customer_is_seen_on_the_card(
    office: Office, happens: Callable[[Turn], None], line: str
) -> None:
    await waits(office)
    await in_topic(office, lambda turn: happens(turn) or [])  # type: ignore[func-returns-value]

    await in_topic(office, lambda turn: turn.show("customer") or [])  # type: ignore[func-returns-value]

    (edit,) = await bodies(office, Act.EDIT)
    assert line in edit["text"]["text"]


async def test_who_goes_by_another_name_is_called_so_with_the_next_change_of_state(office: Office) -> None:
    await waits(office)
    await in_topic(office, lambda turn: conversations.keep_name(turn.conn, turn.conversation.customer_id, "Bo") or [])  # type: ignore[func-returns-value]

    await in_topic(office, lambda turn: topic.written(turn, olga_of(turn), tagged()))
    before = await bodies(office, Act.EDIT_TOPIC)
    await in_topic(office, lambda turn: topic.written(turn, olga_of(turn), words("Hello")))

    assert (before, [body["name"] for body in await bodies(office, Act.EDIT_TOPIC)]) == ([], ["🔵 #1 Bo"])


async def test_actions_of_buttons_fit_whatever_the_numbers(office: Office) -> None:
    ticket = replace((await office.waiting()), id=2**63 - 1, level=3)
    people = [Staff(2**63 - 1, "7", "Olga", Role.OPERATOR, "en")]
    rows = [*card.buttons(ticket, office.house.texts("en")), *card.colleagues(ticket, people, office.house.texts("en"))]

    assert max(len(button.action.encode()) for row in rows for button in row) <= 64


async def bodies(office: Office, act: Act) -> list[dict[str, Any]]:
    table = schema.outbox
    query = select(table.c.body).where(table.c.chat == GROUP.chat, table.c.act == act.value).order_by(table.c.id)
    return [dict(row.body) for row in await office.read(lambda conn: conn.execute(query).all())]


async def heard(office: Office, kind: ContentKind, message: str) -> None:
    def work(conn: Connection) -> None:
        found = conversations.find(conn, HOME)
        assert found
        Turn(office.house, conn, office.clock(), found).hear(Content(kind, plain("x")), (HOME.chat, message))

    await office.change(work)


def tagged() -> Said:
    return Said(GROUP, Where.GROUP, Author("7", "Olga"), NOW, "m8", Content(ContentKind.TEXT, plain("/tag wet")))


async def test_a_photo_that_brings_a_customer_to_people_comes_into_the_topic_once(office: Office) -> None:
    office.house.capabilities = {**office.house.capabilities, bot_api.NAME: bot_api.CAPABILITIES}
    office.house.groups = [GROUP]
    await Talk(office, HOME, "Anna Vogt", made_up=False).says("/help")
    photo = Said(HOME, Where.PRIVATE, Author("511", "Anna"), NOW, "p9", Content(ContentKind.PHOTO, plain("")))

    def work(turn: Turn) -> Sayings:
        line = turn.hear(photo.content, (HOME.chat, "p9"))
        return [*operator.hand_over(turn, Reason.MEDIA), *relay.desk_copy(turn, photo, line)]

    await in_topic(office, work)

    assert [body["message"] for body in await bodies(office, Act.COPY)] == ["p9"]
