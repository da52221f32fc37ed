"""What a customer writes and presses after a score: a comment, a new question, a thank you, a wish for a person."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.domain.people import Role
from bot.handoff.ticket import State
from bot.quality import csat
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor


@pytest.fixture
async def floor(database: Database) -> Floor:
    floor = open_floor(database)
    await floor.hires("Olga")
    await floor.hires("Maria", Role.MANAGER)
    return floor


async def rated(floor: Floor, score: int = 5) -> int:
    """Let Anna be answered, her chat closed, and let her give a score; return the ticket's number."""
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "It is on its way.")
    await floor.writes("Olga", "Anna", "/close")
    number = (await floor.ticket("Anna")).id
    floor.later(minutes=1)
    await floor.presses("Anna", f"csat:{number}:{score}")
    return number


async def kept(floor: Floor, ticket: int) -> csat.Score:
    found = await floor.change(lambda conn: csat.of(conn, ticket))
    assert found is not None
    return found


async def test_after_a_score_the_answer_to_an_operator_who_goes_on_is_no_comment(floor: Floor) -> None:
    number = await rated(floor)
    await floor.writes("Olga", "Anna", "One more thing: which size do you need?")
    await floor.told()

    floor.later(minutes=1)
    await floor.says("Anna", "The large one, to my sister's address please")

    ticket = await floor.ticket("Anna")
    assert (ticket.state, ticket.customer_wrote_at) == (State.ASSIGNED, floor.now)
    assert await floor.told() == [("in Anna", "The large one, to my sister's address please")]
    assert (await kept(floor, number)).comment == ""


@pytest.mark.parametrize("text", ["talk to a person", "The parcel came and the teapot is broken, what do I do now?"])
async def test_a_wish_for_a_person_and_a_question_after_a_score_go_to_the_people(floor: Floor, text: str) -> None:
    number = await rated(floor)

    floor.later(minutes=20)
    await floor.says("Anna", text)

    assert (await floor.ticket("Anna")).state is State.WAITING
    assert (await kept(floor, number)).comment == ""


async def test_what_may_be_a_comment_or_trouble_is_kept_read_by_people_and_a_person_is_offered(floor: Floor) -> None:
    number = await rated(floor)
    await floor.told()

    await floor.says("Anna", "The teapot is broken")

    told = await floor.told()
    assert (await kept(floor, number)).comment == "The teapot is broken"
    assert ("Anna", "Thank you. If you need anything else, just write.") in told
    assert ("in Anna", "The customer's comment: The teapot is broken") in told
    [olga] = [text for who, text in told if who == "Olga"]
    assert olga.startswith(f"#{number} Anna · gave 5 of 5 for your chat and writes: The teapot is broken\n")
    assert await offered(floor) == [["human"]]


async def offered(floor: Floor) -> list[list[str]]:
    """Return the actions of the buttons below the last words to Anna that have some, row by row."""

    def work(conn: Connection) -> list[list[str]]:
        out = schema.outbox
        mine = out.select().where(out.c.chat == "cAnna", out.c.act == "say").order_by(out.c.id.desc())
        found = [row.body["buttons"] for row in conn.execute(mine) if row.body.get("buttons")]
        return [[button[1] for button in row] for row in found[0]]

    return await floor.change(work)


@pytest.mark.parametrize("text", ["🙂", "Thanks!", "ok", "спасибо", "Danke schön"])
async def test_thanks_after_a_score_is_no_comment_and_the_comment_may_still_come(floor: Floor, text: str) -> None:
    number = await rated(floor)
    await floor.told()

    await floor.says("Anna", text)
    thanked = await floor.told()
    await floor.says("Anna", "Olga was quick")

    assert thanked == [("Anna", "Thank you.")]
    assert (await kept(floor, number)).comment == "Olga was quick"


