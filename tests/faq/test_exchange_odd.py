"""Odd signs, odd files and entries without ids: what comes in goes out again, in every format."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from bot.faq import exchange
from bot.faq.entry import ID_FORM, FaqEntry, id_from
from bot.faq.source import FaqFileBroken

EVERY_FORMAT = ["x.yaml", "x.json", "x.jsonl", "x.csv", "x.xlsx"]
LONG = "How do I change the delivery address of an order that I placed yesterday"


def jsonl(*bodies: Mapping[str, object]) -> bytes:
    return "\n".join(json.dumps(one) for one in bodies).encode()


def flat(question: str, **more: object) -> dict[str, object]:
    return {"lang": "en", "question": question, "answer": "So.", **more}


def ids(*bodies: dict[str, object]) -> list[str]:
    return [entry.id for entry in exchange.read_bytes("faq.jsonl", jsonl(*bodies))]


@pytest.mark.parametrize("name", EVERY_FORMAT)
@pytest.mark.parametrize("sign", ["\ud800", "\0", "\x07", "\ufffe", "\uffff"])
def test_a_sign_that_no_file_can_hold_keeps_no_base_from_going_out(name: str, sign: str) -> None:
    link = {"text": f"Se{sign}e", "action": f"https://shop.example/{sign}cups"}
    body = {"id": "cups", "en": {"question": f"Cu{sign}ps?", "answer": f"Ye{sign}s."}, "buttons": [link]}

    entries = exchange.read_bytes("faq.jsonl", jsonl(body))

    assert entries[0].buttons[0].action == "https://shop.example/cups"
    assert entries[0].texts["en"].question == "Cups?"
    assert exchange.read_bytes(name, exchange.write_bytes(entries, name)) == entries


@pytest.mark.parametrize(
    "question", ["😀" * 12, "𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈𠀉𠀊𠀋", "请问一下你们这里的运费是多少", "ﷺ" * 40, "x" * 900]
)
def test_an_id_made_of_any_question_is_an_id(question: str) -> None:
    assert ID_FORM.fullmatch(id_from(question))
    assert ids(flat(question)) == [id_from(question)]


def test_questions_that_begin_alike_get_an_id_each() -> None:
    made = ids(flat(LONG + "?"), flat(LONG + " evening?"), flat(LONG + " morning?"))

    assert made == [id_from(LONG), id_from(LONG)[:62] + "-2", id_from(LONG)[:62] + "-3"]


def test_an_id_that_the_file_gives_itself_is_not_taken_by_a_question_without_one() -> None:
    assert ids(flat("Cups?"), flat("Mugs?", id="cups")) == ["cups-2", "cups"]


@pytest.mark.parametrize("bodies", [[flat("Cups?"), flat("cups")], [flat("A?", id="x"), {"id": "x", "de": {}}]])
def test_the_same_question_or_id_twice_is_refused(bodies: list[dict[str, object]]) -> None:
    with pytest.raises(FaqFileBroken):
        ids(*bodies)


@pytest.mark.parametrize("in_folder", [True, False])
def test_a_pipe_is_refused_instead_of_waited_for(tmp_path: Path, in_folder: bool) -> None:  # noqa: FBT001 pytest's
    os.mkfifo(tmp_path / "faq.yaml")

    with pytest.raises(FaqFileBroken, match=r"faq\.yaml: is no ordinary file"):
        exchange.read(tmp_path if in_folder else tmp_path / "faq.yaml")


def test_an_entry_reads_the_same_twice() -> None:
    body = {"id": "a", "en": {"question": "q\uffff", "answer": "a"}, "buttons": [{"text": "x", "action": "tel:\x0712"}]}
    entry = FaqEntry.from_dict(body)

    assert FaqEntry.from_dict(entry.to_dict()) == entry
