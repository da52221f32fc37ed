"""What operators ask the bot privately, and the menu of commands that each role sees."""

from __future__ import annotations

import re

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.walks.conftest import Desk
from tests.walks.steps import asks_for_a_person, is_added, is_attended

pytestmark = pytest.mark.walk
CAPACITY = 5
STAFF = ("queue", "next", "mine", "away", "back", "stats")


async def _says(operator: Operator, text: str) -> str:
    await operator.says(text)
    return (await operator.reads()).text


async def test_the_queue_shows_who_waits_since_when_with_a_link(customer: Customer, olga: Operator) -> None:
    topic = await asks_for_a_person(customer, olga)
    await olga.sees_sign(await olga.writes(topic, "/priority high"), "👌")  # the list ends with the twentieth

    lines = (await _says(olga, "/queue")).splitlines()

    assert re.fullmatch(r"\d+ customers? waits?:", lines[0])
    number = topic.name.split()[1]
    place = lines.index(f"{number} {customer.name} · 0 min")
    assert lines[place + 1] == f"https://t.me/c/{str(olga.group_id).removeprefix('-100')}/{topic.thread}"


async def test_my_chats_are_listed(customer: Customer, max_: Operator) -> None:
    topic = await is_attended(customer, max_)

    mine = await _says(max_, "/mine")

    assert f"{topic.name.split()[1]} {customer.name} · " in mine


async def test_next_gives_the_most_urgent_chat_until_the_capacity_is_reached(
    desk: Desk, sandbox: SandboxClient, olga: Operator
) -> None:
    pia = await is_added(desk, sandbox, "Pia Next")
    urgent = [await sandbox.customer(f"Urgent {number}") for number in range(CAPACITY + 1)]
    topics = []
    for person in urgent:
        topics.append(await asks_for_a_person(person, olga))
        await olga.sees_sign(await olga.writes(topics[-1], "/priority urgent"), "👌")

    taken = [await _says(pia, "/next") for _ in range(CAPACITY)]
    full = await _says(pia, "/next")
    heard = [(await person.reads()).text for person in urgent[:CAPACITY]]
    await pia.writes(topics[-1], "/claim")

    assert [text.splitlines()[0] for text in taken] == [
        f"You have {topic.name.split()[1]} {person.name} now."
        for topic, person in zip(topics[:CAPACITY], urgent[:CAPACITY], strict=True)
    ]
    assert full == f"You have as many chats as you can take ({CAPACITY}). Close or release one first."
    assert heard == ["Pia Next is with you now."] * CAPACITY
    assert (await pia.reads_in(topics[0], "took this chat")).text == "Pia Next took this chat."
    assert (
        await pia.reads_in(topics[-1], "limit")
    ).text == f"You have {CAPACITY + 1} chats now; your limit is {CAPACITY}."
    for topic in topics:
        await pia.writes(topic, "/close")
        await pia.reads_in(topic, "is closed.")
    assert await _says(pia, "/mine") == "You have no open chats."
    assert await _says(pia, "/stats") == f"Open: 0. Closed in the last 24 hours: {CAPACITY + 1}."


async def test_who_is_away_is_given_no_chats_until_they_are_back(
    customer: Customer, olga: Operator, max_: Operator
) -> None:
    topic = await is_attended(customer, olga)

    away = await _says(max_, "/away")
    await olga.writes(topic, "/transfer max")
    refused = await olga.reads_in(topic)
    back = await _says(max_, "/back")
    await olga.writes(topic, "/transfer max")
    given = await olga.reads_in(topic)

    assert away == "You are away: no new chats come to you. /back brings you back."
    assert refused.text == "Max Lindner is away; choose somebody else."
    assert back == "Welcome back. /next takes the chat that waits longest."
    assert given.text == "Max Lindner has the chat now."


async def test_an_operator_is_a_customer_too(max_: Operator) -> None:
    await max_.says("How much is delivery?")

    assert "4.90" in (await max_.reads()).text.replace("4,90", "4.90")


async def test_an_operators_private_help_names_the_commands_of_staff(olga: Operator) -> None:
    told = (await _says(olga, "/help")).splitlines()
    private = next(line for line in told if line.startswith("Privately with the bot"))

    assert [word for word in private.split() if word.startswith("/")] == [f"/{name}" for name in STAFF]


async def test_the_commands_of_staff_are_unknown_to_customers(customer: Customer) -> None:
    await customer.says("/queue")

    assert (await customer.reads()).text == "I don't know the command /queue."


async def test_menus_show_each_role_its_commands_in_its_language(
    sandbox: SandboxClient, olga: Operator, ada: Operator
) -> None:
    for person in (olga, ada):
        await person.says("/start")
        await person.reads("Hello!")
    await ada.says("/queue")
    await ada.reads()
    menus = (await sandbox.get("state"))["commands"]

    shown = {name: [one["command"] for one in menu] for name, menu in menus.items()}
    customers = ["start", "help", "topics", "order", "orders", "human", "language", "cancel", "privacy"]
    customers += ["callback", "return"]
    everybody = {f"all_private_chats:::{language}": customers for language in ("", "en", "de", "ru")}
    assert everybody.items() <= shown.items()
    assert shown[f"chat:{olga.id}::"] == [*STAFF, *customers]
    admins = ["report", "sample", "unban", "faq", "unanswered", "import", "export", "canned"]
    assert shown[f"chat:{ada.id}::"] == [*STAFF, *admins, *customers]
    of_the_chat = {"claim", "takeover", "release", "transfer", "bot", "merge", "close", "ban", "unban"}
    of_the_ticket = {"note", "tag", "priority", "level", "skill", "history"}
    of_the_words = {"canned", "faq", "delete", "help", "order"}
    assert set(shown[f"chat:{olga.group_id}::"]) == of_the_chat | of_the_ticket | of_the_words
    descriptions = {
        language: next(
            one["description"] for one in menus[f"all_private_chats:::{language}"] if one["command"] == "human"
        )
        for language in ("en", "de", "ru")
    }
    assert descriptions == {
        "en": "Talk to a person",
        "de": "Mit einem Menschen sprechen",
        "ru": "Поговорить с сотрудником",
    }
