"""The card in the topic offers what can be done next, wherever the ticket was changed: topic, console, customer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from bot.channels.telegram import bot_api
from bot.domain.conversation import Author, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Staff
from bot.domain.ports import Act
from bot.handlers import topic
from bot.handlers.turn import Sayings, Turn
from bot.handoff import staff
from bot.messaging import conversations
from bot.storage import schema
from tests.web.office import Office
from tests.web.talk import Talk

GROUP = Place(bot_api.NAME, "-1001")
HOME = Place(bot_api.NAME, "511000001")
NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HERS, FREE, DONE = ["Release", "Close"], ["Claim", "Close"], list[str]()


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
    return [(target, offered) for act, _, target, offered in await group(office) if act == Act.EDIT_BUTTONS]


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
