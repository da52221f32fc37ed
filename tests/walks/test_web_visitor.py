"""A visitor of the web chat and operators in a topic: what one side sends reaches the other as what it is."""

from __future__ import annotations

import asyncio
import hashlib
import json
import re
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient, Seen, TopicSeen
from tests.walks.conftest import Desk
from tests.walks.steps import asks_for_a_person

pytestmark = pytest.mark.walk
PATIENCE: Final = 20.0
Json = dict[str, Any]


class Visitor:
    """Somebody on the chat page, with the stream that the page listens to."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http
        self.after = 0
        self.number = 0

    @property
    def name(self) -> str:
        """As operators see it: made up of the sum over the secret in the cookie."""
        (cookie,) = self.http.cookies.jar
        return "Visitor " + hashlib.sha256(f"visitor:{cookie.value}".encode()).hexdigest()[:4].upper()

    async def says(self, text: str) -> None:
        self.number += 1
        answer = await self.http.post("/chat/messages", json={"text": text, "client_id": f"c{self.number}"})
        assert answer.status_code == 202, answer.text

    async def sees(self, kind: str, containing: str = "") -> Json:
        """Return the next event of a kind; those before it count as seen."""
        async with asyncio.timeout(PATIENCE):
            async with self.http.stream("GET", f"/chat/events?after={self.after}", timeout=PATIENCE) as stream:
                name = ""
                async for line in stream.aiter_lines():
                    field, _, value = line.partition(": ")
                    if field == "id":
                        self.after = int(value)
                    elif field == "event":
                        name = value
                    elif field == "data" and name == kind and containing in value:
                        return dict(json.loads(value))
        raise AssertionError(f"the stream ended without {kind} {containing}")

    async def messages(self) -> list[Json]:
        return list((await self.http.get("/chat/history")).json()["messages"])


@pytest.fixture
async def visitor(desk: Desk) -> AsyncIterator[Visitor]:
    async with httpx.AsyncClient(base_url=desk.web, timeout=30, trust_env=False) as http:
        yield Visitor(http)


async def is_attended(visitor: Visitor, operator: Operator) -> TopicSeen:
    await visitor.says("/human")
    await visitor.sees("message", "pass this")
    return await operator.finds_topic(visitor.name)


def file_of(seen: Seen) -> str:
    body = seen.raw[seen.kind]
    return str((body[-1] if isinstance(body, list) else body)["file_id"])


async def test_what_an_operator_attaches_reaches_the_page_as_a_file(
    sandbox: SandboxClient, desk: Desk, visitor: Visitor, olga: Operator
) -> None:
    topic = await is_attended(visitor, olga)
    await olga.writes(topic, "Good day!")
    await visitor.sees("message", "Good day!")
    sent = [
        await olga.attaches(topic, "photo", caption="The blue one"),
        await olga.attaches(topic, "document", name="price <b>.pdf"),
        await olga.attaches(topic, "voice"),
    ]

    shown = [await visitor.sees("message", "/chat/files/") for _ in sent]

    assert [one["kind"] for one in shown] == ["photo", "document", "voice"]
    assert (shown[0]["text"], shown[0]["author"]) == ("The blue one", "operator")
    assert shown[1]["details"]["name"] == "price <b>.pdf"
    async with httpx.AsyncClient(trust_env=False) as anybody:
        for seen, one in zip(sent, shown, strict=True):
            given = await visitor.http.get(one["details"]["url"])
            original = await anybody.get(f"{sandbox.url}/sandbox/files/{file_of(seen)}")
            assert given.content == original.content
            assert given.headers["content-security-policy"] == "sandbox; default-src 'none'"
            assert (await anybody.get(desk.web + one["details"]["url"])).status_code == 404
    document = await visitor.http.get(shown[1]["details"]["url"])
    assert document.headers["content-disposition"].startswith("attachment")
    assert document.headers["content-type"] == "application/octet-stream"
    again = [one for one in await visitor.messages() if one.get("details", {}).get("url")]
    assert [one["details"] for one in again] == [one["details"] for one in shown]
    await olga.sees_sign(sent[0], "👌")


async def test_a_visitors_file_reaches_the_topic_as_a_file(
    sandbox: SandboxClient, desk: Desk, visitor: Visitor, olga: Operator
) -> None:
    topic = await is_attended(visitor, olga)
    picture = b"\x89PNG\r\n\x1a\n" + bytes(500)
    await olga.reads_in(topic, "Why:")
    path = "/chat/uploads?client_id=f1&name=kettle%20%E2%84%961.png"

    sent = await visitor.http.post(path, content=picture)
    shown = await olga.reads_in(topic)
    await visitor.http.post("/chat/uploads?client_id=f2&name=../offer.html", content=b"<script>alert(1)</script>")
    page = await olga.reads_in(topic)

    assert (sent.status_code, shown.kind, page.kind) == (202, "photo", "document")
    assert page.raw["document"]["file_name"] == "_offer.html"
    async with httpx.AsyncClient(trust_env=False) as anybody:
        assert (await anybody.get(f"{sandbox.url}/sandbox/files/{file_of(shown)}")).content == picture
        assert (await anybody.get(f"{desk.web}/chat/files/f1")).status_code == 404
        assert (await anybody.post(f"{desk.web}{path}", content=picture)).status_code == 403
    async with httpx.AsyncClient(base_url=desk.web, trust_env=False) as eve:
        await Visitor(eve).says("Hi")
        assert (await eve.get("/chat/files/f1")).status_code == 404
    mine = {one["id"]: one for one in await visitor.messages()}
    assert (mine["f1"]["kind"], mine["f1"]["details"]["name"]) == ("photo", "kettle _1.png")
    back = [await visitor.http.get(mine[one]["details"]["url"]) for one in ("f1", "f2")]
    assert [one.headers["content-type"] for one in back] == ["image/png", "application/octet-stream"]
    assert back[0].content == picture


async def test_what_is_no_file_reaches_the_page_in_words(visitor: Visitor, olga: Operator) -> None:
    topic = await is_attended(visitor, olga)
    await olga.writes(topic, "Good day!")
    await visitor.sees("message", "Good day!")

    await olga.attaches(topic, "sticker")
    await olga.attaches(topic, "contact", phone="+49301234", name="Depot")
    await olga.attaches(topic, "location")
    shown = [await visitor.sees("message") for _ in range(3)]

    assert [one["text"] for one in shown[:2]] == ["🙂", "Depot +49301234"]
    assert (shown[2]["kind"], shown[2]["details"]) == ("location", {"latitude": 52.52, "longitude": 13.405})


async def test_a_file_that_is_too_large_is_refused_with_the_limit(
    sandbox: SandboxClient, visitor: Visitor, olga: Operator
) -> None:
    topic = await is_attended(visitor, olga)
    await olga.writes(topic, "Good day!")
    sent = await olga.attaches(topic, "document")
    (message,) = [one for one in await olga.sees_in(topic) if one.id == sent.id]
    raw = {**message.raw, "message_id": 900_100, "document": {**message.raw["document"], "file_size": 30 * 1024 * 1024}}

    await sandbox.inject([{"message": raw}])

    told = await olga.reads_in(topic, "MB")
    assert told.text.startswith("Not sent: the file is larger than the 20 MB")


async def test_a_quote_an_edit_and_a_deletion_reach_the_page(visitor: Visitor, olga: Operator) -> None:
    topic = await is_attended(visitor, olga)
    await visitor.says("And the price?")
    asked = await olga.reads_in(topic, "And the price?")
    sent = await olga.writes(topic, "20 euro", reply_to=asked)
    shown = await visitor.sees("message", "20 euro")

    await olga.edits_in_topic(sent, "21 euro")
    edited = await visitor.sees("edit")
    await olga.writes(topic, "/delete", reply_to=sent)
    gone = await visitor.sees("delete")

    assert shown["text"] == "And the price?\n20 euro"
    assert shown["entities"] == [["blockquote", 0, 14, ""]]
    assert (edited["id"], edited["text"], gone) == (shown["id"], "21 euro", {"id": shown["id"]})
    assert shown["id"] not in [one["id"] for one in await visitor.messages()]


async def test_a_customer_sees_that_somebody_writes_in_the_console(
    desk: Desk, sandbox: SandboxClient, customer: Customer, ada: Operator
) -> None:
    await asks_for_a_person(customer, ada)
    (row,) = desk.rows("SELECT id FROM conversations WHERE chat = ?", str(customer.id))
    async with httpx.AsyncClient(base_url=desk.web, timeout=30, trust_env=False, follow_redirects=True) as console:
        await console.get(desk.sign_in)
        page = await console.get("/console/queue")
        csrf = re.search(r'name="csrf" content="([^"]+)"', page.text)
        assert csrf, page.text
        headers = {"X-CSRF-Token": csrf[1], "Accept": "application/json"}
        typing = f"/console/conversations/{row[0]}/typing"
        since = await sandbox.seq()
        before = await console.post(typing, headers=headers, data={})
        await console.post(f"/console/conversations/{row[0]}/claim", headers=headers, data={})
        await customer.reads("is with you now")
        for _ in range(3):
            assert (await console.post(typing, headers=headers, data={})).status_code == 204

        await sandbox.wait_for(lambda event: event["kind"] == "action", after=since, chat=customer.id, kinds="action")

    assert before.status_code == 204
    shown = [call["params"] for call in await sandbox.calls("sendChatAction")]
    assert shown == [{"chat_id": customer.id, "action": "typing"}]
