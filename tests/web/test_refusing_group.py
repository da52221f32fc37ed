"""Groups that refuse topics: tickets wait in the console, then come to their topics with all that was said."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest
from sqlalchemy import Connection, select

from bot.channels.telegram import bot_api
from bot.domain.conversation import Author, Happened, Happening, Place, Where
from bot.domain.ports import Act, Outgoing, Receipt, Refused, Why
from bot.handlers import dispatch, undelivered
from bot.messaging import conversations, outbox, topics
from bot.messaging.delivery import DeliveryLoop
from bot.messaging.outbox import Delivery
from bot.storage import schema
from tests.web.office import Office
from tests.web.talk import Talk

A, B = Place(bot_api.NAME, "-1001"), Place(bot_api.NAME, "-1002")
ANNA, BORIS = Place(bot_api.NAME, "511"), Place(bot_api.NAME, "512")
_OUT = schema.outbox


@dataclass
class Post:
    """Telegram as seen from the outbox; some groups refuse topics."""

    office: Office

    async def carries(self, refuses: Callable[[Delivery], bool] = lambda _: False) -> None:
        """Deliver all that waits; an opening of a topic that is refused fails as it does with rights missing."""
        house = self.office.house
        loop = DeliveryLoop(
            house.database,
            {},
            self.office.clock,
            house.outbox_bell,
            house.events_bell,
            lambda conn, delivery, error, now: undelivered.follow(house, conn, delivery, error, now),
        )
        while taken := await self.office.change(self._taken):
            for delivery in taken:
                await loop._settle(delivery, self._outcome(delivery, refuses))  # noqa: SLF001 the loop's other half

    def _taken(self, conn: Connection) -> list[Delivery]:
        return outbox.claim(conn, self.office.clock(), 50, [bot_api.NAME], lambda _: True)

    @staticmethod
    def _outcome(delivery: Delivery, refuses: Callable[[Delivery], bool]) -> Receipt | Exception:
        opens = delivery.outgoing.act is Act.OPEN_TOPIC
        if delivery.topic_id is not None and not delivery.place.thread and not opens:
            return Refused(Why.NO_TOPIC, "its topic could not be opened")
        if opens and refuses(delivery):
            return Refused(Why.NO_RIGHTS, "not enough rights")
        return Receipt(str(delivery.id), thread=str(9000 + delivery.id) if opens else "")

    async def later(self) -> None:
        """Let two minutes pass and the sweep go over the tickets."""
        self.office.clock.forward(minutes=2)
        house, now = self.office.house, self.office.clock()
        await self.office.change(lambda conn: undelivered.open_missing(house, conn, now))

    async def topic(self, of: Place) -> str:
        """Return the group in which a customer's topic is open, or nothing."""

        def work(conn: Connection) -> str:
            found = conversations.find(conn, of)
            topic = topics.of(conn, found.id) if found else None
            return topic.place.chat if topic and topic.state == topics.OPEN else ""

        return await self.office.read(work)

    async def words(self) -> str:
        """Return all that has come into topics."""
        query = select(_OUT.c.body).where(_OUT.c.topic_id.is_not(None), _OUT.c.state == outbox.SENT).order_by(_OUT.c.id)
        rows = await self.office.read(lambda conn: conn.execute(query).all())
        return "\n".join(str(row.body) for row in rows)


@pytest.fixture
def post(office: Office) -> Post:
    """Telegram, with one group of operators."""
    office.house.capabilities = {**office.house.capabilities, bot_api.NAME: bot_api.CAPABILITIES}
    office.house.groups = [A]
    return Post(office)


async def asks(office: Office, who: Place, *words: str) -> None:
    """Let somebody ask for a person and say something."""
    talk = Talk(office, who, f"Customer {who.chat}", made_up=False)
    talk.receives = _nothing  # type: ignore[method-assign] # nobody delivers here but the test
    for text in ("/human", *words):
        await talk.says(text)


async def _nothing() -> None:
    """Deliver nothing."""


def everything(_: Delivery) -> bool:
    return True


async def test_all_that_was_said_while_the_group_refused_comes_into_the_topic(office: Office, post: Post) -> None:
    await asks(office, ANNA, *[f"detail number {number}." for number in range(14)])
    await post.carries(everything)

    await post.later()
    await post.carries()

    words = await post.words()
    assert await post.topic(ANNA) == A.chat
    assert [number for number in range(14) if f"detail number {number}." not in words] == []


async def test_a_group_that_refuses_leaves_the_topics_to_the_other(office: Office, post: Post) -> None:
    await asks(office, BORIS)
    await post.carries()
    office.house.groups = [A, B]
    await asks(office, ANNA)
    await post.carries(lambda delivery: delivery.place.chat == B.chat)

    await post.later()
    await post.carries(lambda delivery: delivery.place.chat == B.chat)

    assert await post.topic(ANNA) == A.chat
    assert [name.split()[-1] for name in office.house.health.alarms] == [B.chat]


async def test_one_ticket_that_can_never_be_opened_does_not_stand_in_the_way(office: Office, post: Post) -> None:
    await asks(office, ANNA)
    await asks(office, BORIS)
    await post.carries(everything)

    for _ in range(3):
        await post.later()
        await post.carries(lambda delivery: ANNA.chat in delivery.outgoing.body["name"])

    assert (await post.topic(ANNA), await post.topic(BORIS)) == ("", A.chat)


