"""The sample shop's FAQ: whole, in three languages, and free of contradictions that a customer would meet.

An owner starts from these files, so what they show must hold: every button leads somewhere, every attachment lies
there, and no two entries claim the same words. Read with a plain YAML loader, as any other program would.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
FAQ = ROOT / "config" / "faq"
QUESTIONS = ROOT / "benchmarks" / "data" / "sample_questions.jsonl"
LANGUAGES = ("en", "de", "ru")
FIELDS = {
    *("id", "category", "enabled", "valid_from", "valid_to", *LANGUAGES),
    *("buttons", "attachments", "follow_up", "related"),
}
Entry = dict[str, Any]


@cache
def files() -> dict[Path, list[Entry]]:
    return {path: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FAQ.glob("*.yaml"))}


def entries() -> list[Entry]:
    return [entry for found in files().values() for entry in found]


def ids() -> list[str]:
    return [entry["id"] for entry in entries()]


def texts() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yield id, language and text of every entry."""
    for entry in entries():
        for language in LANGUAGES:
            yield entry["id"], language, entry[language]


def plain(sentence: str) -> str:
    """Return the letters and digits alone: equal for sentences that differ by case, accents and punctuation."""
    decomposed = unicodedata.normalize("NFKD", sentence.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


def phrasings() -> Iterator[tuple[str, str, str]]:
    """Yield id, language and plain form of every phrasing, the question included."""
    for entry_id, language, text in texts():
        for phrasing in (text["question"], *text["phrasings"]):
            yield entry_id, language, plain(phrasing)


def labels(value: object) -> Iterator[dict[str, str]]:
    """Yield every `text` of buttons, follow-up questions and options."""
    if isinstance(value, dict):
        if "text" in value:
            yield value["text"]
        for inner in value.values():
            yield from labels(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from labels(inner)


def links(entry: Entry) -> list[str]:
    actions = [button["action"] for button in entry.get("buttons", [])]
    answers = [entry[language]["answer"] for language in LANGUAGES]
    return re.findall(r"https?://[^\s)]+", "\n".join(answers + actions))


def questions() -> list[dict[str, Any]]:
    return [json.loads(line) for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]


def test_the_shop_answers_what_a_shop_is_asked() -> None:
    assert len(entries()) >= 48
    assert {"delivery-cost", "track-order", "return-how", "payment-methods", "order-how", "human"} - set(ids()) == set()


def test_every_id_is_used_once_and_can_stand_in_a_button() -> None:
    assert [entry_id for entry_id, times in Counter(ids()).items() if times > 1] == []
    assert [entry_id for entry_id in ids() if not re.fullmatch(r"[A-Za-z0-9_./-]{1,64}", entry_id)] == []


def test_an_entry_has_only_the_fields_of_the_format() -> None:
    assert {entry["id"]: set(entry) - FIELDS for entry in entries() if set(entry) - FIELDS} == {}
    assert [entry["id"] for entry in entries() if not isinstance(entry.get("category"), str)] == []


def test_every_entry_speaks_three_languages() -> None:
    silent = [(entry["id"], language) for entry in entries() for language in LANGUAGES if language not in entry]
    assert silent == []
    assert [where for *where, text in texts() if set(text) != {"question", "phrasings", "answer"}] == []


def test_every_word_said_is_text_and_not_what_yaml_made_of_it() -> None:
    said = [
        (entry_id, words)
        for entry_id, _, text in texts()
        for words in (text["question"], text["answer"], *text["phrasings"])
    ]
    assert [found for found in said if not isinstance(found[1], str) or not found[1].strip()] == []


def test_every_answer_is_short_enough_to_be_read() -> None:
    assert [where for *where, text in texts() if len(text["answer"]) >= 1500] == []


def test_an_entry_knows_at_least_four_phrasings_besides_its_question() -> None:
    known = {
        (entry_id, language): len({plain(phrasing) for phrasing in text["phrasings"]} - {plain(text["question"])})
        for entry_id, language, text in texts()
    }
    assert {where: count for where, count in known.items() if count < 4} == {}


def test_no_phrasing_belongs_to_two_entries() -> None:
    owners: dict[str, set[str]] = {}
    for entry_id, _, phrasing in phrasings():
        owners.setdefault(phrasing, set()).add(entry_id)
    assert {phrasing: found for phrasing, found in owners.items() if len(found) > 1} == {}


def test_no_phrasing_stands_twice_in_a_language() -> None:
    assert [found for found, times in Counter(phrasings()).items() if times > 1] == []


def test_every_button_option_and_related_entry_leads_to_an_entry_that_can_answer() -> None:
    known = {entry["id"] for entry in entries() if entry.get("enabled", True)}
    for entry in entries():
        wanted = [option["entry"] for option in entry.get("follow_up", {}).get("options", [])]
        wanted += entry.get("related", [])
        wanted += [
            button["action"].removeprefix("faq:")
            for button in entry.get("buttons", [])
            if button["action"].startswith("faq:")
        ]
        assert set(wanted) - (known - {entry["id"]}) == set(), entry["id"]


def test_a_button_does_one_of_the_things_that_a_button_can_do() -> None:
    actions = [button["action"] for entry in entries() for button in entry.get("buttons", [])]
    assert [action for action in actions if not re.fullmatch(r"orders?|human|faq:\S+|https://\S+", action)] == []


def test_every_label_is_there_in_three_languages() -> None:
    wrong = [label for entry in entries() for label in labels(entry) if set(label) != set(LANGUAGES)]
    assert wrong == []


def test_links_lead_to_the_made_up_shop_only() -> None:
    found = [link for entry in entries() for link in links(entry)]
    assert found
    assert [link for link in found if not link.startswith("https://example.com/")] == []


def test_every_attachment_lies_beside_its_file() -> None:
    named = [path.parent / name for path, found in files().items() for e in found for name in e.get("attachments", [])]
    assert named
    assert [path for path in named if not path.is_file()] == []


def test_every_feature_of_the_format_is_shown_somewhere() -> None:
    assert FIELDS - {key for entry in entries() for key in entry} == set()
    actions = {button["action"].partition(":")[0] for entry in entries() for button in entry.get("buttons", [])}
    assert actions == {"order", "orders", "human", "faq", "https"}
    assert [entry["enabled"] for entry in entries() if "enabled" in entry] == [False]


def test_dates_are_dates_and_in_order() -> None:
    spans = [(entry["valid_from"], entry["valid_to"]) for entry in entries() if "valid_from" in entry]
    assert [span for span in spans if not all(type(day) is dt.date for day in span) or span[0] >= span[1]] == []
    assert sum(start <= dt.date(2026, 12, 1) <= end for start, end in spans) == 1
    assert sum(end < dt.date(2026, 11, 1) for _, end in spans) == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sample_questions_cover_the_shop_and_what_it_has_no_answer_for(language: str) -> None:
    asked = [question for question in questions() if question["lang"] == language]
    assert len(asked) >= 60
    assert sum(question["id"] is None for question in asked) >= 15
    lasting = {entry["id"] for entry in entries() if entry.get("enabled", True) and "valid_to" not in entry}
    assert {question["id"] for question in asked} - {None} - lasting == set()


def test_a_sample_question_is_nobodys_phrasing() -> None:
    assert {question["lang"] for question in questions()} == set(LANGUAGES)
    assert [set(question) for question in questions() if set(question) != {"text", "lang", "id"}] == []
    written = {phrasing for _, _, phrasing in phrasings()}
    assert [question["text"] for question in questions() if plain(question["text"]) in written] == []
    assert [text for text, times in Counter(plain(q["text"]) for q in questions()).items() if times > 1] == []
