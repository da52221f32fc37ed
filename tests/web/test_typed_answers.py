"""Who types instead of pressing: at the questions beside the form, at the first message, at the language."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bot.channels.telegram import bot_api
from bot.domain.conversation import Place
from bot.domain.message import rows_from_json
from bot.handlers import keeping
from bot.messaging import conversations
from bot.orders import drafts
from bot.orders.catalogue_file import load as load_catalogue
from bot.orders.definition import load
from bot.orders.forms import Forms
from bot.orders.state import FormState
from tests.web.office import Office
from tests.web.talk import VISITOR, Talk

CONFIG = Path(__file__).parents[2] / "config"
IN_TELEGRAM = Place(bot_api.NAME, "77")
UNDERSTOOD = {"en": "This is what I understood:", "de": "Das habe ich verstanden:", "ru": "Вот что я понял:"}


@pytest.fixture
def shop(office: Office) -> Office:
    """Let the house have the sample form and the sample catalogue."""
    office.house.forms = Forms((load(CONFIG / "order_form.toml"),))
    office.house.shelf.catalogue = load_catalogue(CONFIG / "catalogue.csv", "EUR")
    return office


def read(said: list[dict[str, Any]]) -> str:
    return "\n".join(body["text"]["text"] for body in said)


def offers(said: list[dict[str, Any]]) -> list[str]:
    return [button.text for row in rows_from_json(said[-1].get("buttons", [])) for button in row]


async def state(office: Office, place: Place = VISITOR) -> FormState | None:
    """Return how far the order is, None where there is none."""

    def found(conn: Any) -> drafts.Draft | None:  # noqa: ANN401 a connection
        conversation = conversations.find(conn, place)
        return drafts.get(conn, conversation.id, "order") if conversation else None

    draft = await office.read(found)
    return FormState.from_dict(draft.state) if draft else None


async def cart(office: Office, place: Place = VISITOR) -> list[tuple[str, int]]:
    """Return what is in the cart."""
    there = await state(office, place)
    so_far: Any = there.so_far if there and there.current == "items" else there.answers.get("items") if there else None
    lines = so_far["lines"] if isinstance(so_far, dict) else so_far or []
    return [(line["sku"], line["quantity"]) for line in lines if isinstance(line, dict)]


@pytest.mark.parametrize("place", [VISITOR, IN_TELEGRAM])
@pytest.mark.parametrize(
    "yes",
    [
        *("That's right", "thats right.", "yes thats right", "yes please", "Das stimmt", "ja, stimmt so"),
        *("Всё верно", "да всё правильно", "да, верно"),
    ],
)
async def test_what_was_understood_is_confirmed_in_words(shop: Office, place: Place, yes: str) -> None:
    anna = Talk(shop, place)
    asked = await anna.says("I want to buy 2 sencha")

    went_on = await anna.says(yes)

    assert offers(asked) == ["That's right", "Change something", "Cancel"]
    assert "Anything else?" in read(went_on)
    assert await cart(shop, place) == [("sencha", 2)]


@pytest.mark.parametrize("yes", ["That's right", "yes"])
async def test_who_said_the_whole_order_is_not_asked_for_more_goods(shop: Office, yes: str) -> None:
    anna = Talk(shop)
    await anna.says("two boxes of sencha to Berlin tomorrow after six, Anna Vogt, 0170 1234567")

    went_on = await anna.says(yes)

    assert "Where should it go?" in read(went_on)
    assert "Anything else?" not in read(went_on)
    assert await cart(shop) == [("sencha", 2)]


@pytest.mark.parametrize("words", ["Cancel", "abbrechen", "отмена", "cancel please"])
async def test_what_was_understood_can_be_cancelled(shop: Office, words: str) -> None:
    anna = Talk(shop)
    await anna.says("I want to buy 2 sencha")

    ended = await anna.says(words)

    assert read(ended) == "Nothing has been ordered. Shall I keep what you have filled in?"


@pytest.mark.parametrize(
    ("words", "then"),
    [
        ("no, 3 biscuits", [("sencha", 2), ("winter-biscuit", 3)]),
        ("nein, 3 Sencha", [("sencha", 3), ("winter-biscuit", 1)]),
        ("change the biscuits to 2", [("sencha", 2), ("winter-biscuit", 2)]),
        ("Ändere den Sencha auf 4", [("sencha", 4), ("winter-biscuit", 1)]),
        ("измените печенье на 5", [("sencha", 2), ("winter-biscuit", 5)]),
        ("no biscuits", [("sencha", 2)]),
        ("ohne Winterkeks", [("sencha", 2)]),
    ],
)
@pytest.mark.parametrize("first", ["", "Change something"])
async def test_a_number_that_is_put_right_in_words_is_shown_anew(
    shop: Office, first: str, words: str, then: list[tuple[str, int]]
) -> None:
    anna = Talk(shop)
    await anna.says("I want to buy 2 sencha and a winter biscuit")
    _ = await anna.says(first) if first else []

    shown = await anna.says(words)

    assert read(shown).startswith("This is what I understood:")
    assert await cart(shop) == then


@pytest.mark.parametrize(
    ("words", "field", "value"),
    [
        ("change the name to Jo Smith", "name", "Jo Smith"),
        ("Name: Jo Smith", "name", "Jo Smith"),
        ("имя: Йо Фогт", "name", "Йо Фогт"),
        ("030 123456", "phone", "+4930123456"),
        ("0301234567", "phone", "+49301234567"),
        ("pick-up", "delivery", "pickup"),
    ],
)
async def test_what_is_put_right_goes_to_the_field_that_it_fits(
    shop: Office, words: str, field: str, value: str
) -> None:
    anna = Talk(shop)
    await anna.says("I want 2 sencha, home, Anna Vogt, 0170 1234567")
    which = await anna.says("change something")

    shown = await anna.says(words)

    assert offers(which) == ["Items", "Delivery", "Name", "Phone", "That's right", "Cancel"]
    assert read(shown).startswith("This is what I understood:")
    there = await state(shop)
    assert there is not None
    assert there.answers[field] == value


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("0301", "That number looks too short."),
        ("hm hm", "I could not read a change in that."),
        ("🤷", "I could not read a change in that."),
    ],
)
async def test_what_cannot_be_a_correction_says_what_to_do(shop: Office, words: str, told: str) -> None:
    anna = Talk(shop)
    await anna.says("I want 2 sencha, Anna Vogt, 0170 1234567")

    shown = await anna.says(words)

    assert read(shown).startswith(told)
    assert "This is what I understood:" in read(shown)


@pytest.mark.parametrize("words", ["the name", "Name", "name is wrong"])
async def test_a_field_that_is_named_alone_is_asked_anew(shop: Office, words: str) -> None:
    anna = Talk(shop)
    await anna.says("I want 2 sencha, Anna Vogt, 0170 1234567")
    await anna.says("change something")

    asked = await anna.says(words)

    assert "In whose name?" in read(asked) or "Anything else?" in read(asked)
    there = await state(shop)
    assert there is not None
    assert "name" not in there.answers


@pytest.mark.parametrize("place", [VISITOR, IN_TELEGRAM])
@pytest.mark.parametrize(
    ("words", "told"),
    [
        *(
            (yes, "Your answers are kept")
            for yes in ("yes keep it", "yes please", "ja bitte", "Behalten", "да, сохраните")
        ),
        *(
            (no, "The form is cancelled")
            for no in ("throw it away please", "no thanks", "nicht behalten", "нет, удалите")
        ),
        *((later, "All right. Your answers are kept") for later in ("not now", "später", "не сейчас")),
        *((on, "Anything else?") for on in ("go on", "yes, go on", "weiter", "продолжить")),
    ],
)
async def test_whether_to_keep_the_form_is_answered_in_words(shop: Office, place: Place, words: str, told: str) -> None:
    anna = Talk(shop, place)
    await anna.says("/order 2 sencha")
    await anna.says("yes")
    await anna.says("/cancel")

    answered = await anna.says(words)

    assert told in read(answered)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        *((yes, "Good, I'll remind you") for yes in ("yes please remind me", "ja, morgen", "да, завтра", "Tomorrow")),
        *((no, "All right, I won't write") for no in ("no thanks", "No", "nein danke", "не надо")),
    ],
)
async def test_whether_to_be_reminded_is_answered_in_words(shop: Office, words: str, told: str) -> None:
    anna = Talk(shop)
    await anna.says("/order 2 sencha")
    await anna.says("cancel")
    await anna.says("keep it")

    assert read(await anna.says(words)).startswith(told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        *((yes, "Anything else?") for yes in ("yes please", "да, давайте", "ja gerne", "Go on!", "weiter bitte")),
        *((no, "What would you like?") for no in ("begin anew", "no, start over", "neu anfangen", "заново")),
        *((later, "All right. Your answers are kept") for later in ("not now", "jetzt nicht", "не сейчас")),
        ("hm hm", "Please press one of the buttons, or write what stands on it."),
    ],
)
async def test_whether_to_go_on_is_answered_in_words(shop: Office, words: str, told: str) -> None:
    anna = Talk(shop)
    await anna.says("/order 2 sencha")
    await anna.says("cancel")
    await anna.says("keep it")
    await anna.says("no")
    await anna.says("/order")

    assert told in read(await anna.says(words))


@pytest.mark.parametrize(
    ("words", "told"), [("yes please", "Anything else?"), ("Throw it away!", "cancelled"), ("не сейчас", "are kept")]
)
async def test_a_reminder_is_answered_in_words(shop: Office, words: str, told: str) -> None:
    anna = Talk(shop)
    await anna.says("/order 2 sencha")
    await anna.says("yes")
    await anna.says("cancel")
    await anna.says("keep it")
    await anna.says("tomorrow")
    shop.clock.forward(seconds=25 * 3600)
    assert await shop.change(lambda conn: keeping.sweep_reminders(shop.house, conn, shop.clock())) == 1

    assert told in read(await anna.says(words))


@pytest.mark.parametrize(
    ("text", "goods"),
    [
        ("2 sencha please", [("sencha", 2)]),
        ("Guten Tag, zwei Sencha bitte", [("sencha", 2)]),
        ("две сенчи", [("sencha", 2)]),
        ("I want to buy 2 sencha", [("sencha", 2)]),
        ("Ich möchte zwei Sencha und 1 Probierset bestellen, nach Hause", [("sencha", 2), ("tasting-set", 1)]),
        ("хочу купить две пачки сенчи, домой", [("sencha", 2)]),
    ],
)
async def test_a_first_message_that_counts_goods_begins_the_order(
    shop: Office, text: str, goods: list[tuple[str, int]]
) -> None:
    anna = Talk(shop)

    shown = await anna.says(text)

    assert read(shown).splitlines()[0].endswith(":")
    assert await cart(shop) == goods


@pytest.mark.parametrize(
    "text", ["Ich möchte was bestellen", "I'd like to order something", "хочу что-нибудь заказать"]
)
async def test_who_wishes_to_order_at_large_is_asked_what(shop: Office, text: str) -> None:
    await Talk(shop).says(text)

    there = await state(shop)
    assert there is not None
    assert there.current == "items"


async def test_a_pack_of_something_that_the_shop_does_not_have_begins_with_what_there_is(shop: Office) -> None:
    shown = await Talk(shop).says("ein Packung Earl Grey")

    assert "Earl Grey" in read(shown)
    assert any("Sencha" in label for label in offers(shown))


@pytest.mark.parametrize("yes", ["press", "yes please", "ja", "да, давайте", "Order it"])
async def test_a_product_that_is_only_named_is_offered(shop: Office, yes: str) -> None:
    anna = Talk(shop)
    offered = await anna.says("plum rooibos")

    asked = await (anna.presses("Order it") if yes == "press" else anna.says(yes))

    assert read(offered) == "Plum Rooibos, 100 g costs €5.90. Shall we begin an order with it?"
    assert offers(offered) == ["Order it", "Talk to a person"]
    assert "Plum Rooibos" in read(asked)
    assert (await state(shop)) is not None


async def test_a_product_that_is_sold_out_is_not_offered_but_others_are(shop: Office, tmp_path: Path) -> None:
    rows = (CONFIG / "catalogue.csv").read_text().replace("Чай;5.90;;0", "Чай;5.90;0;0")
    (tmp_path / "sold_out.csv").write_text(rows)
    shop.house.shelf.catalogue = load_catalogue(tmp_path / "sold_out.csv", "EUR")
    anna = Talk(shop)

    told = await anna.says("plum rooibos")
    asked = await anna.presses("Sencha")

    assert read(told) == "Plum Rooibos, 100 g is sold out at the moment. Would you like one of these instead?"
    assert not any("Rooibos" in label for label in offers(told))
    assert "Green Courtyard Sencha" in read(asked)


@pytest.mark.parametrize("text", ["do you have sencha?", "how much is sencha", "was kostet der Sencha", "есть сенча?"])
async def test_a_question_about_goods_begins_no_order(shop: Office, text: str) -> None:
    await Talk(shop).says(text)

    assert await state(shop) is None


async def test_goods_that_are_wished_for_beside_a_draft_are_taken_after_beginning_anew(shop: Office) -> None:
    anna = Talk(shop)
    await anna.says("/order 1 plum rooibos")
    await anna.says("cancel")
    await anna.says("keep it")
    await anna.says("no")

    asked = await anna.says("2 sencha please")
    await anna.says("begin anew")

    assert "Shall we go on with it?" in read(asked)
    assert await cart(shop) == [("sencha", 2)]


async def test_goods_that_are_wished_for_at_the_question_to_keep_are_added_after_going_on(shop: Office) -> None:
    anna = Talk(shop)
    await anna.says("/order 1 plum rooibos")
    await anna.says("yes")
    await anna.says("cancel")

    asked = await anna.says("2 sencha please")
    await anna.says("yes, go on")

    assert "Shall we go on with it?" in read(asked)
    assert await cart(shop) == [("plum-rooibos", 1), ("sencha", 2)]


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("deutsch", "Wohin soll es gehen?"),
        ("Auf Deutsch bitte", "Wohin soll es gehen?"),
        ("по-русски", "Куда доставить?"),
        ("English", "Where should it go?"),
    ],
)
async def test_a_language_that_is_typed_changes_it_and_the_question_comes_again_in_it(
    shop: Office, said: str, question: str
) -> None:
    anna = Talk(shop)
    await anna.says("/order 2 sencha")
    await anna.says("yes")
    await anna.says("that is all")
    await anna.says("/language")

    asked = await anna.says(said)

    assert question in read(asked)


async def test_all_that_follows_is_said_in_the_language_that_was_chosen_in_the_middle(shop: Office) -> None:
    anna = Talk(shop)
    await anna.says("/order 2 sencha")
    await anna.says("yes")
    await anna.says("/language")

    asked = await anna.presses("Deutsch")
    then = await anna.presses("Das ist alles")

    assert "Darf es noch etwas sein?" in read(asked)
    assert "Wohin soll es gehen?" in read(then)
    assert offers(then)[:2] == ["Nach Hause, mit DHL", "Abholung im Laden"]


async def test_other_words_behind_the_choice_of_a_language_are_the_answer_to_the_form(shop: Office) -> None:
    anna = Talk(shop)
    await anna.says("/order 2 sencha")
    await anna.says("yes")
    await anna.says("/language")

    asked = await anna.says("that is all")

    assert "Where should it go?" in read(asked)
