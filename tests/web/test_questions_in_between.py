"""Questions in the middle of something else: of a form, of the wait for a person, of the comment on a score."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.channels.webchat import NAME
from bot.domain.conversation import Place
from bot.domain.ports import Act
from bot.faq.knowledge_base import Snapshot
from bot.faq.matcher import Answer, Candidate, Match, NoMatch, Part, Suggestions
from bot.storage import schema
from tests.web.office import Office
from tests.web.talk import Talk

COST, RETURN = Candidate("delivery-cost", 0.97), Candidate("returns/how", 0.97)
PRICE, WAY_BACK = "5 €", "Within 14 days"


def sure(candidate: Candidate, *, exact: bool = False) -> Match:
    return Match(Answer(candidate), candidate.confidence, (candidate,), "en", exact=exact)


def near(candidate: Candidate) -> Match:
    return Match(Suggestions((candidate,)), 0.5, (candidate,), "en")


NOTHING = Match(NoMatch(), 0.0, (), "en")


@dataclass
class Oracle:
    """A base that makes of each text what it is told to."""

    snapshot: Snapshot
    told: dict[str, Match] = field(default_factory=dict)

    async def match(self, text: str, language: str = "") -> tuple[Match, Snapshot]:  # noqa: ARG002 the base's face
        return self.told.get(text, NOTHING), self.snapshot

    def close(self) -> None:
        """Hold nothing."""


@pytest.fixture
def oracle(office: Office) -> Iterator[Oracle]:
    real = office.house.knowledge_base
    made = Oracle(real.snapshot)
    office.house.knowledge_base = made  # type: ignore[assignment] # a hand-written fake
    yield made
    office.house.knowledge_base = real


@pytest.fixture
def anna(office: Office) -> Talk:
    return Talk(office)


TWO = "How much is delivery? How do I return it?"


def ask_two(oracle: Oracle, *, second: Match | None = None) -> str:
    """Tell the base that a message asks two things."""
    parts = (Part("How much is delivery?", sure(COST)), Part("How do I return it?", second or sure(RETURN)))
    oracle.told[TWO] = Match(Suggestions((COST,)), 0.5, (COST,), "en", parts=parts)
    return TWO


def words(said: list[dict[str, Any]]) -> str:
    return "\n".join(body["text"]["text"] for body in said)


async def at_the_comment(anna: Talk) -> None:
    """Fill the form in up to the field that takes any words."""
    await anna.says("/order")
    for label in ("Plum Rooibos", "2 pieces", "Pick-up", "Nov 24"):
        await anna.presses(label)
    for text in ("Anna Vogt", "0151 12345678"):
        said = await anna.says(text)
    assert "anything we should know" in words(said)


async def test_words_for_the_comment_are_no_question(anna: Talk, oracle: Oracle) -> None:
    await at_the_comment(anna)
    oracle.told["please return it"] = sure(RETURN)

    said = words(await anna.says("please return it"))

    assert WAY_BACK not in said
    assert "Do you agree" in said
    assert "please return it" in words(await anna.presses("I agree"))


async def test_a_question_at_the_comment_is_answered_and_said_twice_it_is_the_comment(
    anna: Talk, oracle: Oracle
) -> None:
    await at_the_comment(anna)
    oracle.told["can I return it?"] = sure(RETURN)

    first, second = words(await anna.says("can I return it?")), words(await anna.says("can I return it?"))

    assert WAY_BACK in first
    assert "anything we should know" in first
    assert WAY_BACK not in second
    assert "can I return it?" in words(await anna.presses("I agree"))


async def test_two_sure_questions_in_the_middle_of_a_form_are_answered(anna: Talk, oracle: Oracle) -> None:
    await anna.says("/order")

    said = words(await anna.says(ask_two(oracle)))

    assert PRICE in said
    assert WAY_BACK in said
    assert said.endswith("What would you like?\nChoose one, or write the name from the shop, with the size.")


async def test_of_a_question_without_a_sure_answer_the_form_shows_what_comes_nearest_and_goes_on(
    anna: Talk, oracle: Oracle
) -> None:
    await anna.says("/order")
    for label in ("Plum Rooibos", "2 pieces"):
        await anna.presses(label)
    oracle.told["what does sending cost?"] = near(COST)

    offered, unknown = await anna.says("what does sending cost?"), words(await anna.says("Do you repair bicycles?"))

    assert offered[0]["buttons"][0][0][0] == "How much is delivery?"
    assert words(offered[1:]).startswith("Where should it go?")
    assert unknown.startswith("I have no sure answer to this:\n“Do you repair bicycles?”\nWhere should it go?")


async def test_what_is_said_of_later_questions_is_kept_and_the_present_one_asked_again(anna: Talk) -> None:
    await anna.says("/order")
    for label in ("Plum Rooibos", "2 pieces"):
        await anna.presses(label)

    phone = words(await anna.says("0151 12345678"))
    nothing = words(await anna.says("Anna Vogt"))

    assert phone.startswith("I have also noted:\nPhone: +49 1511 2345678\nWhere should it go?")
    assert nothing.startswith("Please choose one of these first; everything else I'll ask afterwards.")
    await anna.presses("Pick-up")
    await anna.presses("Nov 24")
    assert "anything we should know" in words(await anna.says("Anna Vogt"))


async def test_who_asks_for_a_person_out_of_a_form_hears_that_it_is_kept(anna: Talk) -> None:
    await anna.says("/order")
    empty = words(await anna.says("/human"))
    await anna.says("/cancel")
    await anna.says("/order")
    await anna.presses("Plum Rooibos")

    told = words(await anna.says("human"))

    assert "kept" not in empty
    assert told.endswith("is kept. When the talk is over, I'll offer to go on where you stopped.")


async def test_a_yes_said_twice_at_the_summary_makes_one_order(anna: Talk) -> None:
    await at_the_comment(anna)
    await anna.presses("Leave out")
    await anna.presses("I agree")

    done, again = words(await anna.says("yes, order")), words(await anna.says("yes, order"))

    assert "Your order has the number" in done
    assert "number" not in again
    assert words(await anna.says("/orders")).count("S-") == 1


async def test_two_sure_questions_while_waiting_are_answered(anna: Talk, oracle: Oracle) -> None:
    await anna.says("/human")

    said = words(await anna.says(ask_two(oracle)))

    assert PRICE in said
    assert WAY_BACK in said


async def test_two_sure_questions_instead_of_a_comment_on_a_score_are_answered(office: Office, oracle: Oracle) -> None:
    ticket = await office.waiting("B247")
    await (await office.desk("Olga")).press(f"/console/conversations/{ticket.conversation_id}/close")
    boris = Talk(office, Place(NAME, "wB247"))
    await boris.receives()
    await boris.presses("4")

    said = words(await boris.says(ask_two(oracle)))

    assert PRICE in said
    assert WAY_BACK in said


async def test_a_button_below_an_answer_in_between_leads_back_to_the_form(anna: Talk, oracle: Oracle) -> None:
    await anna.says("/order")
    oracle.told["how much is delivery?"] = sure(COST)
    await anna.says("how much is delivery?")
    await anna.says("/topics")
    await anna.presses("Returns")

    said = words(await anna.presses("How do I return it?"))
    following = words(await anna.says("Plum Rooibos"))

    assert WAY_BACK in said
    assert "What would you like?" in said
    assert "How many would you like?" in following


async def test_a_pick_leaves_the_buttons_of_the_other_open_question(anna: Talk, oracle: Oracle) -> None:
    await anna.says("/start")
    parts = (Part("return?", near(RETURN)), Part("price?", near(COST)))
    oracle.told["return? price?"] = Match(Suggestions((COST,)), 0.5, (COST,), "en", parts=parts)
    await anna.says("return? price?")

    await anna.presses("How do I return it?")

    left = [button[0] for row in (await anna.acts(Act.EDIT_BUTTONS))[-1]["buttons"] for button in row]
    assert left == ["How much is delivery?", "Talk to a person"]


async def test_two_thumbs_down_bring_a_person_whatever_was_asked_beside(
    anna: Talk, oracle: Oracle, office: Office
) -> None:
    await anna.says("/start")
    parts = (Part("a", sure(COST)), Part("b", sure(RETURN)), Part("c", NOTHING))
    oracle.told["a b c"] = Match(Suggestions((COST,)), 0.5, (COST,), "en", parts=parts)
    await anna.says("a b c")

    await anna.presses("👎", below=PRICE)
    await anna.presses("👎", below=WAY_BACK)

    tickets = select(func.count()).select_from(schema.tickets)
    assert await office.read(lambda conn: conn.execute(tickets).scalar_one()) == 1