async def test_who_says_no_has_nothing_to_add_and_their_next_words_are_no_comment(floor: Floor) -> None:
    number = await rated(floor)

    await floor.says("Anna", "no thanks")
    await floor.says("Anna", "the teapot is broken")

    assert (await kept(floor, number)).comment == ""
    assert (await floor.ticket("Anna")).state is State.WAITING


async def test_an_old_score_button_in_a_chat_that_goes_on_scores_the_closed_stretch_alone(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "It is on its way.")
    await floor.writes("Olga", "Anna", "/close")
    number = (await floor.ticket("Anna")).id
    await floor.says("Anna", "/human")
    await floor.writes("Olga", "Anna", "Which size do you need?")
    await floor.told()

    await floor.presses("Anna", f"csat:{number}:4")
    await floor.says("Anna", "The large one")

    assert await floor.told() == [
        ("Anna", "Thank you."),
        ("in Anna", "The customer gave 4 of 5."),
        ("in Anna", "The large one"),
    ]
    assert (await kept(floor, number)).score == 4
    assert (await floor.ticket("Anna")).state is State.ASSIGNED


async def test_the_comment_is_not_waited_for_any_more_when_the_chat_went_on_meanwhile(floor: Floor) -> None:
    number = await rated(floor)
    await floor.writes("Olga", "Anna", "One more thing: it is green.")
    await floor.writes("Olga", "Anna", "/close")

    await floor.says("Anna", "the teapot is broken")

    assert (await kept(floor, number)).comment == ""
    assert (await floor.ticket("Anna")).state is State.WAITING


@pytest.mark.parametrize(
    ("language", "sorry", "thanked"),
    [
        ("en", "We are sorry to hear that. What went wrong?", "Thank you for telling us. We are sorry."),
        ("de", "Das tut uns leid. Was war nicht gut?", "Danke, dass Sie uns das sagen. Es tut uns leid."),
        ("ru", "Нам очень жаль. Что было не так?", "Спасибо, что рассказали. Нам очень жаль."),
    ],
)
@pytest.mark.parametrize("score", [1, 2])
async def test_who_gives_a_low_score_hears_that_we_are_sorry_and_is_offered_a_person(
    floor: Floor, language: str, sorry: str, thanked: str, score: int
) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/close")
    number = (await floor.ticket("Anna")).id
    await floor.change(lambda conn: conn.execute(schema.conversations.update().values(language=language)))
    await floor.heard("Anna")

    await floor.presses("Anna", f"csat:{number}:{score}")
    first, below = await floor.heard("Anna"), await offered(floor)
    await floor.says("Anna", "nobody listened" if language == "en" else "…niemand")

    assert [text.startswith(sorry) for text in first] == [True]
    assert below == [["human"], ["csat_skip"]]
    assert await floor.heard("Anna") == [thanked]
    assert await offered(floor) == [["human"]]


async def test_a_score_can_be_changed_for_a_day_and_counts_for_the_day_of_the_first(floor: Floor) -> None:
    number = await rated(floor, 2)
    first = floor.now

    floor.later(hours=23)
    await floor.presses("Anna", f"csat:{number}:4")
    changed = await kept(floor, number)
    floor.later(days=40)
    await floor.presses("Anna", f"csat:{number}:1")

    assert (changed.score, changed.at) == (4, first)
    assert await kept(floor, number) == changed


async def test_a_score_in_the_middle_of_an_order_leaves_the_form_as_it_is(floor: Floor) -> None:
    await floor.asks("Anna")
    await floor.writes("Olga", "Anna", "/close")
    number = (await floor.ticket("Anna")).id
    await floor.says("Anna", "/order")
    before = await floor.change(lambda conn: dict(floor.turn(conn, "Anna").flow))

    await floor.presses("Anna", f"csat:{number}:5")
    await floor.presses("Anna", "csat_skip")

    assert before.get("form")
    assert await floor.change(lambda conn: dict(floor.turn(conn, "Anna").flow)) == before
