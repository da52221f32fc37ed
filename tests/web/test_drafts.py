"""Forms that are left, rest and go on: drafts, the one reminder, several forms side by side."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.telegram import bot_api
from bot.domain.conversation import Author, Pressed, Where
from bot.domain.message import rows_from_json
from bot.domain.people import Role
from bot.domain.ports import Act
from bot.handlers import customer, draft_view, keeping, menus
from bot.handlers.turn import Turn
from bot.handoff import staff
from bot.messaging import conversations
from bot.orders import drafts, store
from bot.orders.definition import FormBroken, FormDefinition, load
from bot.orders.drafts import Draft
from bot.orders.forms import Forms
from bot.storage import schema
from tests.web.office import Office
from tests.web.talk import VISITOR, Talk

CALL_BACK = """
key = "callback"
command = "callback"
title.en = "Call me back"
title.de = "Rückruf"
title.ru = "Перезвоните мне"
button.en = "Call me"
button.de = "Rückruf"
button.ru = "Перезвоните"
[[fields]]
key = "quantity"
kind = "number"
label = { en = "Tries", de = "Versuche", ru = "Попытки" }
question = { en = "How often shall we try?", de = "Wie oft?", ru = "Сколько раз?" }
[[fields]]
key = "confirm"
kind = "confirm"
question = { en = "Right?", de = "Richtig?", ru = "Верно?" }
"""


@pytest.fixture
def call_back(tmp_path: Path, office: Office) -> FormDefinition:
    """Let the house have a second form."""
    (tmp_path / "callback.toml").write_text(CALL_BACK)
    form = load(tmp_path / "callback.toml")
    office.house.forms = Forms((*office.house.forms.all[:1], form))
    return form


def read(said: list[dict[str, Any]]) -> str:
    return "\n".join(body["text"]["text"] for body in said)


def offers(said: list[dict[str, Any]]) -> list[str]:
    return [button.text for row in rows_from_json(said[-1].get("buttons", [])) for button in row]


async def conversation(office: Office) -> int:
    found = await office.read(lambda conn: conversations.find(conn, VISITOR))
    assert found
    return found.id


async def draft(office: Office, form: str = "order") -> Draft | None:
    key = await conversation(office)
    return await office.read(lambda conn: drafts.get(conn, key, form))


async def half_way(office: Office) -> Talk:
    """Return a customer who has answered two questions."""
    anna = Talk(office)
    await anna.says("/order")
    await anna.presses("Plum Rooibos")
    await anna.presses("2 pieces")
    return anna


async def sweeps(office: Office) -> list[str]:
    """Look for reminders that are due; return what customers get."""
    before = await office.read(_said)
    while await office.change(lambda conn: keeping.sweep_reminders(office.house, conn, office.clock())):
        pass
    return (await office.read(_said))[len(before) :]


def _said(conn: Any) -> list[str]:  # noqa: ANN401 a connection
    table = schema.outbox
    query = select(table.c.body).where(table.c.act == Act.SAY.value, table.c.chat == VISITOR.chat).order_by(table.c.id)
    return [row.body["text"]["text"] for row in conn.execute(query)]


async def kept_with_a_reminder(office: Office) -> Talk:
    anna = await half_way(office)
    await anna.says("/cancel")
    await anna.presses("Keep it")
    await anna.presses("Tomorrow")
    return anna


async def test_who_cancels_is_asked_whether_to_keep_what_they_said(office: Office) -> None:
    anna = await half_way(office)

    asked = await anna.presses("Cancel")
    kept = await anna.presses("Keep it")
    done = await anna.presses("No")
    begun = await anna.says("/order")
    on = await anna.presses("Go on")

    assert read(asked) == "Nothing has been ordered. Shall I keep what you have filled in?"
    assert offers(asked) == ["Keep it", "Throw it away", "Go on"]
    assert offers(kept) == ["Tomorrow", "No"]
    assert read(done) == "All right, I won't write to you about it."
    assert read(begun) == "You began “Your order” on Mon, Nov 23, 2026. Shall we go on with it?"
    assert offers(begun) == ["Go on", "Begin anew"]
    assert "Where should it go?" in read(on)


async def test_a_form_without_answers_is_cancelled_without_a_question(office: Office) -> None:
    anna = Talk(office)
    await anna.says("/order")

    ended = await anna.says("cancel")

    assert read(ended) == "The form is cancelled; nothing has been ordered."
    assert await draft(office) is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("throw it away", "The form is cancelled; nothing has been ordered."),
        ("no", "The form is cancelled; nothing has been ordered."),
        ("ja bitte", "Your answers are kept"),
        ("продолжим", "Where should it go?"),
        ("/cancel", "Your answers are kept"),
    ],
)
async def test_the_question_of_the_draft_is_answered_in_words_too(office: Office, words: str, said: str) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")

    answered = await anna.says(words)

    assert said in read(answered) or said.replace("Your answers are kept", "All right. Your answers") in read(answered)


async def test_a_draft_that_is_thrown_away_is_gone_and_a_late_button_harms_nothing(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")
    await anna.presses("Throw it away")
    gone = await draft(office)

    late = await anna.presses("Keep it")
    first = await anna.says("/order")

    assert gone is None
    assert read(late).startswith("This form is finished.")
    assert "What would you like?" in read(first)


async def test_who_asks_something_else_keeps_the_draft_and_is_asked_again(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")

    answer = await anna.says("How much is delivery?")
    unrelated = await anna.says("xyzzy plugh, good grief")

    assert [body["text"]["text"].partition("\n")[0] for body in answer] == [
        "It is 5 €.",
        "Nothing has been ordered. Shall I keep what you have filled in?",
    ]
    assert "Nothing has been ordered" not in read(unrelated)
    resting = await draft(office)
    assert resting is not None
    assert resting.kept


async def test_begin_anew_forgets_the_draft(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")
    await anna.presses("Keep it")
    await anna.says("/order")

    first = await anna.presses("Begin anew")

    assert "What would you like?" in read(first)
    fresh = await draft(office)
    assert fresh is not None
    assert (fresh.state["answers"], fresh.kept) == ({}, False)


async def test_a_button_of_the_draft_pressed_twice_asks_nothing_twice(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")

    once, twice = await anna.presses("Keep it"), await anna.presses("Keep it")
    tomorrow, again = await anna.presses("Tomorrow"), await anna.presses("Tomorrow")

    assert (len(once), twice) == (1, [])
    assert (read(tomorrow), again) == ("Good, I'll remind you once tomorrow.", [])


async def test_an_old_button_of_the_draft_does_nothing_to_a_form_that_goes_on(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")
    await anna.presses("Go on", below="Nothing has been ordered")

    late = await anna.presses("Throw it away")
    address = await anna.presses("Home, by DHL")

    assert late == []
    assert "What is the address?" in read(address)


async def test_a_reminder_comes_once_the_next_day(office: Office) -> None:
    anna = await kept_with_a_reminder(office)

    early = await sweeps(office)
    office.clock.forward(days=1)
    due, again = await sweeps(office), await sweeps(office)
    on = await anna.presses("Go on", below="waiting for you")

    assert early == []
    assert due == ["You asked me to remind you: “Your order” is waiting for you, just as you left it."]
    assert again == []
    assert "Where should it go?" in read(on)


async def test_nobody_is_reminded_who_did_not_ask_for_it(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")
    await anna.presses("Keep it")

    office.clock.forward(days=3)

    assert await sweeps(office) == []


async def test_two_workers_remind_once(office: Office) -> None:
    await kept_with_a_reminder(office)
    office.clock.forward(days=1)
    now = office.clock()

    first, second = await office.read(lambda conn: (drafts.due(conn, now, 9), drafts.due(conn, now, 9)))
    claims = [await office.change(partial(drafts.claim, draft=one)) for one in (*first, *second)]

    assert claims == [True, False]


async def test_a_reminder_waits_for_the_day(office: Office) -> None:
    await kept_with_a_reminder(office)
    office.clock.now = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)

    at_night = await sweeps(office)
    waits = await draft(office)
    office.clock.now = datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    by_day = await sweeps(office)

    assert at_night == []
    assert waits is not None
    assert waits.remind_at is not None
    assert keeping.by_day(waits.remind_at, office.house) == waits.remind_at
    assert len(by_day) == 1


@pytest.mark.parametrize("why", ["blocked", "banned"])
async def test_who_cannot_be_written_to_is_not_reminded(office: Office, why: str) -> None:
    await kept_with_a_reminder(office)
    key = await conversation(office)
    await office.change(lambda conn: conversations.change(conn, key, **{why: True}))
    office.clock.forward(days=1)

    told = await sweeps(office)
    await office.change(lambda conn: conversations.change(conn, key, **{why: False}))

    assert (told, await sweeps(office)) == ([], [])


async def test_who_has_gone_on_is_not_reminded(office: Office) -> None:
    anna = await kept_with_a_reminder(office)
    await anna.says("/order")
    await anna.presses("Go on", below="Shall we go on")
    office.clock.forward(days=1)

    assert await sweeps(office) == []


async def test_a_form_rests_while_another_is_filled_in_and_goes_on_later(
    office: Office, call_back: FormDefinition
) -> None:
    anna = await half_way(office)

    other = await anna.says("/callback")
    summary = await anna.says("3")
    done = await anna.presses("Send")
    order = await anna.says("/order")
    on = await anna.presses("Go on")

    assert read(other).startswith("“Your order” is kept and waits for you.\n")
    assert "How often shall we try?" in read(other)
    assert "Tries: 3" in read(summary)
    assert "S-1001" in read(done)
    assert "Shall we go on with it?" in read(order)
    assert "Where should it go?" in read(on)
    made = await office.read(store.list_orders)
    assert [(one.form, dict(one.answers)) for one in made] == [("callback", {"quantity": 3})]
    assert call_back.command == "callback"


async def test_a_button_of_one_form_does_nothing_in_another(office: Office, call_back: FormDefinition) -> None:
    anna = Talk(office)
    await anna.says(f"/{call_back.command}")
    await anna.says("/order")
    asked = await anna.presses("Plum Rooibos")
    here = await draft(office)
    assert here is not None
    assert here.state["current"] == call_back.fields[0].key == "quantity"

    of_the_other = await anna.presses("2", below="How often shall we try?")
    still = await draft(office)

    assert read(of_the_other).splitlines()[-1] == read(asked).splitlines()[-1]
    assert still is not None
    assert still.state == here.state


async def test_a_button_of_the_first_form_does_nothing_in_the_second(office: Office, call_back: FormDefinition) -> None:
    anna = Talk(office)
    await anna.says("/order")
    await anna.presses("Plum Rooibos")
    await anna.says(f"/{call_back.command}")

    asked = await anna.presses("2 pieces")

    assert "How often shall we try?" in read(asked)
    other = await draft(office, "callback")
    assert other is not None
    assert other.state["answers"] == {}


async def test_a_button_of_the_faq_begins_a_form(office: Office, call_back: FormDefinition) -> None:
    anna = Talk(office)
    await anna.says("hello")
    press = Pressed(VISITOR, Where.PRIVATE, Author("w1", "Anna"), office.clock(), "p9", "1", f"form:{call_back.key}")

    def turn(conn: Any) -> str:  # noqa: ANN401 a connection
        found, _ = conversations.meet(conn, VISITOR, anna.author, "en", office.clock())
        said = customer.pressed(Turn(office.house, conn, office.clock(), found), press)
        return str(said[-1].outgoing.body["text"]["text"])

    assert "How often shall we try?" in await office.change(turn)


async def test_a_form_that_its_owner_took_away_is_explained(office: Office) -> None:
    anna = await half_way(office)
    office.house.forms = Forms()

    told = await anna.says("How much is delivery?")
    nothing = await anna.says("/cancel")

    assert [body["text"]["text"].partition(",")[0] for body in told] == [
        "The form you had begun is not offered any more",
        "It is 5 €.",
    ]
    assert "There is nothing to cancel" in read(nothing) or read(nothing)
    assert await draft(office) is None


async def test_a_button_of_a_form_that_is_gone_is_explained(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/cancel")
    office.house.forms = Forms()

    told = await anna.presses("Go on")

    assert "not offered any more" in read(told)


async def test_the_next_question_comes_in_the_language_that_was_chosen(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/language")

    told = await anna.presses("Deutsch")

    assert "Wohin soll es gehen?" in read(told)
    kept = await draft(office)
    assert kept is not None
    assert kept.state["answers"] == {"what": "rooibos", "quantity": 2}


async def test_who_asks_for_a_person_in_words_gets_one_and_goes_on_afterwards(office: Office) -> None:
    anna = await half_way(office)

    handed = await anna.says("I want to talk to a person")
    other = await anna.says("Is the tea vegan, really?")
    key = await conversation(office)
    await (await office.desk("Olga")).press(f"/console/conversations/{key}/close")
    await anna.receives()
    on = await anna.presses("Go on")

    assert "Where should it go?" not in read(handed + other)
    assert "Where should it go?" in read(on)


async def test_words_of_the_staff_let_the_form_rest(office: Office) -> None:
    anna = await half_way(office)
    key = await conversation(office)
    await (await office.desk("Olga")).press(f"/console/conversations/{key}/say", text="Is this for a gift?")

    said = await anna.says("yes, for my mother")

    assert said == []


async def test_without_buttons_the_questions_beside_the_form_are_answered_by_number(office: Office) -> None:
    channel = next(iter(office.house.capabilities))
    office.house.capabilities = {channel: replace(office.house.capabilities[channel], buttons=0)}
    anna = Talk(office)

    said = [await anna.says(words) for words in ("/order", "3", "2", "/cancel", "1", "2", "/order", "1")]

    assert [body.get("buttons") for one in said for body in one] == [None] * len(said)
    assert read(said[3]).splitlines()[1:] == [
        "1. Keep it",
        "2. Throw it away",
        "3. Go on",
        "Write the number of your answer.",
    ]
    assert read(said[6]).splitlines()[1:3] == ["1. Go on", "2. Begin anew"]
    assert "Where should it go?" in read(said[7])


async def test_the_menu_shows_the_commands_of_further_forms(office: Office, call_back: FormDefinition) -> None:
    channel = next(iter(office.house.capabilities))
    office.house.capabilities = {
        channel: replace(office.house.capabilities[channel], commands=True),
    }

    made = [(language, names[-1]) for place, names, language in menus.of(office.house, ()) if not place.chat]

    assert ("de", [call_back.command, "Rückruf"]) in made
    assert ("", [call_back.command, "Call me"]) in made


async def ordered(office: Office) -> Talk:
    """Return a customer who has ordered once."""
    anna = await half_way(office)
    await anna.presses("Home, by DHL")
    await anna.says("Lindenallee 12, 04107 Leipzig")
    await anna.presses("Nov 24")
    await anna.says("Anna Vogt")
    await anna.says("0151 12345678")
    await anna.says("as a gift, please")
    await anna.presses("I agree")
    await anna.presses("Order")
    return anna


async def test_who_orders_again_is_shown_what_can_be_the_same(office: Office) -> None:
    anna = await ordered(office)

    asked = await anna.says("/order")
    day = await anna.presses("The same again")
    summary = await anna.presses("Nov 25")
    done = await anna.presses("Order")

    rows = [
        *("Same as last time?", "Item: Plum Rooibos, 100 g", "Quantity: 2 pieces", "Delivery: Home, by DHL"),
        *("Address: Lindenallee 12, 04107 Leipzig", "Name: Anna Vogt", "Phone: +49 1511 2345678"),
        "Terms accepted: Yes",
    ]
    assert read(asked).splitlines() == rows
    assert offers(asked) == ["The same again", "Only my details", "All anew"]
    assert "When would you like it?" in read(day)
    assert "Comment: –" in read(summary)
    assert "S-1002" in read(done)


async def test_only_the_details_of_last_time_leave_the_items_open(office: Office) -> None:
    anna = await ordered(office)
    await anna.says("/order")

    what = await anna.says("only my details please")
    kept = await draft(office)

    assert "What would you like?" in read(what)
    assert kept is not None
    assert set(kept.state["answers"]) == {"address", "name", "phone", "terms"}


async def test_all_anew_takes_nothing_over(office: Office) -> None:
    anna = await ordered(office)
    await anna.says("/order")

    await anna.presses("All anew")
    late = await anna.presses("The same again")
    kept = await draft(office)

    assert late == []
    assert kept is not None
    assert kept.state["answers"] == {}


async def test_a_question_before_the_choice_is_answered_and_the_choice_comes_again(office: Office) -> None:
    anna = await ordered(office)
    await anna.says("/order")

    told = await anna.says("How much is delivery?")
    other = await anna.says("hm hm hm")

    assert [body["text"]["text"].partition("\n")[0] for body in told] == ["It is 5 €.", "Same as last time?"]
    assert read(other).splitlines()[1] == "Same as last time?"


SAID = "I'd like two boxes of sencha tomorrow afternoon, Anna Vogt, 0170 1234567"


@pytest.mark.parametrize("text", [SAID, f"/order {SAID}"])
async def test_a_first_message_that_wishes_to_order_is_shown_as_understood_and_not_asked_again(
    office: Office, text: str
) -> None:
    anna = Talk(office)

    asked = await anna.says(text)
    delivery = await anna.presses("That's right")
    await anna.presses("Pick-up")
    await anna.presses("Leave out")
    summary = await anna.presses("I agree")

    assert read(asked).splitlines() == [
        *("This is what I understood:", "Item: Grüner Hof Sencha, 100 g", "Quantity: 2 pieces"),
        *("Time: Tue, Nov 24, 2026, 14:00–18:00", "Name: Anna Vogt", "Phone: +49 170 1234567"),
    ]
    assert offers(asked) == ["That's right", "Change something", "Cancel"]
    assert "Where should it go?" in read(delivery)
    assert "Quantity: 2 pieces" in read(summary)


async def test_what_was_misunderstood_is_asked_for(office: Office) -> None:
    anna = Talk(office)
    await anna.says(SAID)

    which = await anna.says("change something")
    again = await anna.presses("Quantity")
    late = await anna.presses("That's right")
    delivery = await anna.says("3")

    assert offers(which) == ["Item", "Quantity", "Time", "Name", "Phone", "That's right", "Cancel"]
    assert "How many would you like?" in read(again)
    assert late == []
    assert "Where should it go?" in read(delivery)


async def test_an_answer_that_says_more_than_was_asked_is_taken_as_a_whole(office: Office) -> None:
    anna = await half_way(office)

    asked = await anna.says("Home, Lindenallee 12, 04107 Leipzig, tomorrow afternoon")

    assert read(asked).splitlines() == [
        *("I have also noted:", "Address: Lindenallee 12, 04107 Leipzig", "Time: Tue, Nov 24, 2026, 14:00–18:00"),
        "In whose name?",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Do you sell sencha?",
        "I don't want the sencha",
        "I'd like to return the rooibos",
        "I ordered two packs of sencha last week and nothing came",
        "sencha is nice",
    ],
)
async def test_no_order_is_begun_for_who_does_not_surely_wish_one(office: Office, text: str) -> None:
    anna = Talk(office)

    await anna.says(text)

    assert await draft(office) is None


async def test_people_read_how_far_the_form_of_a_customer_is(office: Office) -> None:
    anna = await half_way(office)
    await anna.says("/human")
    key = await conversation(office)

    page = await (await office.desk("Olga")).page(f"/console/conversations/{key}")

    assert "Form being filled in" in page.text
    assert "asked for: Delivery" in page.text
    assert ">2 pieces<" in page.text


async def test_the_card_shows_what_is_filled_in_and_where(office: Office) -> None:
    await half_way(office)
    key = await conversation(office)

    def lines(conn: Any) -> list[str]:  # noqa: ANN401 a connection
        found = conversations.get(conn, key)
        assert found
        turn = Turn(office.house, conn, office.clock(), found)
        return [line.text for line in draft_view.on_card(turn, office.house.texts("de"))]

    assert await office.read(lines) == [
        "📝 Mitten in „Ihre Bestellung“, gefragt nach: Lieferung",
        "Artikel: Pflaumen-Rooibos, 100 g",
        "Menge: 2 Stück",
    ]


async def told_to(office: Office, chat: str) -> list[str]:
    table = schema.outbox
    query = select(table.c.body).where(table.c.act == Act.SAY.value, table.c.chat == chat).order_by(table.c.id)
    return await office.read(lambda conn: [row.body["text"]["text"] for row in conn.execute(query)])


@pytest.mark.parametrize(("tell", "heard"), [('["managers"]', 1), ('["topic", "managers"]', 1), ('["topic"]', 0)])
async def test_managers_hear_of_it_where_the_form_says_so(
    office: Office, tmp_path: Path, tell: str, heard: int
) -> None:
    (tmp_path / "callback.toml").write_text(CALL_BACK.replace("command =", f"tell = {tell}\ncommand ="))
    office.house.forms = Forms((*office.house.forms.all[:1], load(tmp_path / "callback.toml")))
    office.house.capabilities = {**office.house.capabilities, bot_api.NAME: bot_api.CAPABILITIES}
    await office.change(lambda conn: staff.add(conn, "Maria", Role.MANAGER, "en", office.clock(), "900"))
    anna = Talk(office)
    await anna.says("/callback")
    await anna.says("3")

    await anna.presses("Send")

    said = await told_to(office, "900")
    assert [text.splitlines()[:2] for text in said] == [["📦 New: Call me back S-1001", "Tries: 3"]] * heard


def test_who_hears_of_it_is_one_of_a_few(tmp_path: Path) -> None:
    (tmp_path / "callback.toml").write_text(CALL_BACK.replace("command =", 'tell = ["everybody"]\ncommand ='))

    with pytest.raises(FormBroken, match=r'line 3: tell must be made of "topic" and "managers"'):
        load(tmp_path / "callback.toml")
