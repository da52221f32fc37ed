"""The figures of `faq evaluate`, on questions whose outcome can be counted by hand."""

from __future__ import annotations

import json

import pytest

from bot.cli import common
from bot.faq import evaluate
from bot.faq.entry import FaqEntry, Text
from bot.faq.evaluate import Outcome, Question
from bot.faq.matcher import Answer, Candidate, Index, Match, NoMatch, Suggestions
from bot.faq.source import FaqFileBroken


def outcome(entry: str | None, best: str, confidence: float) -> Outcome:
    candidates = (Candidate(best, confidence), Candidate("other", 0.01))
    decision: Answer | Suggestions | NoMatch = NoMatch()
    if confidence >= 0.95:
        decision = Answer(candidates[0])
    elif confidence >= 0.25:
        decision = Suggestions(candidates)
    return Outcome(Question("?", entry, "en"), Match(decision, confidence, candidates, "en"), 0.002)


def test_the_summary_counts_what_was_answered_and_how_rightly() -> None:
    outcomes = [
        outcome("a", "a", 0.99),
        outcome("a", "b", 0.97),
        outcome("a", "a", 0.96),
        outcome("a", "a", 0.5),
        outcome("other", "a", 0.4),
        outcome(None, "a", 0.3),
        outcome(None, "a", 0.1),
    ]

    assert evaluate.summary(outcomes, build_s=1.5) == {
        "n": 7,
        "answered": 3,
        "right": 2,
        "wrong": 1,
        "precision": 0.6667,
        "coverage": 0.4286,
        "suggested": 3,
        "suggested_hit": 2,
        "handed_off": 1,
        "coverage_at_precision": {"0.90": 0.1429, "0.95": 0.1429, "0.99": 0.1429},
        "auroc": 1.0,
        "latency_ms": {"p50": 2.0, "p99": 2.0},
        "build_s": 1.5,
    }


def test_the_summary_is_told_to_an_owner_in_words() -> None:
    outcomes = [outcome("a", "a", 0.99), outcome("a", "b", 0.97), outcome("a", "a", 0.5), outcome(None, "a", 0.1)]

    assert evaluate.in_words(evaluate.summary(outcomes)) == [
        "4 questions",
        "answered: 2 (50%), 1 of them right (50%)",
        "near matches offered: 1, with the right one among them: 1",
        "handed over: 1",
        "could be answered with the best bar for these questions: 25% at 90% right, 25% at 95% right, 25% at 99% right",
        "surer of a right match than of a question without an answer: 100%",
        "a question takes 2.0 ms, one of a hundred 2.0 ms or more",
    ]
    assert evaluate.in_words(evaluate.summary([]))[:2] == ["0 questions", "answered: 0 (–)"]


def test_equal_confidences_are_answered_together_or_not_at_all() -> None:
    outcomes = [outcome("a", "a", 0.9), outcome("a", "b", 0.9), outcome("a", "a", 0.8)]

    assert evaluate.coverage_at(outcomes, 0.95) == 0.0


def test_a_tie_of_a_right_answer_and_a_strange_question_counts_half() -> None:
    assert evaluate.auroc([outcome("a", "a", 0.5), outcome(None, "a", 0.5)]) == 0.5


def test_without_questions_there_are_no_shares() -> None:
    told = evaluate.summary([])

    assert (told["n"], told["precision"], told["auroc"], told["latency_ms"]["p50"]) == (0, None, None, None)


def test_rows_come_in_the_order_of_the_questions_with_their_texts_unchanged() -> None:
    index = Index.build([FaqEntry("a", {"en": Text("Opening hours?")}), FaqEntry("b", {"en": Text("Returns")})])
    lines = [{"text": " opening  HOURS ", "lang": "en", "id": "a"}, {"text": "цвет?", "lang": "ru", "id": None}]
    questions = evaluate.questions_from("q.jsonl", "\n".join(map(json.dumps, lines)).encode())

    rows = evaluate.report(evaluate.run(index, questions, clock=lambda: 0.0))["rows"]

    assert [(row["text"], row["id"], row["decision"]) for row in rows] == [
        (" opening  HOURS ", "a", "answer"),
        ("цвет?", None, "none"),
    ]
    assert rows[0]["candidates"] == [{"id": "a", "confidence": 1.0}]


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "q.jsonl, line 1: is no JSON object"),
        ("[]", "q.jsonl, line 1: is no JSON object"),
        ('{"id": "a"}', "q.jsonl, line 1, text: should be text of up to 200000 characters"),
        ('{"text": "x", "id": 5}', "q.jsonl, line 1, id: should be an entry's id, or null"),
        ('{"text": "x", "lang": 5}', "q.jsonl, line 1, lang: should be a language code such as en"),
    ],
)
def test_a_broken_question_is_told_by_line(line: str, sentence: str) -> None:
    with pytest.raises(FaqFileBroken) as told:
        evaluate.questions_from("q.jsonl", line.encode())

    assert str(told.value) == sentence


def test_half_a_character_is_printed_as_json_escapes_it(capsys: pytest.CaptureFixture[str]) -> None:
    body = {"text": "tea \ud83d? 😀 ю"}

    common.show(body, str, as_json=True)
    common.say("\udcff")

    said, rest = capsys.readouterr().out.split("}\n")
    assert json.loads(said + "}") == body
    assert "😀 ю" in said
    assert rest == "\\udcff\n"
