"""The customer's page: stored before it is called sent, nobody's but the visitor's, and the same after a reload."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Connection, select

from bot.channels.webchat import NAME, WebChat
from bot.domain.conversation import Author, Place
from bot.domain.message import Button, Content, ContentKind, plain, rows_to_json
from bot.domain.ports import Act, Outgoing, Receipt
from bot.handoff import queue
from bot.handoff.ticket import Reason
from bot.messaging import conversations, events, outbox, transcript
from bot.messaging.outbox import Posting
from bot.storage import schema
from tests.web.office import Office


async def write(browser: httpx.AsyncClient, text: object, client_id: str = "one", lang: str = "en") -> httpx.Response:
    return await browser.post(f"/chat/messages?lang={lang}", json={"text": text, "client_id": client_id})


async def inbox(office: Office) -> list[Any]:
    query = select(schema.inbox.c.lane, schema.inbox.c.payload).order_by(schema.inbox.c.id)
    return [tuple(row) for row in await office.read(lambda conn: conn.execute(query).all())]


async def test_no_cookie_is_set_before_the_first_message(office: Office) -> None:
    browser = office.browser()

    await browser.get("/chat")
    await browser.get("/chat/history")

    assert list(browser.cookies.jar) == []
    assert 'data-known=""' in (await browser.get("/chat")).text


async def test_a_message_is_in_the_inbox_when_the_page_hears_that_it_is_stored(office: Office) -> None:
    browser = office.browser()

    answer = await write(browser, "  How much is delivery?\x00 ")

    assert (answer.status_code, answer.json()) == (202, {"stored": True})
    ((lane, payload),) = await inbox(office)
    chat = lane.removeprefix("webchat:")
    assert payload == {
        "kind": "said",
        "chat": chat,
        "message": "one",
        "text": "How much is delivery?",
        "name": f"Visitor {chat[1:5].upper()}",
        "language": "en",
        "at": "2026-11-23T09:00:00+00:00",
    }
    assert 'data-known="yes"' in (await browser.get("/chat")).text


async def test_the_same_message_sent_again_is_one_message(office: Office) -> None:
    browser = office.browser()

    for _ in range(3):
        assert (await write(browser, "Hello")).status_code == 202
    await write(browser, "Hello", "two")

    assert [payload["message"] for _, payload in await inbox(office)] == ["one", "two"]


@pytest.mark.parametrize("path", ["messages", "press"])
async def test_a_first_word_whose_answer_was_lost_is_sent_again_by_the_same_visitor(office: Office, path: str) -> None:
    browser = office.browser()
    body = {"text": "Hello", "action": "human", "client_id": "one", "visitor": "v" * 43}

    await browser.post(f"/chat/{path}", json=body)
    browser.cookies.clear()
    again = await browser.post(f"/chat/{path}", json=body)
    await write(browser, "And another thing", "two")

    lanes = {lane for lane, _ in await inbox(office)}
    assert (again.status_code, len(lanes), len(await inbox(office))) == (202, 1, 2)


async def test_an_id_that_somebody_else_has_used_leads_nobody_into_their_conversation(office: Office) -> None:
    anna, eve = office.browser(), office.browser()
    await anna.post("/chat/messages", json={"text": "My order", "client_id": "a" * 32, "visitor": "v" * 43})
    seen = str(await inbox(office))

    await eve.post("/chat/messages", json={"text": "Hi", "client_id": "a" * 32})
    await eve.post("/chat/messages", json={"text": "Hi", "client_id": "b" * 32, "visitor": "v" * 43})

    assert "v" * 43 not in seen
    assert {one["text"] for one in (await eve.get("/chat/history")).json()["messages"]} == {"Hi"}


async def test_the_visitors_secret_is_nowhere_but_in_the_browser(office: Office) -> None:
    browser = office.browser()
    await write(browser, "Hello")
    (cookie,) = browser.cookies.jar

    ((lane, payload),) = await inbox(office)

    assert len(cookie.value or "") == 43
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert str(cookie.value) not in str((lane, payload))


async def test_a_visitor_reads_only_their_own_conversation(office: Office) -> None:
    anna, eve = office.browser(), office.browser()
    await write(anna, "My secret order")
    await write(eve, "Hi")
    await carry(office)

    assert [one["text"] for one in (await anna.get("/chat/history")).json()["messages"]] == ["My secret order"]
    assert [one["text"] for one in (await eve.get("/chat/history")).json()["messages"]] == ["Hi"]
    assert (await office.browser().get("/chat/history")).status_code == 404


@pytest.mark.parametrize("cookie", ["", "short", "x" * 200, "../../etc", "ä" * 43])
async def test_a_cookie_that_is_none_of_ours_makes_a_new_visitor(office: Office, cookie: str) -> None:
    browser = office.browser()

    answer = await browser.post(
        "/chat/messages",
        json={"text": "Hi"},
        headers={b"Cookie": f"supportbot_visitor={cookie}".encode()},
    )

    assert answer.status_code == 202
    assert "supportbot_visitor=" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": ""}, 422),
        ({"text": " \n "}, 422),
        ({"text": "x" * 4097}, 422),
        ({"text": "😀" * 2049}, 422),
        ({"text": 5}, 422),
        ({"text": "Hi", "client_id": "a b"}, 422),
        ({"text": "Hi", "client_id": "x" * 65}, 422),
        ({"text": "Hi", "visitor": "guessed"}, 422),
        (["text"], 400),
        ("text", 400),
    ],
)
async def test_what_cannot_be_a_message_is_refused_with_a_sentence(office: Office, body: object, status: int) -> None:
    answer = await office.browser().post("/chat/messages", json=body)

    assert answer.status_code == status
    assert answer.json()["error"]
    assert await inbox(office) == []


async def test_a_plain_form_of_another_site_is_no_message(office: Office) -> None:
    browser = office.browser()

    as_form = await browser.post("/chat/messages", data={"text": "Hi"})
    from_elsewhere = await browser.post(
        "/chat/messages", json={"text": "Hi"}, headers={"Origin": "https://evil.example"}
    )

    assert (as_form.status_code, from_elsewhere.status_code) == (415, 403)


async def test_a_text_of_4096_units_passes_and_broken_characters_are_dropped(office: Office) -> None:
    browser = office.browser()

    await write(browser, "x" * 4096)
    await browser.post(
        "/chat/messages",
        content=b'{"text": "a\\ud800b\\u0007c", "client_id": "two"}',
        headers={"Content-Type": "application/json"},
    )

    assert [payload["text"] for _, payload in await inbox(office)] == ["x" * 4096, "abc"]


async def test_a_pressed_button_is_stored_too(office: Office) -> None:
    browser = office.browser()

    answer = await browser.post("/chat/press", json={"action": "human", "message": "m1", "client_id": "p1"})
    refused = await browser.post("/chat/press", json={"action": "x" * 65})

    ((_, payload),) = await inbox(office)
    assert (answer.status_code, refused.status_code) == (202, 422)
    assert (payload["kind"], payload["action"], payload["message"], payload["press"]) == (
        "pressed",
        "human",
        "m1",
        "p1",
    )


@pytest.mark.parametrize(
    ("query", "accepts", "language"),
    [("", "ru-RU,ru;q=0.9", "ru"), ("?lang=de", "ru", "de"), ("", "", "en"), ("?lang=xx", "de", "en")],
)
async def test_the_page_speaks_the_language_asked_for(office: Office, query: str, accepts: str, language: str) -> None:
    page = await office.browser(**{"Accept-Language": accepts}).get(f"/chat{query}")

    assert f'<html lang="{language}">' in page.text


async def carry(office: Office, most: int = 99) -> None:
    """Do what the front door would do with what waits: write it into the transcript."""

    def work(conn: Connection) -> None:
        for row in conn.execute(select(schema.inbox).where(schema.inbox.c.state == "new").limit(most)).all():
            payload = row.payload
            place = Place(NAME, payload["chat"])
            found, _ = conversations.meet(conn, place, Author(place.chat, payload["name"]), "en", office.clock())
            content = Content(ContentKind.TEXT, plain(payload["text"]))
            source = (place.chat, payload["message"])
            transcript.add(conn, found.id, transcript.CUSTOMER, content, office.clock(), source=source)
            conn.execute(schema.inbox.update().where(schema.inbox.c.id == row.id).values(state="done"))

    await office.change(work)


class Visitor:
    """A visitor, with what the bot does for them."""

    def __init__(self, office: Office, browser: httpx.AsyncClient, chat: str) -> None:
        self.office, self.browser, self.chat = office, browser, chat
        self.channel = WebChat(self.publish, iter([f"m{number}" for number in range(1, 99)]).__next__)

    @classmethod
    async def arrives(cls, office: Office) -> Visitor:
        browser = office.browser()
        await write(browser, "Hello")
        await carry(office)
        ((lane, _),) = await inbox(office)
        return cls(office, browser, lane.removeprefix("webchat:"))

    async def publish(self, chat: str, kind: str, body: Mapping[str, Any]) -> None:
        now = self.office.clock()
        await self.office.change(lambda conn: events.append(conn, events.visitor_stream(chat), kind, body, now))

    async def hears(self, outgoing: Outgoing, *, settled: bool = True) -> None:
        """Put something into the outbox and deliver it; not settled, the process died just then."""
        place, now = Place(NAME, self.chat), self.office.clock()
        await self.office.change(lambda conn: outbox.put(conn, [Posting(place, outgoing)], now))
        (delivery,) = await self.office.change(lambda conn: outbox.claim(conn, now, 9, ["webchat"], lambda _: True))
        receipt = await self.channel.deliver(place, outgoing)
        if settled:
            await self.office.change(lambda conn: outbox.settle_sent(conn, delivery, receipt, now))
            assert receipt.message or receipt == Receipt()

    async def history(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.browser.get("/chat/history")).json()
        return found


def says(text: str, *buttons: Button, **more: Any) -> Outgoing:  # noqa: ANN401 parts of a body
    body = {"text": plain(text).to_dict(), **more}
    if buttons:
        body["buttons"] = rows_to_json((tuple(buttons),))
    return Outgoing(Act.SAY, body)


async def test_a_reload_shows_what_was_said_and_goes_on_behind_it(office: Office) -> None:
    anna = await Visitor.arrives(office)
    office.clock.forward(seconds=1)
    await anna.hears(says("5 euro.", Button("👍", "up:1")))
    office.clock.forward(seconds=1)
    await anna.hears(says("Hello, I am Olga.", author="operator", name="Olga"))

    history = await anna.history()

    shown = [(one["id"], one["author"], one.get("name", ""), one["text"]) for one in history["messages"]]
    assert shown == [
        ("one", "customer", "", "Hello"),
        ("m1", "bot", "", "5 euro."),
        ("m2", "operator", "Olga", "Hello, I am Olga."),
    ]
    assert history["messages"][1]["buttons"] == [[["👍", "up:1", ""]]]
    assert history["after"] == await office.read(events.last_id)


async def test_what_was_called_sent_is_there_after_a_reload_even_before_the_bot_took_it_up(office: Office) -> None:
    browser = office.browser()
    await write(browser, "Hello", "one")
    await write(browser, "Anybody?", "two")

    before = (await browser.get("/chat/history")).json()["messages"]
    await carry(office)
    after = (await browser.get("/chat/history")).json()["messages"]

    assert [(one["id"], one["text"]) for one in before] == [("one", "Hello"), ("two", "Anybody?")]
    assert after == before


async def test_what_waits_stands_behind_what_was_taken_up_however_late_that_was(office: Office) -> None:
    browser = office.browser()
    await write(browser, "first", "b")
    await write(browser, "second", "a")
    office.clock.forward(seconds=5)
    await carry(office, 1)

    shown = (await browser.get("/chat/history")).json()["messages"]

    assert [one["text"] for one in shown] == ["first", "second"]


async def test_a_message_under_way_is_left_to_the_stream(office: Office) -> None:
    anna = await Visitor.arrives(office)
    await anna.hears(says("Delivered."))
    before = await office.read(events.last_id)
    await anna.hears(says("Cut off."), settled=False)

    history = await anna.history()

    assert [one["text"] for one in history["messages"]] == ["Hello", "Delivered."]
    assert history["after"] == before


async def test_buttons_that_were_taken_away_stay_away(office: Office) -> None:
    anna = await Visitor.arrives(office)
    await anna.hears(says("5 euro.", Button("👍", "up:1"), Button("👎", "down:1")))
    await anna.hears(Outgoing(Act.EDIT_BUTTONS, {"message": "m1", "buttons": []}))

    history = await anna.history()

    assert [one.get("buttons", []) for one in history["messages"]] == [[], []]


async def test_the_page_knows_who_answers(office: Office) -> None:
    anna = await Visitor.arrives(office)
    states = [(await anna.history())["status"]]

    def hand_over(conn: Connection) -> int:
        found = conversations.find(conn, Place(NAME, anna.chat))
        assert found is not None
        return queue.open_ticket(conn, found.id, Reason.ASKED, office.clock())[0].id

    ticket = await office.change(hand_over)
    states.append((await anna.browser.get("/chat/status")).json())
    await office.change(lambda conn: queue.claim(conn, ticket, office.people["Olga"], office.clock()))
    states.append((await anna.browser.get("/chat/status")).json())

    assert states == [
        {"state": "bot", "name": ""},
        {"state": "waiting", "name": ""},
        {"state": "person", "name": "Olga"},
    ]


async def test_a_file_of_an_entry_can_be_fetched_by_the_visitor_it_was_sent_to(office: Office, tmp_path: Path) -> None:
    (tmp_path / "guide.html").write_text("<b>three minutes</b>")
    office.house.faq_folder = tmp_path
    anna = await Visitor.arrives(office)
    await anna.hears(Outgoing(Act.ATTACH, {"path": str(tmp_path / "guide.html"), "name": "guide.html", "caption": ""}))
    stranger = office.browser()
    await write(stranger, "Hi")

    mine = await anna.browser.get("/chat/files/m1")

    assert mine.text == "<b>three minutes</b>"
    assert mine.headers["content-disposition"] == 'attachment; filename="guide.html"'
    assert mine.headers["content-type"] == "application/octet-stream"
    assert mine.headers["content-security-policy"] == "sandbox; default-src 'none'"
    assert (await stranger.get("/chat/files/m1")).status_code == 404


async def test_no_file_outside_the_faqs_folder_is_ever_sent(office: Office, tmp_path: Path) -> None:
    (tmp_path / "faq").mkdir()
    (tmp_path / "secret.txt").write_text("token")
    office.house.faq_folder = tmp_path / "faq"
    anna = await Visitor.arrives(office)
    await anna.hears(Outgoing(Act.ATTACH, {"path": str(tmp_path / "secret.txt"), "name": "x", "caption": ""}))
    await anna.hears(Outgoing(Act.ATTACH, {"path": "../secret.txt", "name": "x", "caption": ""}))

    answers = [(await anna.browser.get(f"/chat/files/m{number}")).status_code for number in (1, 2)]

    assert answers == [404, 404]


async def test_a_pressed_button_stands_among_the_visitors_words_after_a_reload(office: Office) -> None:
    anna = await Visitor.arrives(office)
    office.clock.forward(seconds=1)
    await anna.hears(says("Which tea?", Button("Plum Rooibos", "form:what:pick:rooibos")))
    office.clock.forward(seconds=1)
    pressed = {"action": "form:what:pick:rooibos", "message": "m1", "client_id": "p1", "label": " Plum\nRooibos"}
    await anna.browser.post("/chat/press", json=pressed)
    await anna.browser.post("/chat/press", json={"action": "yes:1", "message": "m1", "client_id": "p2"})

    history = await anna.history()

    shown = [(one["id"], one["author"], one["text"]) for one in history["messages"]]
    assert shown == [
        ("one", "customer", "Hello"),
        ("m1", "bot", "Which tea?"),
        ("press-p1", "customer", "Plum Rooibos"),
    ]


async def test_nobody_sees_what_another_pressed(office: Office) -> None:
    anna, eve = office.browser(), office.browser()
    await anna.post("/chat/press", json={"action": "human", "client_id": "p1", "label": "Talk to a person"})
    await write(eve, "Hi")

    assert [one["text"] for one in (await eve.get("/chat/history")).json()["messages"]] == ["Hi"]
