"""The FAQ in the console: an edit is live, an error keeps what was typed, and nothing else gets lost on the way."""

from __future__ import annotations

import re

import httpx
import pytest

from bot.faq import store
from bot.faq.entry import FaqEntry, Text
from tests.web.office import Desk, Office

FORM = {
    "key": "delivery-cost",
    "category": "delivery",
    "enabled": "on",
    "en.question": "How much is delivery?",
    "en.phrasings": "shipping price\r\n\r\n postage \r\n",
    "en.answer": "It is **6 €**.",
}


async def entry(office: Office, key: str = "delivery-cost") -> FaqEntry | None:
    return await office.read(lambda conn: store.get(conn, key))


async def base(desk: Desk, key: str = "delivery-cost") -> str:
    """Return the sum that the open form carries, to see whether the entry was changed meanwhile."""
    page = (await desk.page(f"/console/faq/entry?key={key}")).text
    found = re.search(r'name="base" value="(\w+)"', page)
    assert found
    return found[1]


async def save(desk: Desk, **changed: str) -> httpx.Response:
    return await desk.submit("/console/faq/save", **{**FORM, "base": await base(desk), **changed})


async def test_a_saved_entry_is_live_at_once(office: Office) -> None:
    answer = await save(await office.desk("Ada"))

    await office.house.knowledge_base.refresh()
    found, snapshot = await office.house.knowledge_base.match("POSTAGE")
    assert (answer.status_code, answer.headers["location"]) == (303, "/console/faq/entry?key=delivery-cost&saved")
    assert await entry(office) == FaqEntry(
        "delivery-cost",
        {"en": Text("How much is delivery?", ("shipping price", "postage"), "It is **6 €**.")},
        "delivery",
    )
    assert found is not None
    assert found.kind == "answer"
    assert snapshot.entries["delivery-cost"].texts["en"].answer == "It is **6 €**."


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"en.question": ""}, "en.question"),
        ({"valid_from": "2026-12-24", "valid_to": "2026-12-01"}, "valid_to"),
        ({"valid_from": "soon"}, "valid_from"),
        ({"button.0.en": "Order", "button.0.action": "javascript:alert(1)"}, "buttons[1].action"),
        ({"button.0.en": "", "button.0.action": "order"}, "buttons[1].text"),
        ({"related": "no such id!"}, "related"),
        ({"en.answer": "x" * 20_001}, "en.answer"),
    ],
)
async def test_an_error_names_the_field_and_keeps_what_was_typed(
    office: Office, changed: dict[str, str], field: str
) -> None:
    ada = await office.desk("Ada")

    page = await save(ada, **{"en.phrasings": "my <new> phrasing", **changed})

    assert page.status_code == 422
    assert f"<code>{field}</code>" in page.text
    assert "my &lt;new&gt; phrasing" in page.text
    kept = await entry(office)
    assert kept is not None
    assert kept.texts["en"].answer == "It is **5 €**."


async def test_what_the_form_does_not_show_is_kept(office: Office) -> None:
    rich = FaqEntry.from_dict(
        {
            "id": "delivery-cost",
            "category": "delivery",
            "en": {"question": "How much is delivery?", "answer": "5"},
            "uk": {"question": "Скільки?", "answer": "5"},
            "attachments": ["sizes.pdf"],
            "follow_up": {"text": "Where to?", "options": [{"text": "Home", "entry": "returns/how"}]},
            "buttons": [{"text": {"en": "Order"}, "action": "order"}],
        }
    )
    await office.change(lambda conn: store.save(conn, rich, None, office.clock()))
    ada = await office.desk("Ada")
    shown = {"uk.question": "Скільки?", "uk.answer": "5", "button.0.en": "Order", "button.0.action": "order"}

    await save(ada, **{**shown, "en.answer": "6", "en.phrasings": "", "button.1.en": "", "button.1.action": ""})

    after = await entry(office)
    assert after is not None
    body = rich.to_dict()
    body["en"]["answer"] = "6"
    assert after.to_dict() == body


async def test_an_entry_changed_by_somebody_else_meanwhile_is_not_overwritten(office: Office) -> None:
    ada = await office.desk("Ada")
    opened = await base(ada)
    await save(ada, **{"en.answer": "It is **7 €**."})

    late = await ada.submit("/console/faq/save", **{**FORM, "base": opened})

    assert late.status_code == 422
    assert "Somebody changed this entry" in late.text
    assert "It is **6 €**." in late.text
    kept = await entry(office)
    assert kept is not None
    assert kept.texts["en"].answer == "It is **7 €**."


async def test_a_new_entry_gets_its_id_from_its_question(office: Office) -> None:
    ada = await office.desk("Ada")
    fields = {"en.question": "Do you sell gift cards?", "en.answer": "Yes.", "enabled": "on"}

    made = await ada.submit("/console/faq/save", **fields)
    again = await ada.submit("/console/faq/save", **fields)

    assert made.headers["location"] == "/console/faq/entry?key=do-you-sell-gift-cards&saved"
    assert again.status_code == 422
    assert "do-you-sell-gift-cards is taken" in again.text


