"""What is over is let go of: answers to presses soon, changes of looks after two days, and never anybody's words."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, func, select

from bot.domain.conversation import Place
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging import backlog, outbox, receipts, transcript
from bot.messaging.outbox import CUSTOMER, OPERATOR, SYSTEM, Posting
from bot.storage import schema
from bot.storage.database import Database
from tests.messaging.seen import ANNA, GROUP, NOW, claimed, conversation, kept, put, says, states, topic

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PRESS = Outgoing(Act.ANSWER_PRESS, {"press": "9"})
MARK = Outgoing(Act.REACT, {"message": "7", "emoji": "👌"})
SEARCH = Outgoing(Act.ANSWER_SEARCH, {"query": "9", "results": [{"id": "a"}]})


async def all_arrive(database: Database, at: datetime = NOW) -> None:
    """Deliver all that can be delivered, each with a message of its own."""

    def work(conn: Connection) -> bool:
        taken = outbox.claim(conn, at, 400, ("telegram", "webchat"), lambda _: True)
        for one in taken:
            outbox.settle_sent(conn, one, Receipt(f"m{one.id}"), at)
        return bool(taken)

    while await database.transaction(work):
        pass


async def tidied(database: Database, now: datetime) -> int:
    return await database.transaction(lambda conn: outbox.forget(conn, now))


async def test_answers_to_presses_searches_and_marks_go_after_an_hour(database: Database) -> None:
    await put(
        database, Posting(ANNA, PRESS), Posting(ANNA, SEARCH), Posting(GROUP, MARK, SYSTEM), Posting(ANNA, says("Hi"))
    )
    await all_arrive(database)

    early, late = await tidied(database, NOW + HOUR), await tidied(database, NOW + HOUR * 1.1)

    assert (early, late) == (0, 3)
    assert [row.says for row in await kept(database)] == ["Hi"]


async def test_what_was_found_for_a_search_is_not_kept_once_it_was_answered(database: Database) -> None:
    (key,) = await put(database, Posting(ANNA, SEARCH))
    before = await database.read(lambda conn: backlog.body_of(conn, key))
    await all_arrive(database)

    assert before["results"]
    assert await database.read(lambda conn: backlog.body_of(conn, key)) == {}


async def test_changes_of_a_topics_looks_go_after_two_days_and_the_words_they_changed_stay(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    said = Content(ContentKind.TEXT, plain("Hello"))
    line = await database.transaction(lambda conn: transcript.add(conn, anna, transcript.CUSTOMER, said, NOW))
    card, words = await put(
        database,
        Posting(GROUP, says("card"), SYSTEM, place),
        Posting(GROUP, says("Hello"), CUSTOMER, place, anna, line),
    )
    await all_arrive(database)
    looks = [Outgoing(Act.EDIT, {"text": plain("card 2").to_dict()}), Outgoing(Act.PIN)]
    await put(database, *[Posting(GROUP, one, SYSTEM, place, target=card) for one in looks])
    await all_arrive(database)

    early, late = await tidied(database, NOW + 2 * DAY), await tidied(database, NOW + 2.1 * DAY)

    assert (early, late) == (0, 2)
    found = await database.read(lambda conn: receipts.line_at(conn, GROUP, f"m{words}"))
    assert (found, await states(database)) == ((anna, line), ["sent", "sent"])
    assert await database.read(_receipts) == 2


def _receipts(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(schema.receipts)).scalar_one())


async def test_what_waits_is_uncertain_or_can_be_sent_again_is_never_let_go(database: Database) -> None:
    page = Place("webchat", "w1")
    anna = await conversation(database)
    (question,) = await put(database, Posting(page, says("Which day?")))
    await all_arrive(database)
    await put(database, Posting(page, Outgoing(Act.EDIT_BUTTONS, {"buttons": []}), SYSTEM, target=question))
    await all_arrive(database)  # what the visitor's page shows
    await put(
        database, Posting(ANNA, says("refused"), OPERATOR, conversation=anna), Posting(page, says("doubtful"), OPERATOR)
    )
    refused, doubtful = await claimed(database)
    await database.transaction(lambda conn: outbox.settle_failed(conn, refused.id, "400", NOW))
    await database.transaction(lambda conn: outbox.settle_uncertain(conn, doubtful, "cut", HOUR, NOW))
    await put(database, Posting(ANNA, PRESS))

    assert await tidied(database, NOW + 300 * DAY) == 0
    assert await states(database) == ["sent", "sent", "failed", "uncertain", "pending"]


async def test_much_that_is_over_goes_in_small_steps(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "AT_A_TIME", 4)
    await put(database, *[Posting(Place("telegram", f"{n}"), PRESS) for n in range(10)])
    await all_arrive(database)

    assert [await tidied(database, NOW + DAY) for _ in range(4)] == [4, 4, 2, 0]
