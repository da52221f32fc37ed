"""How the minute of a busy group is shared out: a delivery loop over a clock that the test turns, second by second."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Incoming, Place
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt
from bot.messaging import outbox, topics, transcript
from bot.messaging.bell import Bell
from bot.messaging.delivery import AT_ONCE, DeliveryLoop
from bot.messaging.outbox import CUSTOMER, SYSTEM, Posting
from bot.messaging.topics import Topic
from bot.storage.database import Database
from tests.messaging.seen import CHANNELS, GROUP, NOW, conversation, put, says, text_of, topic

pytestmark = pytest.mark.slow  # many minutes of a group, in hand-turned seconds

A_GROUPS = Pace(GROUP.chat, timedelta(seconds=1), 18, 30.0, 4)
LINES_FOR, SECONDS = 300, 900
"""Customers write for five minutes; what waits then goes out within ten more."""


class LoopByHand(DeliveryLoop):
    """Sends what may go at this moment, and nothing later."""

    async def look(self) -> None:
        while taken := await self._claim_safely():
            for delivery in taken:
                await self._carry(delivery)


@dataclass
class BusyGroup:
    """A group with a clock; takes everything, and remembers when it came."""

    name: str = "telegram"
    capabilities: Capabilities = field(default_factory=Capabilities)
    second: int = 0
    came: list[tuple[int, str, str]] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    def read(self, payload: Mapping[str, Any]) -> Incoming | None:  # a channel's face; nothing is read here
        raise NotImplementedError

    def link(self, place: Place) -> str:
        return place.chat

    def pace(self, place: Place, act: Act) -> Pace:  # noqa: ARG002 a channel's face
        return A_GROUPS

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:
        self.acts.append(outgoing.act)
        self.came += [(self.second, place.thread, text) for text in text_of(outgoing).split("\n")]
        return Receipt(f"m{len(self.acts)}")


def loop_on(database: Database, group: BusyGroup) -> LoopByHand:
    channels: dict[str, Any] = {group.name: group}
    loop = LoopByHand(
        database, channels, lambda: NOW + timedelta(seconds=group.second), Bell(), Bell(), lambda *_: None
    )
    loop.stopwatch = lambda: float(group.second)
    return loop


async def rooms(database: Database, claimed: int, waiting: int) -> list[Topic]:
    """Return topics, the first of them claimed."""
    made = [await topic(database, await conversation(database), thread=str(n)) for n in range(claimed + waiting)]

    def claim(conn: Connection) -> None:
        for one in made[:claimed]:
            topics.change(conn, one.id, attended=True)

    await database.transaction(claim)
    return made


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_claimed_chats_go_first_in_a_group_at_its_limit_and_nobody_is_starved_or_lost(database: Database) -> None:
    """Twenty claimed chats and twenty that wait; each writes every twenty seconds, seven times what the group takes."""
    made, group = await rooms(database, 20, 20), BusyGroup()
    loop, written = loop_on(database, group), defaultdict[str, list[int]](list)

    for group.second in range(SECONDS):
        due = [(n, one) for n, one in enumerate(made) if group.second < LINES_FOR and (group.second + n) % 20 == 0]
        lines = [Posting(GROUP, says(f"{n} {len(written[str(n)])}"), CUSTOMER, one) for n, one in due]
        for n, _ in due:
            written[str(n)].append(group.second)
        await put(database, *lines, at=NOW + timedelta(seconds=group.second))
        await loop.look()

    came = defaultdict[str, list[int]](list)
    for second, thread, text in group.came:
        assert text == f"{thread} {len(came[thread])}", "a line is lost, twice or out of order"
        came[thread].append(second)
    assert {thread: len(lines) for thread, lines in came.items()} == {
        thread: len(lines) for thread, lines in written.items()
    }
    waits = {thread: [there - at for at, there in zip(written[thread], came[thread], strict=True)] for thread in came}
    of_claimed = sorted(wait for thread, some in waits.items() if int(thread) < 20 for wait in some)
    of_waiting = sorted(wait for thread, some in waits.items() if int(thread) >= 20 for wait in some)
    assert of_claimed[-1] < 120, "five sixths of 18 a minute are theirs: 20 chats have their turn within 80 seconds"
    assert of_claimed[len(of_claimed) // 2] * 3 < of_waiting[len(of_waiting) // 2]
    assert _others_between(group, written, came) >= 5
    sends = {(second, thread) for second, thread, _ in group.came if 120 <= second < LINES_FOR}
    assert sum(int(thread) >= 20 for _, thread in sends) >= 8, "three a minute are for those who wait long"


def _others_between(group: BusyGroup, written: Mapping[str, list[int]], came: Mapping[str, list[int]]) -> int:
    """Return the fewest sends to claimed chats between two of those that wait, while a claimed chat had a line."""
    fewest, since = 100, 100
    for second, thread in dict.fromkeys((second, thread) for second, thread, _ in group.came):
        if int(thread) < 20:
            since += 1
            continue
        behind = any(
            at < second <= there for n in range(20) for at, there in zip(written[str(n)], came[str(n)], strict=True)
        )
        if behind:
            fewest, since = min(fewest, since), 0
    return fewest


async def test_a_chat_that_is_claimed_while_its_lines_wait_comes_before_the_others(database: Database) -> None:
    made, group = await rooms(database, 0, 3), BusyGroup()
    loop = loop_on(database, group)
    await put(database, *[Posting(GROUP, says(f"{n}"), CUSTOMER, one) for n, one in enumerate(made)])

    await database.transaction(lambda conn: topics.change(conn, made[2].id, attended=True))
    await loop.look()

    assert [text for _, _, text in group.came] == ["2", "0", "1"]


class GroupWithButtons(BusyGroup):
    """A group whose minute is for messages alone, as Telegram's is."""

    def pace(self, place: Place, act: Act) -> Pace:
        if act is Act.ANSWER_PRESS:
            return Pace()
        return Pace(f"{place.chat}:reactions") if act is Act.REACT else super().pace(place, act)