async def test_the_alarm_of_a_group_ends_when_it_takes_a_topic(office: Office, post: Post) -> None:
    await asks(office, ANNA)
    await post.carries(everything)
    raised = list(office.house.health.alarms)

    for _ in range(2):
        await post.later()
        await post.carries()

    assert raised != []
    assert office.house.health.alarms == {}


async def test_a_ticket_that_was_closed_meanwhile_gets_no_topic(office: Office, post: Post) -> None:
    await asks(office, ANNA)
    await post.carries(everything)
    await asks(office, ANNA, "/cancel")

    await post.later()
    await post.carries()

    assert await post.topic(ANNA) == ""


@pytest.mark.parametrize(
    ("group", "member", "stays"),
    [
        (B, {"status": "administrator"}, True),
        (A, {"status": "member"}, True),
        (A, {"status": "administrator", "can_manage_topics": False}, True),
        (A, {"status": "administrator", "can_manage_topics": True}, False),
    ],
)
async def test_an_alarm_ends_only_with_the_rights_in_its_own_group(
    office: Office, post: Post, group: Place, member: dict[str, object], *, stays: bool
) -> None:
    house, now = office.house, office.clock()
    house.groups = [A, B]
    removed = Happened(A, Where.GROUP, Author("1", "Root"), now, Happening.BOT_REMOVED)
    change = {
        "chat": {"id": int(group.chat), "type": "supergroup", "title": "Desk"},
        "from": {"id": 1, "is_bot": False, "first_name": "Root"},
        "date": 1_795_000_000,
        "new_chat_member": {"user": {"id": 2, "is_bot": True, "first_name": "Bot"}, **member},
    }
    came_back = bot_api.read({"update_id": 1, "my_chat_member": change})
    assert isinstance(came_back, Happened)

    for happened in (removed, came_back):
        await office.change(lambda conn, happened=happened: dispatch._group(house, conn, happened, now))  # type: ignore[misc] # noqa: SLF001 as the front door calls it

    assert bool(house.health.alarms) is stays
    assert post.office is office


class Deleted(Post):
    """Telegram after somebody has deleted all topics."""

    @staticmethod
    def _outcome(delivery: Delivery, _: Callable[[Delivery], bool]) -> Receipt | Exception:
        if delivery.outgoing.act is Act.OPEN_TOPIC:
            return Receipt(str(delivery.id), thread=str(9000 + delivery.id))
        return Refused(Why.TOPIC_GONE, "TOPIC_DELETED")


async def test_a_topic_that_was_deleted_at_the_end_of_its_ticket_is_not_opened_for_nothing(
    office: Office, post: Post
) -> None:
    await asks(office, ANNA)
    await post.carries()
    query = select(_OUT.c.id).where(_OUT.c.act == Act.OPEN_TOPIC.value)

    await asks(office, ANNA, "/cancel")
    await office.change(lambda conn: conn.execute(_OUT.delete().where(_OUT.c.state == "pending", _OUT.c.act == "say")))
    await Deleted(office).carries()

    assert len(await office.read(lambda conn: conn.execute(query).all())) == 1
    assert await post.topic(ANNA) == ""


async def test_two_deliveries_that_find_a_topic_deleted_open_one_new_one(office: Office, post: Post) -> None:
    await asks(office, ANNA)
    await post.carries()
    await asks(office, ANNA, "one", "two")
    taken = await office.change(lambda conn: outbox.claim(conn, office.clock(), 50, [bot_api.NAME], lambda _: True))
    (line,) = [one for one in taken if one.topic_id]
    looks = replace(
        line,
        id=line.id + 1000,
        lane=f"{line.lane}:looks",
        author=outbox.SYSTEM,
        outgoing=Outgoing(Act.EDIT_TOPIC, {"name": "x"}),
    )
    house, gone = office.house, Refused(Why.TOPIC_GONE, "TOPIC_DELETED")

    for delivery in (looks, line):
        await office.change(lambda conn, one=delivery: undelivered.follow(house, conn, one, gone, office.clock()))  # type: ignore[misc] # bound at once
    await post.carries()

    query = select(_OUT.c.id).where(_OUT.c.act == Act.OPEN_TOPIC.value)
    assert len(await office.read(lambda conn: conn.execute(query).all())) == 2
    said = [line for line in (await post.words()).split("'") if line in {"one", "two"}]
    assert said == ["one", "two"]


async def test_what_a_group_shuts_out_waits_and_goes_when_the_bot_is_let_in(office: Office, post: Post) -> None:
    await asks(office, ANNA)
    await post.carries()
    await asks(office, ANNA, "one", "two")
    (line,) = await office.change(
        lambda conn: [
            one for one in outbox.claim(conn, office.clock(), 50, [bot_api.NAME], lambda _: True) if one.topic_id
        ]
    )
    house, out = office.house, Refused(Why.CHAT_GONE, "bot was kicked from the supergroup chat")

    def refused(conn: Connection) -> None:
        outbox.settle_failed(conn, line.id, out.reason, office.clock())
        undelivered.follow(house, conn, line, out, office.clock())

    await office.change(refused)
    await post.carries()
    kept_back = "'one'" not in await post.words()
    raised = list(house.health.alarms)
    await office.change(lambda conn: undelivered.let_in(house, conn, A.chat, office.clock(), topics_too=True))
    await post.carries()

    assert (kept_back, raised, house.health.alarms) == (True, ["group -1001"], {})
    assert [line for line in (await post.words()).split("'") if line in {"one", "two"}] == ["one", "two"]
