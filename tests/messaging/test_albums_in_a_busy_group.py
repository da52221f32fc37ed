"""Albums in a group with a limit: each part is a message to Telegram, so an album goes when all of them fit."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from bot.domain.conversation import Place
from bot.domain.message import plain
from bot.domain.ports import Act, Capabilities, Outgoing, Pace, Receipt
from bot.messaging.limits import MINUTE
from bot.messaging.outbox import CUSTOMER, Posting
from bot.messaging.topics import Topic
from bot.sandbox import limits as sandbox
from bot.storage.database import Database
from tests.messaging.seen import GROUP, NOW, put, says
from tests.messaging.test_busy_group import A_GROUPS, BusyGroup, LoopByHand, loop_on, rooms

pytestmark = pytest.mark.slow  # minutes of a group, in hand-turned seconds


@dataclass
class StrictGroup(BusyGroup):
    """A group that counts as Telegram does, and remembers (second, thread, messages) of each send."""

    capabilities: Capabilities = field(default_factory=lambda: Capabilities(albums=True))
    limits: sandbox.Limits = field(default_factory=sandbox.Limits)
    taken: list[tuple[int, str, int]] = field(default_factory=list)
    refusals: int = 0
    most: int = 18

    def pace(self, place: Place, act: Act) -> Pace:
        theirs = super().pace(place, act)
        return Pace(theirs.key, theirs.spacing, self.most, theirs.all_per_second, theirs.burst)

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:
        count = len(outgoing.body.get("parts", [1]))
        self.refusals += self.limits.admit(int(place.chat), count, float(self.second)) > 0
        self.taken.append((self.second, place.thread, count))
        others = tuple(f"m{len(self.taken)}.{n}" for n in range(1, count))
        return Receipt(f"m{len(self.taken)}", others=others)

    def came_at(self, thread: str) -> list[int]:
        return [second for second, where, _ in self.taken if where == thread]

    def most_in_a_minute(self) -> int:
        """Return the most messages of any sixty seconds."""
        ends = [second for second, _, _ in self.taken]
        return max(sum(count for at, _, count in self.taken if end - MINUTE < at <= end) for end in ends)


def album(topic: Topic, name: str = "A", parts: int = 10) -> list[Posting]:
    empty = plain("").to_dict()
    body = {"channel": "telegram", "chat": "511", "kind": "photo", "album": name, "text": empty}
    return [
        Posting(
            GROUP, Outgoing(Act.COPY, {**body, "message": f"{n}", "details": {"file_id": f"F{n}"}}), CUSTOMER, topic
        )
        for n in range(parts)
    ]


def line(topic: Topic, text: str = "?") -> Posting:
    return Posting(GROUP, says(text), CUSTOMER, topic)


async def goes_on(loop: LoopByHand, group: BusyGroup, until: int) -> None:
    while group.second < until:
        await loop.look()
        group.second += 1


async def test_an_album_waits_until_the_groups_minute_has_room_for_all_its_parts(database: Database) -> None:
    (first, second), group = await rooms(database, 2, 0), StrictGroup()
    loop = loop_on(database, group)
    for _ in range(17):
        loop.limits.count(group.name, A_GROUPS, 0.0)

    await put(database, *album(first))
    await goes_on(loop, group, 60)
    before = list(group.taken)
    await goes_on(loop, group, 62)

    assert (before, group.taken) == ([], [(60, first.place.thread, 10)])
    assert second.place.thread not in {thread for _, thread, _ in group.taken}


async def test_albums_of_many_customers_at_one_moment_never_exceed_what_telegram_takes(database: Database) -> None:
    made, group = await rooms(database, 3, 3), StrictGroup()
    loop = loop_on(database, group)

    await put(database, *[one for n, topic in enumerate(made) for one in [*album(topic, f"A{n}"), line(topic)]])
    await goes_on(loop, group, 600)

    assert (group.refusals, sum(count for _, _, count in group.taken)) == (0, 66)
    assert group.most_in_a_minute() <= 18
    counts = defaultdict[str, list[int]](list)
    for _, thread, count in group.taken:
        counts[thread].append(count)
    assert list(counts.values()) == [[10, 1]] * 6, "an album before the line that came after it"


async def test_lines_that_come_after_an_album_do_not_take_its_room_for_ever(database: Database) -> None:
    made, group = await rooms(database, 12, 0), StrictGroup()
    loop = loop_on(database, group)

    for second in range(240):
        if second == 30:
            await put(database, *album(made[0]), at=NOW + timedelta(seconds=second))
        if second % 3 == 0:
            await put(database, line(made[1 + second // 3 % 11]), at=NOW + timedelta(seconds=second))
        await goes_on(loop, group, second + 1)

    assert group.came_at(made[0].place.thread)[0] <= 30 + MINUTE
    assert (group.refusals, group.most_in_a_minute()) == (0, 18)


async def test_an_album_of_a_chat_that_waits_lets_claimed_chats_pass_but_not_for_ever(database: Database) -> None:
    made, group = await rooms(database, 12, 1), StrictGroup()
    loop = loop_on(database, group)

    await put(database, *album(made[-1]), *[line(one) for one in made[:-1]])
    for second in range(400):
        if second % 2 == 0:
            await put(database, line(made[second // 2 % 12]), at=NOW + timedelta(seconds=second))
        await goes_on(loop, group, second + 1)

    (came,) = group.came_at(made[-1].place.thread)
    assert group.taken[0][1] != made[-1].place.thread
    assert 60 < came <= 240
    assert (group.refusals, group.most_in_a_minute()) == (0, 18)


async def test_an_album_that_no_minute_could_hold_goes_in_smaller_ones(database: Database) -> None:
    (mine,), group = await rooms(database, 1, 0), StrictGroup(most=4)
    loop = loop_on(database, group)

    await put(database, *album(mine))
    await goes_on(loop, group, 200)

    assert [count for _, _, count in group.taken] == [4, 4, 2]
    assert group.most_in_a_minute() == 4


async def test_after_a_restart_an_album_counts_as_its_parts(database: Database) -> None:
    (mine,), group = await rooms(database, 1, 0), StrictGroup()
    await put(database, *album(mine))
    await goes_on(loop_on(database, group), group, 2)
    assert [count for _, _, count in group.taken] == [10]

    after = loop_on(database, group)
    after.channels.clear()
    await after.add(group)

    room, minute = 0, Pace(GROUP.chat, per_minute=18)
    while after.limits.wait(group.name, minute, 30.0) == 0:
        after.limits.begin(group.name, minute, 30.0)
        room += 1
    assert room == 8