PRESS, MARK = Outgoing(Act.ANSWER_PRESS, {"press": "9"}), Outgoing(Act.REACT, {"message": "7", "emoji": "👌"})


async def test_a_button_and_a_mark_are_answered_at_once_although_many_topics_wait(database: Database) -> None:
    many, group = await rooms(database, 5 * AT_ONCE, 0), GroupWithButtons()
    loop = loop_on(database, group)
    await put(database, *[Posting(GROUP, says("line"), CUSTOMER, one) for one in many])
    for group.second in range(10):
        await loop.look()
    before = len(group.acts)
    in_many_chats = [Posting(Place(GROUP.channel, f"-1{n}"), says("line")) for n in range(5 * AT_ONCE)]

    for lanes in ([], in_many_chats):  # one group that must wait, or very many
        loop.limits.pause(group.name, A_GROUPS, 60.0)
        await put(database, *lanes, Posting(GROUP, PRESS), Posting(GROUP, MARK, SYSTEM))
        await loop.look()

        assert group.acts[before:] == [Act.ANSWER_PRESS, Act.REACT]
        before = len(group.acts)


async def test_marks_that_must_wait_hold_up_no_line_of_their_group(database: Database) -> None:
    many = await rooms(database, outbox.LOOKS - 1, 0)
    await put(database, Posting(GROUP, MARK, SYSTEM), *[Posting(GROUP, says("line"), CUSTOMER, one) for one in many])

    def took(conn: Connection) -> list[Act]:
        allow: Any = lambda one: one.outgoing.act is not Act.REACT  # noqa: E731 says what may go
        return [one.outgoing.act for one in outbox.claim(conn, NOW, 1, CHANNELS, allow)]

    assert await database.transaction(took) == [Act.SAY]


async def test_what_the_bot_says_beside_waiting_lines_goes_with_them_in_one_message(database: Database) -> None:
    (mine, other), group = await rooms(database, 1, 1), BusyGroup()
    loop = loop_on(database, group)
    await put(database, *[Posting(GROUP, says(f"{n}", reply_to="1"), SYSTEM, other) for n in range(10)])
    for group.second in range(20):  # more than half of the minute is used up
        await loop.look()
    before = len(group.acts)
    lines = [("where is it?", CUSTOMER), ("Olga has the chat now.", SYSTEM), ("📇 A contact.", SYSTEM), ("?", CUSTOMER)]
    again = [[{"text": "Send again", "action": "again:1"}]]

    await put(
        database,
        *[Posting(GROUP, says(text), author, mine) for text, author in lines],
        Posting(GROUP, says("not sent", buttons=again), SYSTEM, mine),
        at=NOW + timedelta(seconds=20),
    )
    for group.second in range(20, 90):
        await loop.look()

    said = ["where is it?", "", "ℹ️ Olga has the chat now.", "📇 A contact.", "", "?"]
    assert [text for _, thread, text in group.came if thread == mine.place.thread] == [*said, "not sent"]
    assert len(group.acts) - before == 2


async def test_words_of_the_console_keep_a_message_of_their_own_to_be_taken_back(database: Database) -> None:
    (mine, other), group = await rooms(database, 1, 1), BusyGroup()
    loop = loop_on(database, group)
    await put(database, *[Posting(GROUP, says(f"{n}", reply_to="1"), SYSTEM, other) for n in range(10)])
    for group.second in range(20):
        await loop.look()
    before = len(group.acts)
    line = await _line(database, mine.conversation_id)

    await put(
        database,
        Posting(GROUP, says("and now?"), CUSTOMER, mine),
        Posting(GROUP, says("Olga: tomorrow"), SYSTEM, mine, message=line),
        at=NOW + timedelta(seconds=20),
    )
    for group.second in range(20, 90):
        await loop.look()

    assert len(group.acts) - before == 2


async def _line(database: Database, of: int) -> int:
    content = Content(ContentKind.TEXT, plain("tomorrow"))
    return await database.transaction(lambda conn: transcript.add(conn, of, transcript.OPERATOR, content, NOW))
