"""Which icon a topic carries: by state, of what Telegram allows, and none rather than a wrong one."""

from __future__ import annotations

from typing import Any

import pytest

from bot.channels.telegram.channel import Answered, NoAnswer, Paces, TelegramChannel
from bot.channels.telegram.icons import FIELD, WANTED, TopicIcons
from bot.domain.conversation import Place
from bot.domain.ports import Act, Outgoing, Receipt, Refused, TryLater, Why
from bot.handlers.card import SIGNS, state_in
from bot.handoff.ticket import State
from tests.channels.test_telegram_channel import FakeCaller, Scripted

GROUP, TOPIC = Place("telegram", "-100"), Place("telegram", "-100", "42")
SET = "getForumTopicIconStickers"
NOT_THIS_ICON = Answered(400, "Bad Request: DOCUMENT_INVALID")


def stickers(emoji: str) -> list[dict[str, Any]]:
    """Return a set of icons; the id of each is its emoji's own number."""
    return [{"emoji": one, "custom_emoji_id": number(one)} for one in emoji.split()]


def number(emoji: str) -> str:
    return str(ord(emoji[0]))


def opening(state: str) -> Outgoing:
    return Outgoing(Act.OPEN_TOPIC, {"name": "a", "state": state})


def change(state: str) -> Outgoing:
    return Outgoing(Act.EDIT_TOPIC, {"name": "a", "state": state})


async def dressed(emoji: str, **answers: list[Scripted]) -> tuple[TelegramChannel, FakeCaller]:
    """Return a channel that has read a set of icons."""
    first: dict[str, list[Scripted]] = {SET: [stickers(emoji)], "createForumTopic": [{"message_thread_id": 42}]}
    caller = FakeCaller(**(first | answers))
    channel = TelegramChannel(caller, "1", Paces())
    assert await channel.learn_icons()
    caller.calls.clear()
    return channel, caller


def worn(caller: FakeCaller) -> list[str | None]:
    return [params.get(FIELD) for _, params in caller.calls]


def test_each_state_has_icons_to_choose_from_and_a_chat_that_somebody_has_keeps_its_own() -> None:
    assert set(WANTED) == {state.value for state in State} | {"order"}
    assert WANTED["assigned"] == WANTED["waiting_for_customer"]
    assert SIGNS[State.ASSIGNED] == SIGNS[State.WAITING_FOR_CUSTOMER]


@pytest.mark.parametrize(
    ("allowed", "state", "icon"),
    [
        ("🔥 ❓ ❗️ 💬 ✅ 🛒", "waiting", "❗"),
        ("🔥 ❓ 💬 ✅", "waiting", "❓"),
        ("💬 🔥", "waiting", "🔥"),
        ("💬 ✅", "assigned", "💬"),
        ("💬 ✅", "waiting_for_customer", "💬"),
        ("👀 🗣", "assigned", "🗣"),
        ("💬 ✅", "closed", "✅"),
        ("🛍 ✅", "order", "🛍"),
    ],
)
async def test_a_topic_carries_the_best_icon_that_telegram_allows_for_its_state(
    allowed: str, state: str, icon: str
) -> None:
    channel, caller = await dressed(allowed)

    await channel.deliver(GROUP, opening(state))
    await channel.deliver(TOPIC, change(state))

    assert [method for method, _ in caller.calls] == ["createForumTopic", "editForumTopic"]
    assert worn(caller) == [number(icon), number(icon)]
    assert caller.calls[1][1]["name"] == "a"


async def test_where_the_set_has_nothing_that_fits_an_icon_of_an_earlier_state_is_taken_away() -> None:
    channel, caller = await dressed("💬 🎄")

    await channel.deliver(GROUP, opening("waiting"))
    await channel.deliver(TOPIC, change("closed"))
    await channel.deliver(TOPIC, change("of a later version"))

    assert worn(caller) == [None, "", ""]


@pytest.mark.parametrize("trouble", [NoAnswer("timeout"), Answered(404, "Not Found"), KeyError("shape")])
async def test_a_set_that_cannot_be_read_costs_the_icon_and_nothing_else(trouble: Exception) -> None:
    caller = FakeCaller(
        getForumTopicIconStickers=[trouble, stickers("❗")], createForumTopic=[{"message_thread_id": 42}]
    )
    channel = TelegramChannel(caller, "1", Paces())

    known = await channel.learn_icons()
    opened = await channel.deliver(GROUP, opening("waiting"))
    later = await channel.learn_icons()
    await channel.deliver(GROUP, opening("waiting"))

    assert (known, opened, later) == (False, Receipt(thread="42"), True)
    assert worn(caller) == [None, None, None, number("❗")]


