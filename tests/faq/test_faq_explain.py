"""Why the bot decided so, in sentences that an owner understands."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import i18n
from bot.faq.entry import FaqEntry, Text
from bot.faq.explain import Reason, explain
from bot.faq.matcher import Answer, Candidate, Index, Match, NoMatch, Policy, Suggestions

CATALOGUES = i18n.load(Path(__file__).parents[2] / "config" / "locales", ["en", "de", "ru"])
ENGLISH = CATALOGUES["en"]
COST = Candidate("cost", 0.93, "delivery price", "en", {"words": 0.71, "meaning": 0.84})
TIME = Candidate("time", 0.04, "delivery time", "en", {"words": 0.5, "meaning": 0.8})
FAR = Candidate("cups", 0.01, "do you sell cups", "en", {"words": 0.1, "meaning": 0.2})


def said(match: Match, *unknown: str) -> list[str]:
    return [remark.said(ENGLISH) for remark in explain(match, Policy(), unknown)]


def test_each_step_of_a_near_match_is_told() -> None:
    match = Match(
        Suggestions((COST, TIME)),
        0.93,
        (COST, TIME),
        "en",
        repaired=(("delivrey", "delivery"),),
        glossed=(("charge", "price"),),
        question="delivrey charge for a bicycle?",
    )

    assert said(match, "delivrey", "charge", "bicycle") == [
        "Of the message this was taken for the question: “delivrey charge for a bicycle?”.",
        "Its language was taken to be en.",
        "‘delivrey’ was read as ‘delivery’, since no entry uses ‘delivrey’.",
        "‘charge’ counts as ‘price’, by the glossary.",
        "No entry uses ‘bicycle’.",
        "Nearest is “delivery price” of cost: by words 71 of 100, by meaning 84 of 100.",
        (
            "time with “delivery time” is about as near, which makes the first one less sure; "
            "4 of 100 such questions are meant for it."
        ),
        "93 of 100 such answers are right, too few for 95: the nearest entries are offered.",
    ]


def test_near_matches_that_are_not_offered_because_anything_else_is_nearer_are_told_of() -> None:
    far = Match(NoMatch(), 0.3, (TIME,), "en", elsewhere=True)

    assert said(far)[-1] == (
        "It is nearer to what people ask about anything else than to every phrasing, "
        "so nothing is offered: it goes to a person."
    )
    assert explain(Match(NoMatch(), 0.2, (TIME,), "en", elsewhere=True))[-1].reason is Reason.UNSURE


def test_a_sure_answer_and_no_answer_are_told() -> None:
    sure = said(Match(Answer(COST), 0.999, (COST, FAR), "en"))
    none = said(Match(NoMatch(), 0.1, (FAR,), "en"))

    assert sure[-2:] == [
        "Second is cups with “do you sell cups”; 1 of 100 such questions are meant for it.",
        "99 of 100 such answers are right, which is enough for 95: it is answered.",
    ]
    assert (
        none[-1]
        == "Only 10 of 100 such answers are right, and from 25 on it would offer something: it goes to a person."
    )
    assert said(Match(NoMatch(), 0.0, (), "en"))[-1] == "No entry shares a word with it: it goes to a person."


def test_the_bar_that_was_really_used_is_told() -> None:
    near = Match(Suggestions((COST,)), 0.96, (COST,), "en", bar=0.97)
    by_a_hair = Match(Suggestions((COST,)), 0.9643, (COST,), "en", bar=0.9648)
    lower = Match(Answer(COST), 0.93, (COST,), "en", bar=0.92)

    assert said(near)[-1] == (
        "96 of 100 such answers are right. So that 95 of 100 are right over all, one must reach 97 in this FAQ, "
        "which it does not: the nearest entries are offered."
    )
    assert said(by_a_hair)[-1].startswith("96.4 of 100 such answers are right. So that 95 of 100 are right over all, ")
    assert "one must reach 96.5 in this FAQ, which it does not" in said(by_a_hair)[-1]
    assert said(lower)[-1].endswith("one must reach 92 in this FAQ, which it does: it is answered.")


def test_the_index_tells_the_bar_that_it_decided_by() -> None:
    base = [FaqEntry(key, {"en": Text(f"{key} {key}ing?", (f"only {key}",))}) for key in ("cups", "tea", "jars")]
    match = Index.build(base, ["en"]).match("cupsing of jars")

    assert 0 < match.bar < 1
    assert (match.kind == "answer") == (match.confidence >= match.bar)


def test_a_phrasing_explains_itself() -> None:
    base = [FaqEntry(key, {"en": Text("Shared?", (f"only {key}",))}) for key in ("one", "two")]
    index = Index.build(base, ["en"])

    assert said(index.match("only ONE!")) == ["The question is a phrasing of one: “only one”."]
    assert "The question is a phrasing of several entries, so none of them is sure." in said(index.match("shared"))


@pytest.mark.parametrize("language", ["en", "de", "ru"])
def test_every_remark_has_its_sentence(language: str) -> None:
    assert [reason for reason in Reason if not CATALOGUES[language].knows(reason.value)] == []
