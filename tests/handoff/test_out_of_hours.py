"""What a waiting customer hears while nobody is at work: when the people are back who will have their ticket."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection

from bot.handlers import waiting
from bot.handlers.turn import Turn
from bot.messaging import conversations
from bot.storage.database import Database
from tests.handoff.shop import open_shop

RULES = '[hours]\nmonday = ["9-18"]\ntuesday = ["9-18"]\n[teams.night.hours]\nmonday = ["22-6"]\n[teams.always.hours]\n'


async def test_a_customer_hears_when_the_team_is_back_that_has_the_ticket(database: Database, tmp_path: Path) -> None:
    shop = open_shop(database)
    shop.rule(f'time_zone = "UTC"\n{RULES}', tmp_path)
    shop.now += timedelta(hours=10)

    told = {}
    for team in ("", "unknown", "night", "always"):
        ticket = await shop.asks(f"Customer of {team}", team=team)

        def work(conn: Connection, key: int = ticket.conversation_id) -> str:
            conversation = conversations.get(conn, key)
            assert conversation is not None
            turn = Turn(shop.house, conn, shop.now, conversation)
            assert turn.ticket is not None
            return str(waiting.message(turn, turn.ticket).outgoing.body["text"]["text"])

        told[team] = await shop.change(work)

    assert ["tomorrow at 9:00" in told[team] for team in told] == [True, True, False, False]
    assert "today at 22:00" in told["night"]
    assert "colleague" in told["always"]
    assert " at " not in told["always"]
