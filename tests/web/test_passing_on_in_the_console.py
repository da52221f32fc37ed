"""What operators do with a chat in the console beside answering: pass it on, let the bot answer, merge, ban."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.channels.webchat import NAME
from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.handlers import private
from bot.handoff import notes, queue, staff
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations, transcript
from bot.storage import schema
from tests.web.office import ROOT, Office, open_office


@pytest.fixture
async def office(migrated: Path, tmp_path: Path) -> AsyncIterator[Office]:
    """Open a house that has a team."""
    shutil.copytree(ROOT / "config", tmp_path / "config")
    with (tmp_path / "config" / "handoff.toml").open("a", encoding="utf-8") as rules:
        rules.write('\n[teams.returns]\nname = "Returns & refunds"\n')
    async with open_office(migrated, tmp_path, SUPPORTBOT_CONFIG=str(tmp_path / "config")) as opened:
        yield opened


def at(ticket: Ticket, action: str = "") -> str:
    return f"/console/conversations/{ticket.conversation_id}" + (f"/{action}" if action else "")


async def current(office: Office, ticket: Ticket) -> Ticket:
    found = await office.read(lambda conn: queue.get(conn, ticket.id))
    assert found
    return found


async def heard(office: Office, ticket: Ticket) -> list[str]:
    """Return what is on its way to a customer."""
    out = schema.outbox
    query = select(out.c.body).where(out.c.conversation_id == ticket.conversation_id, out.c.topic_id.is_(None))
    rows = await office.read(lambda conn: conn.execute(query.order_by(out.c.id)).scalars().all())
    return [body["text"]["text"] for body in rows if "text" in body]


async def written(office: Office, ticket: Ticket) -> list[str]:
    """Return the notes of a conversation."""
    return [note.text for note in await office.read(lambda conn: notes.of(conn, ticket.conversation_id))]


async def test_a_chat_is_passed_on_to_a_team_and_to_a_level_with_a_note(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    await olga.press(at(ticket, "claim"))
    offered = re.findall(r'<option value="((?:team|level):\w+)">([^<]+)</option>', (await olga.page(at(ticket))).text)

    team = await olga.press(at(ticket, "transfer"), to="team:returns", with_note="wants the money back")
    for_team = await current(office, ticket)
    await olga.press(at(ticket, "claim"))
    level = await olga.press(at(ticket, "transfer"), to="level:2", with_note="")
    for_level = await current(office, ticket)

    assert offered == [("team:returns", "Returns &amp; refunds"), *((f"level:{one}", f"L{one}") for one in (1, 2, 3))]
    assert (team.json()["text"], level.json()["text"]) == (
        "The chat waits for Returns & refunds now.",
        "The chat waits for L2 now.",
    )
    assert (for_team.state, for_team.staff_id, for_team.team) == (State.WAITING, None, "returns")
    assert (for_level.state, for_level.staff_id, for_level.level) == (State.WAITING, None, 2)
    assert await written(office, ticket) == ["wants the money back"]
    assert not any("money" in text for text in await heard(office, ticket))


@pytest.mark.parametrize("to", ["team:nobody", "team:", "level:9", "level:", "7", ""])
async def test_a_chat_is_passed_on_to_nobody_that_there_is_not(office: Office, to: str) -> None:
    ticket = await office.waiting()

    answer = await (await office.desk("Olga")).press(at(ticket, "transfer"), to=to, with_note="for them")

    assert (answer.status_code, answer.json()["refusal"]) == (409, "Choose a colleague who is there.")
    assert await written(office, ticket) == []


async def test_a_note_for_a_colleague_stands_in_the_conversation_and_nowhere_else(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    await olga.press(at(ticket, "transfer"), to=str(office.people["Max"]), with_note="<b>be</b> kind")

    page = (await (await office.desk("Max")).page(at(ticket))).text
    assert "&lt;b&gt;be&lt;/b&gt; kind" in page
    assert (await current(office, ticket)).staff_id == office.people["Max"]
    assert await heard(office, ticket) == ["Max is with you now."]


async def test_a_colleagues_chat_is_ended_passed_on_and_merged_by_managers_only(office: Office) -> None:
    ticket, other = await office.waiting("Anna"), await office.waiting("Anja")
    await (await office.desk("Max")).press(at(ticket, "claim"))
    olga = await office.desk("Olga")

    tries = [("transfer", {"to": "level:2"}), ("bot", {}), ("merge", {"number": str(other.id)})]
    tries += [("close", {}), ("release", {}), ("ban", {"reason": "rude"})]
    refused = [await olga.press(at(ticket, action), **fields) for action, fields in tries]
    offered = {name: (await (await office.desk(name)).page(at(ticket))).text for name in ("Olga", "Max", "Ada")}
    allowed = await (await office.desk("Ada")).press(at(ticket, "bot"))

    assert [answer.status_code for answer in refused] == [409] * 6
    forms = {
        name: [action for action, _ in tries if at(ticket, action) + "?" in page] for name, page in offered.items()
    }
    assert forms == {"Olga": [], "Max": [action for action, _ in tries], "Ada": [action for action, _ in tries]}
    assert all(answer.json()["refusal"].startswith("Max has this chat") for answer in refused)
    assert allowed.status_code == 200
    assert (await current(office, ticket)).state is State.CLOSED
    assert (await heard(office, ticket))[-1].startswith("From here on I answer again, the bot.")


async def test_two_tickets_of_one_customer_become_one_in_the_console(office: Office) -> None:
    ticket, other = await office.waiting("Anna"), await office.waiting("Anja", "the label is torn")
    olga = await office.desk("Olga")
    await olga.press(at(ticket, "claim"))

    wrong = await olga.press(at(ticket, "merge"), number="#999")
    unproved = await olga.press(at(ticket, "merge"), number=f"#{other.id}")

    def same_phone(conn: Connection) -> None:
        for name in ("Anna", "Anja"):
            found, _ = conversations.meet(conn, Place(NAME, f"w{name}"), Author(f"w{name}", name), "en", office.clock())
            conversations.keep_phone(conn, found.customer_id, "+4917012345678")

    await office.change(same_phone)
    asked = await olga.press(at(ticket, "merge"), number=f"#{other.id}")
    of_another = await olga.press(at(ticket, "merge"), number=f"#{other.id}", confirmed=str(ticket.id))
    unscripted = await olga.submit(at(ticket, "merge"), number=str(other.id))
    still = await current(office, other)
    done = await olga.press(at(ticket, "merge"), number=f" #{other.id} ", confirmed=asked.json()["confirm"])

    assert (asked.status_code, of_another.status_code, still.state) == (409, 409, State.WAITING)
    assert asked.json()["refusal"].startswith(
        f"#{other.id} Anja (web chat) and Anna (web chat) left the same contact: +49"
    )
    assert f'name="confirmed" value="{other.id}"' in unscripted.text
    assert (wrong.status_code, unproved.status_code, done.status_code) == (409, 409, 200)
    assert unproved.json()["refusal"].startswith(f"Nothing shows that #{other.id} is the same customer.")
    closed = await current(office, other)
    assert (closed.state, closed.merged_into) == (State.CLOSED, ticket.id)
    assert (await heard(office, other))[-1].startswith("We go on together in your chat on ")
    here, there = (await olga.page(at(ticket))).text, (await olga.page(at(other))).text
    assert f'<a href="{at(other)}">#{other.id}</a><span class="muted">goes on in this chat</span>' in here
    assert f'<a href="{at(ticket)}">goes on in ticket #{ticket.id}</a>' in there
    assert f">This goes on in ticket #{ticket.id}: only notes can be written here.</p>" in there
    assert f"{at(other)}/reopen" not in there
    assert (await olga.press(at(other, "reopen"))).status_code == 409


async def test_what_somebody_banned_wrote_is_in_no_list(office: Office) -> None:
    ticket = await office.waiting("Anna", "You thieves!")
    olga = await office.desk("Olga")
    before = (await olga.page("/console/queue")).text

    await olga.press(at(ticket, "ban"), reason="insults")
    more, key = Content(ContentKind.TEXT, plain("You thieves, I said!")), ticket.conversation_id
    await office.change(lambda conn: transcript.add(conn, key, transcript.CUSTOMER, more, office.clock()))
    closed = (await olga.page("/console/queue")).text
    await olga.press(at(ticket, "say"), text="A last word.")
    written_to = (await olga.page("/console/queue")).text

    assert "You thieves!" in before
    assert "You thieves" not in closed
    assert "You thieves" not in written_to
    assert "A last word." not in written_to


async def test_the_privately_asked_queue_shows_no_words_of_somebody_banned(office: Office) -> None:
    ticket = await office.waiting("Anna", "Where are you thieves hiding?")
    ada = await office.read(lambda conn: staff.get(conn, office.people["Ada"]))
    assert ada

    async def read() -> str:
        def work(conn: Connection) -> str:
            desk = private.Desk(office.house, conn, office.clock(), ada, Place("telegram", "1"))
            return " ".join(str(one.outgoing.body["text"]["text"]) for one in private.COMMANDS["queue"](desk))

        return await office.read(work)

    heard_before = await read()
    await office.change(lambda conn: conversations.change(conn, ticket.conversation_id, banned=True))

    assert "thieves" in heard_before
    assert "Anna" in await read()
    assert "thieves" not in await read()


async def test_a_ban_needs_a_reason_is_seen_by_all_and_lifted_by_a_manager(office: Office) -> None:
    ticket = await office.waiting()
    olga, ada = await office.desk("Olga"), await office.desk("Ada")

    without = await olga.press(at(ticket, "ban"), reason="  ")
    banned = await olga.press(at(ticket, "ban"), reason="<i>insults</i> us")
    page = (await (await office.desk("Max")).page(at(ticket))).text
    by_operator = await olga.press(at(ticket, "unban"))
    lifted = await ada.press(at(ticket, "unban"))

    assert [one.status_code for one in (without, banned, by_operator, lifted)] == [409, 200, 409, 200]
    assert '<dd dir="auto">&lt;i&gt;insults&lt;/i&gt; us</dd>' in page
    assert await written(office, ticket) == ["⛔ <i>insults</i> us", "✅ The ban is lifted."]
    assert by_operator.json()["refusal"] == "Only managers and admins may do that; please ask one of them."
    assert (await current(office, ticket)).state is State.CLOSED
    texts = await heard(office, ticket)
    assert [text.split(".")[0] for text in texts] == [
        "We have ended this conversation and do not read further messages here",
        "You can write to us here again",
    ]
    assert f"{at(ticket)}/unban" not in (await ada.page(at(ticket))).text


async def test_a_closed_chat_says_so_and_is_opened_again(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    await olga.press(at(ticket, "close"))
    closed = (await olga.page(at(ticket))).text

    done = await olga.press(at(ticket, "reopen"))
    twice = await olga.press(at(ticket, "reopen"))

    assert "This chat is closed: only notes can be written. Reopen it to answer.</p>" in closed
    assert f'action="{at(ticket)}/reopen' in closed
    assert (done.json()["text"], twice.status_code) == (
        f"Ticket #{ticket.id} is open. Claim it or write to take it.",
        409,
    )
    assert (await current(office, ticket)).state is State.WAITING
    page = (await olga.page(at(ticket))).text
    assert f"{at(ticket)}/reopen" not in page
    assert (await olga.press(at(ticket, "say"), text="Here we are again.")).status_code == 200


async def test_a_chat_that_was_closed_long_ago_begins_a_new_ticket(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    await olga.press(at(ticket, "close"))
    office.clock.forward(days=3)
    olga = await office.desk("Olga")

    await olga.press(at(ticket, "reopen"))

    again = await office.read(lambda conn: queue.open_one(conn, ticket.conversation_id))
    assert again is not None
    assert again.id != ticket.id
    assert (await current(office, ticket)).state is State.CLOSED


async def test_somebody_banned_is_let_in_before_their_chat_is_opened_again(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    await olga.press(at(ticket, "ban"), reason="insults")

    page, refused = (await olga.page(at(ticket))).text, await olga.press(at(ticket, "reopen"))

    assert "This customer is banned: only notes can be written. Lift the ban to hear from them again.</p>" in page
    assert f'action="{at(ticket)}/unban' in page
    assert f"{at(ticket)}/reopen" not in page
    assert refused.status_code == 409
    assert refused.json()["refusal"].startswith("This customer is banned: insults. Nothing goes out to them")


async def test_a_colleagues_chat_says_whose_it_is(office: Office) -> None:
    ticket = await office.waiting()
    await (await office.desk("Max")).press(at(ticket, "claim"))

    page = (await (await office.desk("Olga")).page(at(ticket))).text

    assert ">Max has this chat: only notes can be written. Take it over to answer.</p>" in page


@pytest.mark.parametrize(("priority", "shown"), [(-1, "low"), (0, "Usual"), (2, "urgent")])
async def test_level_priority_and_skill_stand_beside_the_chat(office: Office, priority: int, shown: str) -> None:
    ticket, now = await office.waiting(), office.clock()
    marks = {"level": 2, "priority": priority, "skill": "returns <desk>"}
    await office.change(lambda conn: queue.mark(conn, ticket, now, office.people["Olga"], **marks))

    page = (await (await office.desk("Olga")).page(at(ticket))).text

    assert "<dt>Level</dt><dd>L2</dd>" in page
    assert f"<dt>Priority</dt><dd>{shown}</dd>" in page
    assert '<dt>Skill</dt><dd dir="auto">returns &lt;desk&gt;</dd>' in page


async def test_a_level_is_one_of_three(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    answers = [(await olga.press(at(ticket, "level"), level=level)).status_code for level in ("3", "4", "x")]

    assert answers == [200, 409, 409]
    assert (await current(office, ticket)).level == 3
