"""The work at the desk: who gets which chat, who loses it, and what each of them and the customer hears."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.handlers import assigning, closing, desk, pace
from bot.handlers.desk import Hand, Refusal
from bot.handoff import queue, staff, ticket_log
from bot.handoff.ticket import State
from bot.messaging import transcript
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor

BALANCED = '[assignment]\nmode = "balanced"\n'


@pytest.fixture
async def floor(database: Database) -> Floor:
    made = open_floor(database)
    await made.hires("Olga")
    await made.hires("Max")
    return made


async def test_next_gives_the_oldest_that_fits_and_says_when_none_does(floor: Floor) -> None:
    await floor.hires("Vera", level=2)
    await floor.asks("Anna", level=2)
    floor.later(minutes=1)
    await floor.asks("Boris")

    await floor.privately("Olga", "/next")
    await floor.privately("Olga", "/next")

    told = await floor.heard("Olga")
    assert (await floor.owner("Anna"), await floor.owner("Boris")) == ("", "Olga")
    assert told[0].startswith("You have #")
    assert told[1].startswith("1 customer waits, but not for your team")
    await floor.privately("Vera", "/next")
    assert await floor.owner("Anna") == "Vera"


async def test_next_stops_at_the_limit_and_a_claim_by_hand_goes_beyond_it_and_says_so(floor: Floor) -> None:
    await floor.change(lambda conn: staff.change(conn, floor.people["Olga"], capacity=1))
    for name in ("Anna", "Boris"):
        await floor.asks(name)

    await floor.privately("Olga", "/next")
    await floor.told()
    await floor.privately("Olga", "/next")
    assert await floor.heard("Olga") == ["You have as many chats as you can take (1). Close or release one first."]
    await floor.writes("Olga", "Boris", "/claim")

    assert await floor.owner("Boris") == "Olga"
    assert "You have 2 chats now; your limit is 1." in [text for who, text in await floor.told() if who == "in Boris"]


async def test_chats_are_given_to_who_has_most_room_and_wait_while_nobody_has_any(floor: Floor, tmp_path: Path) -> None:
    floor.rule(f"capacity = 2\n{BALANCED}", tmp_path)
    for name in ("A", "B", "C", "D", "E"):
        await floor.asks(name)
        floor.later(seconds=1)
    await floor.told()

    assert await floor.assigns() == 4
    told = await floor.told()
    owners = [await floor.owner(name) for name in "ABCDE"]
    await floor.writes("Max", "B", "/close")
    assert await floor.assigns() == 1

    assert owners == ["Olga", "Max", "Olga", "Max", ""]
    assert await floor.owner("E") == "Max"
    assert ("A", "Olga has your message and will answer here.") in told
    assert ("in A", "The bot gave this chat to Olga.") in told
    assert any(who == "Olga" and "A is yours now.\nOpen it in the console" in text for who, text in told)


async def test_nobody_away_off_shift_or_disabled_is_given_a_chat(floor: Floor, tmp_path: Path) -> None:
    floor.rule(f'{BALANCED}[shifts.Vera]\ntuesday = ["9-17"]\n', tmp_path)
    for name in ("Vera", "Dora"):
        await floor.hires(name)
    await floor.privately("Olga", "/away")
    await floor.change(lambda conn: staff.change(conn, floor.people["Dora"], disabled=True, capacity=99))
    for name in ("A", "B", "C"):
        await floor.asks(name)

    await floor.assigns()
    assert {await floor.owner(name) for name in "ABC"} == {"Max"}
    await floor.asks("D")
    await floor.privately("Vera", "/back")
    await floor.assigns()

    assert await floor.owner("D") == "Vera"


async def test_in_pull_mode_nobody_is_given_a_chat(floor: Floor) -> None:
    await floor.asks("Anna")

    assert (await floor.assigns(), await floor.owner("Anna")) == (0, "")


async def test_a_plan_that_is_old_gives_nothing_that_was_taken_and_nothing_beyond_the_limit(
    floor: Floor, tmp_path: Path
) -> None:
    floor.rule(f"capacity = 1\n{BALANCED}", tmp_path)
    await floor.asks("Anna")
    boris = await floor.asks("Boris")
    plan = await floor.house.database.read(lambda conn: assigning.planned(floor.house, conn, floor.now))
    await floor.writes("Max", "Anna", "Hello!")
    vera = await floor.asks("Vera")
    await floor.change(lambda conn: queue.claim(conn, vera.id, floor.people["Olga"], floor.now))

    for ticket, person in plan:
        assert not await floor.change(lambda conn: assigning.give(floor.house, conn, ticket, person, floor.now))  # noqa: B023 awaited here

    assert (await floor.owner("Anna"), (await floor.ticket("Boris")).id) == ("Max", boris.id)
    assert await floor.owner("Boris") == ""


async def test_unfinished_chats_of_somebody_who_went_away_wait_again_and_their_customers_hear_it_once(
    floor: Floor,
) -> None:
    for name in ("Anna", "Boris"):
        await floor.asks(name)
        await floor.writes("Olga", name, "One moment.")
    await floor.says("Anna", "Are you there?")
    await floor.privately("Olga", "/away")
    assert "Your 1 unfinished chat goes back to the queue in 15 min." in (await floor.heard("Olga"))[-1]

    floor.later(minutes=14)
    assert await floor.sweep(assigning.sweep_returns) == 0
    floor.later(minutes=1)
    assert await floor.sweep(assigning.sweep_returns) == 1
    told = await floor.told()
    assert await floor.sweep(assigning.sweep_returns) == 0

    assert ((await floor.ticket("Anna")).state, await floor.owner("Boris")) == (State.WAITING, "Olga")
    heard = [text for who, text in told if who == "Anna"]
    goes_on = "A colleague goes on and sees what was said; you need not repeat anything."
    assert heard == [f"Olga had to go. {goes_on} You are next."]
    assert ("in Anna", "Olga went away; the chat is back in the queue.") in told
    await floor.says("Boris", "And my parcel?")
    assert await floor.sweep(assigning.sweep_returns) == 1
    assert await floor.owner("Boris") == ""


async def test_somebody_who_works_on_after_the_shift_keeps_what_they_touch(floor: Floor, tmp_path: Path) -> None:
    floor.rule('[shifts.Olga]\nmonday = ["7:00-9:30"]\n', tmp_path)  # in Berlin: 6:00 to 8:30 in UTC
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")

    floor.later(minutes=14)
    assert await floor.sweep(assigning.sweep_returns) == 0
    floor.later(minutes=2)
    assert await floor.sweep(assigning.sweep_returns) == 1


async def test_an_answer_of_somebody_who_lost_the_chat_is_refused(floor: Floor) -> None:
    ticket = await floor.asks("Anna")
    claimed = await floor.change(lambda conn: queue.claim(conn, ticket.id, floor.people["Olga"], floor.now))
    assert claimed

    def answers(ownership: int | None) -> str:
        def work(conn: Connection) -> str:
            hand = Hand(floor.turn(conn, "Anna"), floor.person(conn, "Olga"), elsewhere=True)
            outcome = desk.answer(hand, Content(ContentKind.TEXT, plain("Hello!")), ownership=ownership)
            return outcome.text if isinstance(outcome, Refusal) else "sent"

        return work  # type: ignore[return-value]

    async def outcome(ownership: int | None) -> str:
        return await floor.change(answers(ownership))  # type: ignore[arg-type]

    assert await outcome(1) == "sent"
    await floor.writes("Max", "Anna", "/takeover")
    assert (await outcome(1)).startswith("Max has this chat; nothing was sent.")
    await floor.writes("Max", "Anna", "/release")
    assert (await outcome(1)).startswith("The chat changed hands meanwhile")
    await floor.writes("Olga", "Anna", "/claim")
    assert (await outcome(1)).startswith("The chat changed hands meanwhile")
    assert await outcome((await floor.ticket("Anna")).ownership) == "sent"
    await floor.writes("Olga", "Anna", "/close")
    assert (await outcome(4)).startswith("The chat was closed meanwhile")
    heard = [text for who, text in await floor.told() if who == "Anna"]
    assert heard.count("Hello!") == 2


async def test_a_chat_is_passed_on_to_a_person_with_a_note_that_only_they_read(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()

    await floor.writes("Olga", "Anna", "/transfer max she is angry")

    told = await floor.told()
    assert await floor.owner("Anna") == "Max"
    assert ("Anna", "Max is with you now.") in told
    assert any(who == "Max" and text.startswith("Olga gave you #") and "she is angry" in text for who, text in told)
    assert not any("angry" in text for who, text in told if who == "Anna")


async def test_a_chat_is_passed_on_to_a_team_or_a_level_and_keeps_its_place(floor: Floor, tmp_path: Path) -> None:
    floor.rule('[teams.returns]\nname = "Returns"\n', tmp_path)
    await floor.hires("Vera", team="returns", level=2)
    first = await floor.asks("Anna")
    floor.later(minutes=5)
    await floor.asks("Boris")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()

    await floor.writes("Olga", "Anna", "/transfer Returns // wants money back")
    team = await floor.ticket("Anna")
    told = await floor.told()
    await floor.writes("Olga", "Anna", "/transfer L2")
    level = await floor.ticket("Anna")

    assert (team.state, team.team, team.staff_id, team.opened_at) == (State.WAITING, "returns", None, first.opened_at)
    assert (level.level, level.team) == (2, "returns")
    assert ("in Anna", "The chat waits for Returns now.") in told
    heard = [text for who, text in told if who == "Anna"]
    assert heard == ["I pass you on to the colleagues who know this best. They see what was said so far. You are next."]
    await floor.privately("Olga", "/next")
    assert await floor.owner("Boris") == "Olga"
    await floor.privately("Vera", "/next")
    assert await floor.owner("Anna") == "Vera"


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("/transfer", "To whom? Please write /transfer and one of these names: Max, Max Berg, L1, L2, L3"),
        ("/transfer ma", "To whom? Please write /transfer and one of these names: Max, Max Berg"),
        (
            "/transfer nobody at all",
            "Nobody here is called “nobody”. Please write /transfer and one of these names: Max, Max Berg, L1",
        ),
        ("/merge 99", "There is no ticket #99."),
        ("/transfer olga", "Olga has this chat already."),
        ("/transfer max berg", "Max Berg is away; choose somebody else."),
    ],
)
async def test_what_cannot_be_passed_on_or_taken_in_says_why_and_changes_nothing(
    floor: Floor, words: str, reply: str
) -> None:
    await floor.hires("Max Berg", away=True)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()

    await floor.writes("Olga", "Anna", words)

    assert (await floor.told())[0][1].startswith(reply)
    assert await floor.owner("Anna") == "Olga"


async def test_only_who_has_a_chat_or_a_manager_passes_it_on(floor: Floor) -> None:
    await floor.hires("Ada", Role.MANAGER)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")

    await floor.writes("Max", "Anna", "/transfer max")
    assert await floor.owner("Anna") == "Olga"
    await floor.writes("Ada", "Anna", "/transfer max")
    assert await floor.owner("Anna") == "Max"


async def test_given_back_to_the_bot_the_chat_is_closed_and_the_customer_knows_who_answers(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()

    await floor.writes("Olga", "Anna", "/bot")

    heard = await floor.heard("Anna")
    assert (await floor.ticket("Anna")).state is State.CLOSED
    assert heard == ["From here on I answer again, the bot. If you need a person, write /human."]


async def test_two_tickets_of_one_customer_become_one_and_of_two_customers_never(floor: Floor) -> None:
    anna = await floor.asks("Anna")
    floor.later(minutes=1)
    other = await floor.asks("Anja", tags=["wet"], priority=1)
    await floor.writes("Olga", "Anna", "/claim")
    await floor.told()

    await floor.writes("Olga", "Anna", f"/merge {other.id}")
    assert (await floor.told())[0][1].startswith(f"Nothing shows that #{other.id} is the same customer.")

    for name in ("Anna", "Anja"):
        await floor.shares_number(name, "+4917012345678")
    await floor.told()
    await floor.writes("Olga", "Anna", f"/merge #{other.id}")
    told = await floor.told()
    whole, closed = await floor.ticket("Anna"), await floor.ticket("Anja")

    assert (whole.id, whole.tags, whole.priority, whole.opened_at) == (anna.id, ("wet",), 1, anna.opened_at)
    assert (closed.state, closed.merged_into) == (State.CLOSED, anna.id)
    assert ("in Anja", f"This goes on in ticket #{anna.id}.") in told
    begins = f"Ticket #{other.id} goes on here, and the customer is answered on Telegram."
    assert any(who == "in Anna" and text.startswith(begins) for who, text in told)
    assert (
        "Anja",
        "We go on together in your chat on Telegram: answers come there. What you write here reaches us, too.",
    ) in told
    await floor.writes("Olga", "Anna", f"/merge {other.id}")
    assert (await floor.told())[0][1].startswith(f"#{other.id} is closed already")
    await floor.says("Anja", "/human")
    assert (await floor.ticket("Anja")).id == other.id  # it goes on in Anna's


async def test_words_that_ask_for_nothing_owe_no_answer_unless_something_was_asked(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "It is on its way.")

    for courtesy in ("Thank you!", "👍", "ok", "спасибо", "Danke schön", "🙏🙏", "bye"):
        await floor.says("Anna", courtesy)
        assert (await floor.ticket("Anna")).state is State.WAITING_FOR_CUSTOMER, courtesy
    await floor.writes("Olga", "Anna", "Shall I cancel it?")
    await floor.says("Anna", "ok")
    assert (await floor.ticket("Anna")).state is State.ASSIGNED
    await floor.writes("Olga", "Anna", "Done.")
    await floor.says("Anna", "no")
    assert (await floor.ticket("Anna")).state is State.ASSIGNED

    desk_read = [text for who, text in await floor.told() if who == "in Anna"]
    assert {"Thank you!", "👍", "bye"} <= set(desk_read)


async def test_a_thank_you_after_the_end_opens_nothing(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/close")

    for courtesy in ("Thanks a lot!", "👍", "ok"):
        await floor.says("Anna", courtesy)

    assert (await floor.ticket("Anna")).state is State.CLOSED


async def test_a_quiet_chat_is_closed_after_a_warning_and_words_keep_it_open(floor: Floor, tmp_path: Path) -> None:
    floor.rule("[auto_close]\nhours = 48\nwarning_hours = 24\n", tmp_path)
    for name in ("Anna", "Boris"):
        await floor.asks(name)
        await floor.writes("Olga", name, "Does it work now?")
    await floor.told()

    floor.later(hours=23)
    assert await floor.sweep(closing.sweep_quiet) == 0
    floor.later(hours=1)
    assert await floor.sweep(closing.sweep_quiet) == 2
    warned = await floor.heard("Anna")
    await floor.says("Boris", "ok")
    floor.later(hours=24)
    assert await floor.sweep(closing.sweep_quiet) == 1

    assert warned == ["Is there anything else? If not, we close this in 24 hours. Write anything and it stays open."]
    assert ((await floor.ticket("Anna")).state, (await floor.ticket("Boris")).state) == (State.CLOSED, State.ASSIGNED)
    assert (await floor.heard("Anna"))[0].startswith("We have not heard from you, so we closed this for now.")
    number = (await floor.ticket("Anna")).id
    log = await floor.house.database.read(lambda conn: ticket_log.of(conn, number))
    assert [one.kind.value for one in log][-2:] == ["warned", "closed"]


async def test_after_two_days_down_a_quiet_chat_is_warned_of_before_it_is_closed(floor: Floor, tmp_path: Path) -> None:
    floor.rule("[auto_close]\nhours = 2\n", tmp_path)
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Does it work now?")

    floor.later(days=2)
    assert await floor.sweep(closing.sweep_quiet) == 1
    assert (await floor.ticket("Anna")).state is State.WAITING_FOR_CUSTOMER
    floor.later(hours=1)
    assert await floor.sweep(closing.sweep_quiet) == 1
    assert (await floor.ticket("Anna")).state is State.CLOSED


async def test_a_waiting_customer_is_promised_no_time_while_nobody_is_there(floor: Floor, tmp_path: Path) -> None:
    for number in range(5):
        await floor.asks(f"C{number}")
        await floor.writes("Olga", f"C{number}", "/claim")
        floor.later(minutes=6)
        await floor.writes("Olga", f"C{number}", "/close")
    await floor.asks("Anna")
    first = [text for who, text in await floor.told() if who == "Anna"]
    for name in ("Olga", "Max"):
        await floor.privately(name, "/away")

    await floor.says("Anna", "How long does it take?")
    second = [text for who, text in await floor.told() if who == "Anna"]
    floor.rule('[shifts.Olga]\ntuesday = ["9:00-17:00"]\n', tmp_path)
    await floor.privately("Olga", "/back")
    await floor.change(lambda conn: staff.change(conn, floor.people["Olga"], back_at=None))
    await floor.says("Anna", "still there?")
    third = [text for who, text in await floor.told() if who == "Anna"]

    assert first == ["I'll pass this to a colleague. You are next. About 6 minutes."]
    assert second == ["Nobody is here right now; whoever is back first sees it. You are next."]
    assert third[-1].startswith("We are back tomorrow at 9:00")


async def test_a_waiting_customer_leaves_a_phone_number_or_an_address(floor: Floor) -> None:
    ticket = await floor.asks("Anna")
    for words in ("/cancel", "call me maybe", "+49 170 1234567"):
        await floor.presses("Anna", f"contact:{ticket.id}")
        await floor.says("Anna", words)
    mail = await floor.asks("Boris")
    await floor.presses("Boris", f"contact:{mail.id}")
    await floor.says("Boris", "boris@Example.com")

    told = await floor.told()
    heard = [text for who, text in told if who == "Anna"]
    people = {
        name: await floor.change(lambda conn: floor.turn(conn, name).conversation)  # noqa: B023 awaited here
        for name in ("Anna", "Boris")
    }
    assert (people["Anna"].phone, people["Boris"].email) == ("+491701234567", "boris@example.com")
    assert "Fine, without it. You keep your place." in heard
    assert any(text.startswith("I found no phone number") for text in heard)
    assert ("in Anna", "call me maybe") in told
    assert ("in Anna", "📇 The customer left a contact: +491701234567") in told
    assert (await floor.ticket("Anna")).state is State.WAITING


async def test_who_is_banned_hears_it_once_and_nobody_reads_on(floor: Floor) -> None:
    await floor.hires("Ada", Role.MANAGER)
    await floor.asks("Anna")
    await floor.told()

    await floor.writes("Olga", "Anna", "/ban")
    usage = (await floor.told())[0][1]
    await floor.writes("Olga", "Anna", "/ban insults us")
    heard = await floor.heard("Anna")
    for text in ("hey", "/human", "you there?"):
        await floor.says("Anna", text)
    silent = await floor.told()
    await floor.writes("Olga", "Anna", "/unban")
    await floor.writes("Ada", "Anna", "/unban")
    await floor.says("Anna", "/human")

    assert usage == "Please write it like this: /ban REASON"
    assert len(heard) == 1
    assert heard[0].startswith("We have ended this conversation")
    assert silent == []
    told = await floor.told()
    assert ("in Anna", "Only managers and admins may do that; please ask one of them.") in told
    assert ("Anna", "You can write to us here again.") in told
    assert (await floor.ticket("Anna")).state is State.WAITING


async def test_a_flood_is_told_of_once_kept_whole_and_shown_joined(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Hello!")
    await floor.told()

    for number in range(40):
        await floor.says("Anna", f"line {number}")
        floor.later(seconds=1)
    at_once = await floor.told()
    floor.later(seconds=20)
    assert await floor.sweep(pace.sweep_held) == 1
    joined = await floor.told()
    floor.later(minutes=2)
    await floor.says("Anna", "sorry")

    lines = [text for who, text in at_once if who == "in Anna" and text.startswith("line")]
    assert lines == [f"line {number}" for number in range(19)]
    assert [text for who, text in at_once if who == "Anna"] == [floor.house.texts("en")("pace.slow_down")]
    assert joined == [("in Anna", "\n".join(f"line {number}" for number in range(19, 40)))]
    assert await floor.told() == [("in Anna", "sorry")]
    kept = await floor.change(lambda conn: transcript.last(conn, floor.turn(conn, "Anna").conversation.id, 100))
    assert sum(one.author == transcript.CUSTOMER for one in kept) == 42


async def test_a_flood_that_goes_on_is_shown_every_half_minute(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "Hello!")
    shown = []
    for number in range(90):
        await floor.says("Anna", f"line {number}")
        floor.later(seconds=1)
        await floor.sweep(pace.sweep_held)
    floor.later(seconds=30)
    await floor.sweep(pace.sweep_held)
    shown = "\n".join(text for who, text in await floor.told() if who == "in Anna").splitlines()

    assert [line for line in shown if line.startswith("line")] == [f"line {number}" for number in range(90)]


async def test_a_chat_of_somebody_who_comes_back_in_time_stays(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/claim")
    await floor.privately("Olga", "/away")
    floor.later(minutes=14)
    await floor.privately("Olga", "/back")
    floor.later(hours=1)

    assert await floor.sweep(assigning.sweep_returns) == 0
    assert timedelta(0) < floor.now - (await floor.ticket("Anna")).opened_at
