"""A customer asks in Telegram, and the bot answers, suggests or hands over."""

from __future__ import annotations

import json

import pytest

from tests.sandbox_client import Customer, Operator, SandboxClient
from tests.sandbox_seen import Seen
from tests.walks.conftest import Desk

pytestmark = pytest.mark.walk


async def test_a_sure_question_is_answered_with_its_entry(customer: Customer) -> None:
    await customer.says("How much is delivery?")

    answer = await customer.reads()

    assert "€4.90" in answer.text
    assert answer.buttons[-3:] == ("👍", "👎", "Talk to a person")
    assert {entity["type"] for entity in answer.raw["entities"]} == {"bold"}


async def test_a_question_is_answered_in_the_language_it_is_asked_in(sandbox: SandboxClient) -> None:
    vera = await sandbox.customer("Vera two", language="ru")

    await vera.says("Сколько стоит доставка?")

    assert "4,90 €" in (await vera.reads()).text


async def test_a_person_is_offered_once_below_an_answer_that_offers_one_itself(customer: Customer) -> None:
    await customer.says("Where is my order?")

    answer = await customer.reads()

    assert [label for label in answer.buttons if label in {"Talk to a person", "👍"}] == ["Talk to a person", "👍"]


async def test_start_greets_and_offers_the_next_steps(customer: Customer) -> None:
    await customer.says("/start shop-window")

    greeting = await customer.reads()

    assert greeting.text.startswith("Hello! I am the shop's assistant, a program.")
    assert greeting.buttons == ("Topics", "Order", "Talk to a person")


async def test_topics_lead_to_an_answer(customer: Customer) -> None:
    await customer.says("/topics")
    await customer.reads("What is it about?")

    await customer.presses("Delivery")
    menu = await customer.reads("choose a question")
    await customer.presses("How much is delivery?", menu)

    assert "€4.90" in (await customer.reads()).text


async def test_the_language_can_be_changed_and_stays(customer: Customer) -> None:
    await customer.says("/language")
    await customer.reads("Which language")
    await customer.presses("Deutsch")
    await customer.reads("Wir schreiben auf Deutsch weiter.")

    await customer.says("/help")

    assert "Schreiben Sie Ihre Frage" in (await customer.reads()).text


async def test_a_thumb_down_twice_brings_a_person(customer: Customer) -> None:
    await customer.says("How much is delivery?")
    await customer.presses("👎", await customer.reads("€4.90"))
    await customer.reads("Sorry.")
    await customer.says("How can I pay?")
    second = await customer.reads("PayPal")

    await customer.presses("👎", second)

    assert "I'll pass this to a colleague." in (await customer.reads()).text


async def test_an_unsure_question_comes_to_the_operators_with_its_history(customer: Customer, olga: Operator) -> None:
    await customer.says("who won the chess olympiad in Budapest")

    told = await customer.reads("pass this")
    topic = await olga.finds_topic(customer.name)

    assert "I'll pass this to a colleague." in told.text
    card = await olga.reads_in(topic, "Why:")
    assert "no sure answer in the FAQ" in card.text
    assert "who won the chess olympiad" in card.text
    assert card.buttons == ("Claim", "Close", "Give to …", "To level 2")


async def test_a_name_that_looks_like_markup_breaks_nothing(sandbox: SandboxClient, olga: Operator) -> None:
    name = "<b>_*[x](y)`"
    hostile = await sandbox.customer(name, language="en")

    await hostile.says("/human")
    await hostile.reads("I'll pass this")

    card = await olga.reads_in(await olga.finds_topic(name), "Why:")
    assert name in card.text


async def test_two_questions_in_one_message_get_two_answers(customer: Customer) -> None:
    await customer.says("How much is delivery? How can I pay?")

    cost = await customer.reads("€4.90")
    pay = await customer.reads("PayPal")

    assert cost.buttons[-3:] == pay.buttons[-3:] == ("👍", "👎", "Talk to a person")


async def test_of_two_questions_the_one_without_an_answer_is_named(customer: Customer, olga: Operator) -> None:
    await customer.says("How much is delivery? And who won the chess olympiad?")

    await customer.reads("€4.90")
    rest = await customer.reads("no sure answer")
    await customer.presses("Talk to a person", rest)

    assert rest.text.splitlines()[:2] == ["I have no sure answer to this:", "“And who won the chess olympiad?”"]
    await customer.reads("pass this")
    assert "chess olympiad" in (await olga.reads_in(await olga.finds_topic(customer.name), "Why:")).text


