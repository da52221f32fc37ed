"""What people hear when the bot moves a chat: whoever gets it, with links to it; whose chat it is, in one message."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.telegram import bot_api
from bot.domain.conversation import Place
from bot.handlers import assigning
from bot.messaging import topics
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

CONSOLE = "http://127.0.0.1:8080/console/conversations/"
HOURS = '[hours]\nmonday = ["9-18"]\ntuesday = ["9-18"]\n'


class Linking:
    """A channel of which only the links to its topics are asked for."""

    def link(self, place: Place) -> str:
        return bot_api.link(place)


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    floor.house.channels["telegram"] = Linking()  # type: ignore[assignment] # nothing else of it is used
    await floor.hires("Olga")
    return floor


async def told_privately(floor: Floor) -> dict[str, Any]:
    """Return the text that Olga got last, formatted, as the outbox holds it."""
    out = schema.outbox
    query = select(out.c.body).where(out.c.chat == "70").order_by(out.c.id.desc()).limit(1)
    return dict((await floor.house.database.read(lambda conn: conn.execute(query).scalar_one()))["text"])


@pytest.mark.parametrize("thread", ["17", ""])
async def test_who_is_given_a_chat_gets_links_to_its_topic_and_to_the_console(
    floor: Floor, tmp_path: Path, thread: str
) -> None:
    floor.rule('[assignment]\nmode = "balanced"\n', tmp_path)
    ticket = await floor.asks("Anna")

    def has(conn: Any) -> None:  # noqa: ANN401 a connection
        topic = topics.of(conn, ticket.conversation_id)
        assert topic is not None
        topics.change(conn, topic.id, thread=thread)

    await floor.change(has)
    assert await floor.assigns() == 1

    told = await told_privately(floor)
    to_topic = [("Open the topic", "https://t.me/c/1000000001/17")] if thread else []
    links = [*to_topic, ("Open it in the console", f"{CONSOLE}{ticket.conversation_id}")]
    assert told["text"] == f"#{ticket.id} Anna is yours now.\n" + " · ".join(name for name, _ in links)
    assert [one[3] for one in told["entities"] if one[0] == "text_link"] == [address for _, address in links]


@pytest.mark.parametrize(("hours", "place"), [(0, "You are next."), (10, "We are back tomorrow at 9:00.")])
async def test_whose_chat_comes_back_to_the_queue_hears_it_and_the_place_in_one_message(
    floor: Floor, tmp_path: Path, hours: int, place: str
) -> None:
    floor.rule(f'time_zone = "UTC"\n{HOURS}', tmp_path)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.privately("Olga", "/away")
    floor.later(hours=hours, minutes=20)
    await floor.told()

    assert await floor.sweep(assigning.sweep_returns) == 1

    (heard,) = await floor.heard("Anna")
    assert heard.startswith("Olga had to go. A colleague goes on and sees what was said;")
    assert place in heard
