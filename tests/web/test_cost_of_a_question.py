"""What a plain question costs: the statements of its turn and of its delivery, each named, so that one more is noticed.

A statement is about 50 µs of the bot's time, a question that the FAQ answers about a millisecond and a half
(`python -m benchmarks.updates`).
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, event

from bot.channels.telegram import bot_api
from bot.domain.conversation import Place
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt
from bot.handlers.dispatch import FrontDoor
from bot.messaging.bell import Bell
from bot.messaging.delivery import DeliveryLoop
from tests.web.office import Office, open_office
from tests.web.test_front_door import open_until

TURN = [
    "UPDATE inbox",  # it is handled once, whoever tries it again
    "SELECT staff",  # who writes may be one of them
    "SELECT conversations",  # with the customer, locked where that is needed
    "SELECT messages",  # has an edit of it come before it, and does it come too fast
    "SELECT tickets",  # the open one, or the one that was closed last and may go on elsewhere
    "INSERT messages",  # what the customer said
    "INSERT matches",  # what the bot made of it; the buttons below the answer name it
    "INSERT messages",  # what the bot says
    "INSERT outbox",
    "INSERT events",  # both lines, for the screens
]
DELIVERY = [
    "SELECT outbox",  # a look, for all that can go
    "UPDATE outbox",  # taken up, likewise
    "UPDATE outbox",  # it has arrived
    "INSERT receipts",  # as what
]
NAMED = re.compile(r"^(SELECT|UPDATE|INSERT|DELETE).*?\b(?:FROM|UPDATE|INTO) (\w+)|^UPDATE (\w+)", re.DOTALL)
BOUND = re.compile(r"\b(?:(?:inbox|outbox|tickets)\.state|messages\.author) (?:=|!=|<>) \?")
"""What a partial index is over, compared with a bound value: SQLite plans such a statement anew each time."""


class Mailbox:
    """A channel that takes everything at once."""

    name = bot_api.NAME
    capabilities = Capabilities()

    def pace(self, place: Place, act: Act) -> Pace:  # noqa: ARG002 a channel's face
        return Pace()

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 a channel's face
        return Receipt("77")


class OnceByHand(DeliveryLoop):
    async def look(self) -> None:
        for delivery in await self._claim_safely():
            await self._carry(delivery)


@dataclass
class Counter:
    """An office in which somebody listens to what the database's writer is asked."""

    office: Office
    heard: list[str] = field(default_factory=list)
    asked: int = 0

    async def question(self) -> None:
        """Let a customer who may be known already ask something that the FAQ answers surely; the turn is made."""
        self.asked += 1
        user = {"id": 511000001, "first_name": "Anna", "language_code": "en"}
        message = {"message_id": self.asked, "date": int(self.office.clock().timestamp()), "from": user}
        message |= {"chat": {"id": user["id"], "type": "private"}, "text": "How much is delivery?"}
        update = bot_api.raw({"update_id": self.asked, "message": message})
        await self.office.house.admit(bot_api.NAME, "1", [update])
        self.heard.clear()
        await open_until(FrontDoor(self.office.house), 1)

    async def delivered(self) -> None:
        """Let the delivery loop look once, and carry out what it takes."""
        self.heard.clear()
        house, channels = self.office.house, dict[str, Any]({bot_api.NAME: Mailbox()})
        await OnceByHand(house.database, channels, house.clock, Bell(), Bell(), lambda *_: None).look()

    def named(self) -> list[str]:
        """Return the last statements, by verb and first table."""
        found = [NAMED.match(statement.replace("(SELECT", "")) for statement in self.heard]
        return [" ".join(filter(None, (one[1] or "UPDATE", one[2] or one[3]))) if one else "?" for one in found]


@pytest.fixture
async def counter(migrated: Path, tmp_path: Path) -> AsyncIterator[Counter]:
    telegram = {
        "SUPPORTBOT_TELEGRAM__TOKEN": "1:made-up",
        "SUPPORTBOT_TELEGRAM__OPERATOR_GROUPS": "[-1001000000001]",
    }
    async with open_office(migrated, tmp_path, **telegram) as office:
        office.house.capabilities = {bot_api.NAME: bot_api.CAPABILITIES}
        made = Counter(office)

        def hear(*call: Any) -> None:  # noqa: ANN401 SQLAlchemy's event
            made.heard.append(call[2])

        def listen(conn: Connection) -> None:
            event.listen(conn.engine, "before_cursor_execute", hear)

        await office.change(listen)
        yield made


async def test_a_plain_question_is_answered_with_few_statements(counter: Counter) -> None:
    await counter.question()
    await counter.delivered()

    await counter.question()
    turn = counter.named()
    await counter.delivered()

    assert (turn, counter.named()) == (TURN, DELIVERY)


async def test_no_statement_of_a_plain_question_is_planned_anew_each_time(counter: Counter) -> None:
    await counter.question()
    asked = list(counter.heard)
    await counter.delivered()

    assert [statement for statement in asked + counter.heard if BOUND.search(statement)] == []
