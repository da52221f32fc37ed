"""Nobody floods the inbox from the chat page, and counting them fills no memory."""

from __future__ import annotations

import secrets

import pytest

from bot.web.chat import MOST, MOST_NEW
from bot.web.turnstile import REMEMBERED, Turnstile
from tests.web.office import Office


def test_so_many_come_in_and_the_next_is_told_how_long_to_wait() -> None:
    turnstile = Turnstile(2)

    waits = [turnstile.wait("anna", moment) for moment in (0.0, 4.0, 4.5, 9.9, 10.0, 10.1)]

    assert waits == [0, 0, 6, 1, 0, 4]


def test_one_does_not_wait_for_another() -> None:
    turnstile = Turnstile(1)

    assert [turnstile.wait(who, 1.0) for who in ("anna", "ben", "anna")] == [0, 0, 10]


def test_those_who_came_longest_ago_are_forgotten() -> None:
    turnstile = Turnstile(1)

    for number in range(REMEMBERED + 5):
        turnstile.wait(str(number), 1.0)

    assert len(turnstile) == REMEMBERED


async def test_a_visitor_who_writes_too_fast_is_told_in_a_sentence_and_when_to_try_again(office: Office) -> None:
    anna, ben = office.browser(), office.browser()
    for browser in (anna, ben):
        await browser.post("/chat/messages", json={"text": "Hello", "client_id": "first"})

    answers = [
        await anna.post("/chat/messages", json={"text": "again", "client_id": f"m{number}"})
        for number in range(MOST + 1)
    ]
    other = await ben.post("/chat/press", json={"action": "human"})
    office.clock.forward(seconds=10)
    later = await anna.post("/chat/messages", json={"text": "again", "client_id": "later"})

    assert [answer.status_code for answer in answers] == [202] * MOST + [429]
    assert answers[-1].headers["retry-after"] == "10"
    assert answers[-1].json()["error"].startswith("That was a lot at once.")
    assert (other.status_code, later.status_code) == (202, 202)


async def test_first_messages_from_one_address_are_counted_together(office: Office) -> None:
    codes = [
        (await office.browser().post("/chat/press", json={"action": "human"})).status_code for _ in range(MOST_NEW + 1)
    ]

    assert codes == [202] * MOST_NEW + [429]


@pytest.mark.parametrize("told", ["by cookie", "in the body"])
async def test_whoever_makes_up_secrets_is_still_counted_by_the_address(office: Office, told: str) -> None:
    codes = []
    for _ in range(MOST_NEW + 1):
        secret = secrets.token_urlsafe(32)
        headers = {"Cookie": f"supportbot_visitor={secret}"} if told == "by cookie" else {}
        body = {"text": "Hello", **({} if headers else {"visitor": secret})}
        codes.append((await office.browser().post("/chat/messages", json=body, headers=headers)).status_code)

    assert codes == [202] * MOST_NEW + [429]


async def test_a_crowd_of_made_up_visitors_shuts_nobody_out_who_was_here_before(office: Office) -> None:
    anna = office.browser()
    await anna.post("/chat/messages", json={"text": "Hello"})
    for _ in range(MOST_NEW):
        await office.browser().post("/chat/messages", json={"text": "Hello"})

    assert (await anna.post("/chat/messages", json={"text": "It is me again"})).status_code == 202


async def test_a_clock_that_is_set_back_keeps_nobody_waiting(office: Office) -> None:
    anna = office.browser()
    for number in range(MOST + 1):
        await anna.post("/chat/messages", json={"text": "Hello", "client_id": f"m{number}"})

    office.clock.set_back(hours=1)
    at_once = await anna.post("/chat/messages", json={"text": "and", "client_id": "at-once"})
    office.clock.forward(seconds=10)
    later = await anna.post("/chat/messages", json={"text": "and", "client_id": "later"})

    assert (at_once.status_code, at_once.headers["retry-after"], later.status_code) == (429, "10", 202)