async def test_an_id_with_a_slash_can_be_opened_switched_and_undone(office: Office) -> None:
    ada = await office.desk("Ada")
    assert "returns%2Fhow" in (await ada.page("/console/faq")).text.replace("returns/how", "returns%2Fhow")

    off = await ada.submit("/console/faq/switch", key="returns/how")
    assert off.headers["location"] == "/console/faq/entry?key=returns%2Fhow&saved"
    switched = await entry(office, "returns/how")
    await ada.submit("/console/faq/undo", key="returns/how")
    undone = await entry(office, "returns/how")

    assert switched is not None
    assert undone is not None
    assert (switched.enabled, undone.enabled) == (False, True)


async def test_undo_asks_once_where_it_deletes_the_entry(office: Office) -> None:
    ada = await office.desk("Ada")
    await ada.submit(
        "/console/faq/save", **{"en.question": "Gift cards / vouchers?", "en.answer": "Yes.", "id": "gifts/1"}
    )

    shown = (await ada.page("/console/faq/entry?key=gifts/1")).text
    asked = await ada.submit("/console/faq/undo", key="gifts/1")
    kept = await entry(office, "gifts/1")
    sure = re.search(r'name="sure" value="(\d+)"', asked.text)
    assert sure
    guessed = await ada.submit("/console/faq/undo", key="gifts/1", sure="1")
    gone = await ada.submit("/console/faq/undo", key="gifts/1", sure=sure[1])
    twice = await ada.submit("/console/faq/undo", key="gifts/1", sure=sure[1])

    assert 'action="/console/faq/undo"' in shown
    assert "taking that back deletes the entry. Delete it?" in asked.text
    assert 'href="/console/faq/entry?key=gifts/1"' in asked.text
    assert kept is not None
    assert "nothing was taken back" in guessed.text
    assert guessed.status_code == 422
    assert gone.headers["location"] == "/console/faq"
    assert twice.headers["location"] == "/console/faq"  # and does not take the deletion back
    assert await entry(office, "gifts/1") is None


async def test_undo_of_a_change_that_is_no_longer_the_last_one_takes_nothing_back(office: Office) -> None:
    ada = await office.desk("Ada")
    await save(ada)
    page = (await ada.page("/console/faq/entry?key=delivery-cost")).text
    seen = re.search(r'name="revision" value="(\d+)"', page)
    assert seen
    await save(ada, **{"en.answer": "It is **7 €**."})

    late = await ada.submit("/console/faq/undo", key="delivery-cost", revision=seen[1])

    kept = await entry(office)
    assert kept is not None
    assert (late.status_code, kept.texts["en"].answer) == (422, "It is **7 €**.")
    assert "nothing was taken back" in late.text


async def test_the_history_says_who_changed_what(office: Office) -> None:
    ada = await office.desk("Ada")
    await save(ada)

    page = (await ada.page("/console/faq/entry?key=delivery-cost")).text

    assert re.search(
        r"<code>en.answer</code></th><td[^>]*>It is \*\*5 €\*\*.</td><td[^>]*>It is \*\*6 €\*\*.</td>", page
    )
    assert "<span>Ada</span>" in page


async def test_operators_may_read_and_test_but_not_save(office: Office) -> None:
    olga = await office.desk("Olga")

    shown = (await olga.page("/console/faq/entry?key=delivery-cost")).text
    refused = await olga.submit("/console/faq/save", **FORM)

    assert '<fieldset class="plain-set" disabled>' in shown
    assert "Only admins can change entries." in shown
    assert (refused.status_code, refused.text.count("Your role does not allow this")) == (403, 1)
    assert (await olga.submit("/console/faq/test", question="delivery")).status_code == 200


@pytest.mark.parametrize(
    ("question", "shown"),
    [("How much is delivery??", "Would answer"), ("quantum chromodynamics", "Would call a person"), ("", "Would call")],
)
async def test_a_question_can_be_tested(office: Office, question: str, shown: str) -> None:
    page = await (await office.desk("Olga")).submit("/console/faq/test", question=question)

    assert shown in page.text


async def test_the_list_is_searched_in_all_words_of_all_languages(office: Office) -> None:
    olga = await office.desk("Olga")

    page = (await olga.page("/console/faq?q=PRICE delivery")).text
    nothing = (await olga.page("/console/faq?q=unicorn")).text

    assert "How much is delivery?" in page
    assert "How do I return it?" not in page
    assert "No entry holds these words." in nothing


async def test_an_entry_that_is_not_there_is_not_found(office: Office) -> None:
    ada = await office.desk("Ada")

    pages = [
        await ada.page("/console/faq/entry?key=nothing"),
        await ada.submit("/console/faq/switch", key="nothing"),
        await ada.submit("/console/faq/undo", key="nothing"),
    ]

    assert [page.status_code for page in pages] == [404, 404, 404]


async def test_categories_are_told_in_words_where_the_catalogue_knows_them(office: Office) -> None:
    await office.change(lambda conn: store.save(conn, _of("gift-wrap", "Wrapping & co"), None, office.clock()))
    await office.change(lambda conn: store.save(conn, _of("odd", ""), None, office.clock()))

    page = (await (await office.desk("Olga")).page("/console/faq")).text
    form = (await (await office.desk("Ada")).page("/console/faq/entry?key=odd")).text

    headings = re.findall(r'<h2 class="heading">(.*?) <span>', page)
    assert headings == ["Delivery", "Returns", "Wrapping &amp; co", "Without a category"]
    assert '<option value="delivery">Delivery</option>' in form


def _of(key: str, category: str) -> FaqEntry:
    return FaqEntry(key, {"en": Text(f"What of {key}?", (), "Yes.")}, category)