async def test_what_is_demanded_behind_a_question_is_named_in_the_language_of_the_question(
    sandbox: SandboxClient,
) -> None:
    vera = await sandbox.customer("Vera three", language="ru")

    await vera.says("Сколько стоит доставка и верните деньги")

    await vera.reads("4,90 €")
    rest = await vera.reads("нет точного ответа")
    assert rest.text.splitlines()[:2] == ["На это у меня нет точного ответа:", "«верните деньги»"]
    assert rest.buttons[-1] == "Поговорить с сотрудником"


async def test_a_story_before_a_question_is_no_second_question(customer: Customer) -> None:
    await customer.says("Hi, I ordered last week. Where is my order?")

    answer = await customer.reads()

    assert "👍" in answer.buttons


@pytest.mark.parametrize(
    ("said", "answer", "buttons"),
    [
        ("hellooo!", "Hello! What can I do for you?", ()),
        ("4711", "What is this number about: an order, a delivery, a payment?", ("Talk to a person",)),
        ("👍", "You are welcome.", ()),
        ("???", "What would you like to know?", ()),
        ("this bot is useless", "I am sorry that this went wrong.", ("Talk to a person",)),
        ("Привет", "Здравствуйте! Чем могу помочь?", ()),
        ("Guten Tag", "Guten Tag!", ()),
    ],
)
async def test_what_is_no_question_gets_an_answer_of_its_own(
    customer: Customer, said: str, answer: str, buttons: tuple[str, ...]
) -> None:
    await customer.says(said)

    told = await customer.reads()

    assert told.text.startswith(answer)
    assert told.buttons == buttons


async def test_who_says_twice_that_it_does_not_help_gets_a_person(customer: Customer) -> None:
    await customer.says("How much is delivery?")
    await customer.reads("€4.90")
    await customer.says("that doesn't help me")
    first = await customer.reads("Sorry.")
    await customer.says("not what I asked")

    assert first.buttons == ("Talk to a person",)
    assert "pass this to a colleague" in (await customer.reads()).text


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "operator please"),
        ("de", "Mensch bitte!"),
        ("ru", "позовите оператора"),
        ("en", "Human! My tea is late."),
    ],
)
async def test_who_calls_for_a_person_gets_one(
    sandbox: SandboxClient, request: pytest.FixtureRequest, language: str, said: str
) -> None:
    vera = await sandbox.customer(request.node.name[-30:], language=language)

    await vera.says(said)

    told = await vera.reads()
    assert any(words in told.text for words in ("pass this", "gebe ich", "Передаю"))


async def test_the_list_of_questions_holds_no_personal_data(desk: Desk, customer: Customer) -> None:
    await customer.says("My name is Anna Schmidt, where the hell is zeppelin order 10442? Call +49 170 1234567")
    await customer.reads()

    kept = desk.rows("SELECT question FROM matches WHERE question LIKE '%zeppelin order%'")

    assert kept == [("My name is [name], where the hell is zeppelin order [number]? Call [phone]",)]


async def _is_offered_two(desk: Desk, customer: Customer) -> Seen:
    """Let a customer ask what is a phrasing of two entries, so that both are offered."""
    lines = [
        {
            "id": f"twin-{name}",
            "lang": "en",
            "question": f"Twin {name}",
            "phrasings": ["twins?"],
            "answer": f"It is {name}.",
        }
        for name in ("red", "blue")
    ]
    (desk.folder / "twins.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert desk.command("faq", "import", "twins.jsonl").returncode == 0
    [(version,)] = desk.rows("SELECT number FROM versions WHERE name = 'faq'")
    desk.bot.says(rf"faq_live.*\bversion={version}\b")
    await customer.says("twins")
    return await customer.reads("Do you mean one of these?")


async def test_a_near_match_can_be_chosen_by_its_number(desk: Desk, customer: Customer) -> None:
    offer = await _is_offered_two(desk, customer)
    await customer.says("2")

    answer = await customer.reads()

    assert offer.buttons[:2] == ("Twin blue", "Twin red")
    assert answer.text == "It is red."


async def test_who_says_no_to_the_near_matches_gets_a_person(desk: Desk, customer: Customer) -> None:
    await _is_offered_two(desk, customer)
    await customer.says("no, none")

    assert "pass this to a colleague" in (await customer.reads()).text


async def test_a_number_that_none_has_is_no_choice(desk: Desk, customer: Customer) -> None:
    await _is_offered_two(desk, customer)
    await customer.says("7")

    assert (await customer.reads()).text.startswith("What is this number about")