@pytest.mark.parametrize(
    "answer", [None, {}, [7, {}, {"emoji": 5}, {"emoji": "❗"}, {"emoji": "❗", "custom_emoji_id": ""}]]
)
def test_what_is_no_set_of_icons_gives_none(answer: object) -> None:
    icons = TopicIcons()

    icons.learn(answer)

    assert icons.worn(opening("waiting")) == {}


async def test_an_icon_that_telegram_refuses_is_left_out_and_not_tried_again_and_the_name_changes() -> None:
    channel, caller = await dressed(
        "❗ 💬",
        createForumTopic=[NOT_THIS_ICON, {"message_thread_id": 42}],
        editForumTopic=[NOT_THIS_ICON, True],
    )

    opened = await channel.deliver(GROUP, opening("waiting"))
    changed = await channel.deliver(TOPIC, change("assigned"))
    again = [await channel.deliver(TOPIC, change(state)) for state in ("assigned", "waiting")]

    assert [opened, changed, *again] == [Receipt(thread="42"), Receipt(), Receipt(), Receipt()]
    assert worn(caller) == [number("❗"), None, number("💬"), "", "", ""]
    assert {params["name"] for _, params in caller.calls} == {"a"}


async def test_the_next_best_icon_takes_the_place_of_one_that_is_refused() -> None:
    channel, caller = await dressed("❗ ❓", editForumTopic=[NOT_THIS_ICON, True])

    await channel.deliver(TOPIC, change("waiting"))
    await channel.deliver(TOPIC, change("waiting"))

    assert worn(caller) == [number("❗"), "", number("❓")]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (Answered(400, "Bad Request: TOPIC_DELETED"), Why.TOPIC_GONE),
        (Answered(400, "Bad Request: not enough rights to edit the topic"), Why.NO_RIGHTS),
        (Answered(403, "Forbidden: bot was kicked from the supergroup chat"), Why.CHAT_GONE),
        (Answered(429, "Too Many Requests: retry after 3", retry_after=3), None),
        (Answered(502, "Bad Gateway"), None),
        (Answered(401, "Unauthorized"), None),
    ],
)
async def test_what_is_not_the_icons_fault_is_asked_once_and_costs_no_icon(
    answer: Answered, outcome: Why | None
) -> None:
    channel, caller = await dressed("❗", editForumTopic=[answer, True])

    with pytest.raises(TryLater if outcome is None else Refused) as refused:
        await channel.deliver(TOPIC, change("waiting"))
    await channel.deliver(TOPIC, change("waiting"))

    assert worn(caller) == [number("❗"), number("❗")]
    assert outcome is None or getattr(refused.value, "why", None) is outcome


async def test_a_call_that_is_refused_without_its_icon_too_keeps_the_icon() -> None:
    too_long = Answered(400, "Bad Request: TOPIC_TITLE_TOO_LONG")
    channel, caller = await dressed("❗", editForumTopic=[too_long, too_long, True])

    with pytest.raises(Refused, match="TOPIC_TITLE_TOO_LONG"):
        await channel.deliver(TOPIC, change("waiting"))
    await channel.deliver(TOPIC, change("waiting"))

    assert worn(caller) == [number("❗"), "", number("❗")]


@pytest.mark.parametrize("act", [Act.CLOSE_TOPIC, Act.REOPEN_TOPIC])
async def test_to_close_a_topic_and_to_open_it_again_say_nothing_of_its_icon(act: Act) -> None:
    channel, caller = await dressed("❗ ✅")

    await channel.deliver(TOPIC, Outgoing(act, {"name": "", "state": "closed"}))

    assert worn(caller) == [None]


@pytest.mark.parametrize(
    ("name", "state"),
    [("🟡 #1 Anna", "waiting"), ("🔵 #1 Anna", "assigned"), ("✅ #1 Anna", "closed"), ("📦 Anna", "order")],
)
def test_a_topic_that_is_made_again_for_no_ticket_has_the_icon_of_its_name(name: str, state: str) -> None:
    assert state_in(name) == state
