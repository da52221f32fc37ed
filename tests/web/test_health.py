"""What machines ask: is it alive, can it work, and how much waits."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bot.domain.ports import Raw
from bot.web.server import create
from tests.web.office import Office


def asking(
    office: Office, token: str = "", client: str = "127.0.0.1", host: str = "127.0.0.1:8080"
) -> httpx.AsyncClient:
    app = create(office.house, office.feed, metrics_token=token)
    transport = httpx.ASGITransport(app, client=(client, 50000))
    browser = httpx.AsyncClient(transport=transport, base_url=f"http://{host}")
    office.opened.append(browser)
    return browser


async def test_a_house_that_works_is_ready(office: Office) -> None:
    office.house.health.polled_at["telegram"] = office.clock() - timedelta(seconds=12)
    await office.house.admit("webchat", "page", [Raw("1", "webchat:w1", {})])
    office.clock.forward(seconds=5)

    answer = await asking(office).get("/health/ready")

    assert (answer.status_code, answer.json()) == (
        200,
        {
            "ready": True,
            "database": "ok",
            "inbox": {"waiting": 1, "oldest_seconds": 5.0},
            "outbox": {"pending": 0, "sending": 0, "uncertain": 0, "failed": 0, "oldest_seconds": 0.0},
            "polled_seconds_ago": {"telegram": 17.0},
            "alarms": {},
        },
    )


async def test_what_waits_too_long_makes_it_not_ready(office: Office) -> None:
    await office.house.admit("webchat", "page", [Raw("1", "webchat:w1", {})])
    office.clock.forward(seconds=61)

    assert (await asking(office).get("/health/ready")).status_code == 503


async def test_a_channel_that_was_not_reached_for_a_quarter_of_an_hour_makes_it_not_ready(office: Office) -> None:
    office.house.health.polled_at["telegram"] = office.clock()
    office.clock.forward(minutes=15)

    assert (await asking(office).get("/health/ready")).status_code == 503


async def test_a_database_that_cannot_be_written_makes_it_not_ready_and_says_nothing_more(office: Office) -> None:
    async def full(work: object) -> None:
        raise OSError("disk full at /secret/path")

    office.house.database.transaction = full  # type: ignore[method-assign,assignment] # a hand-written fault

    answer = await asking(office).get("/health/ready")

    assert (answer.status_code, answer.json()) == (503, {"ready": False, "database": "OSError"})
    assert (await asking(office).get("/health/live")).status_code == 200


async def test_asking_a_hundred_times_writes_once(office: Office) -> None:
    browser, writes = asking(office), 0
    transaction = office.house.database.transaction

    async def counted(work: Any) -> Any:  # noqa: ANN401 the port's face
        nonlocal writes
        writes += 1
        return await transaction(work)

    office.house.database.transaction = counted  # type: ignore[method-assign] # a hand-written spy
    for _ in range(100):
        await browser.get("/health/ready")

    assert writes == 1


async def test_figures_are_given_on_this_machine(office: Office) -> None:
    await office.waiting("Anna", "Hello", "Hello?")

    text = (await asking(office).get("/metrics")).text

    assert "supportbot_inbox_waiting 0.0" in text
    assert 'supportbot_tickets{state="waiting"} 1.0' in text
    assert 'supportbot_outbox{state="uncertain"} 0.0' in text
    assert "supportbot_messages_total 2.0" in text
    assert "Anna" not in text


@pytest.mark.parametrize(
    ("client", "host", "headers", "status"),
    [
        ("127.0.0.1", "localhost:8080", {}, 200),
        ("::1", "[::1]:8080", {}, 200),
        ("10.0.0.7", "127.0.0.1:8080", {}, 403),
        ("127.0.0.1", "shop.example", {}, 403),  # a proxy on this machine, or a name that was bent to it
        ("127.0.0.1", "127.0.0.1:8080", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("10.0.0.7", "shop.example", {"Authorization": "Bearer open-sesame"}, 200),
        ("10.0.0.7", "shop.example", {"Authorization": "Bearer open-sesam"}, 403),
        ("10.0.0.7", "shop.example", {"Authorization": "Bearer "}, 403),
    ],
)
async def test_figures_are_for_this_machine_or_for_the_token(
    office: Office, client: str, host: str, headers: dict[str, str], status: int
) -> None:
    browser = asking(office, "open-sesame", client, host)

    assert (await browser.get("/metrics", headers=headers)).status_code == status


async def test_no_token_opens_nothing_to_other_machines(office: Office) -> None:
    answer = await asking(office, "", "10.0.0.7").get("/metrics", headers={"Authorization": "Bearer "})

    assert answer.status_code == 403
