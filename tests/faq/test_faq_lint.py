"""What `faq lint` finds in a base."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bot.faq import exchange
from bot.faq.encoder import UseM3, VectorStore
from bot.faq.entry import Button, FaqEntry, Text
from bot.faq.lint import SENTENCES, Finding, Problem, lint
from bot.faq.matcher import Answer, Candidate, Index, Match, Suggestions

FINE = FaqEntry("fine", {"en": Text("When do you open?", ("opening hours", "are you open on sunday"))})


def test_a_base_without_faults_gives_no_findings() -> None:
    assert lint([FINE], ["en"]) == []


def test_a_phrasing_of_two_entries_is_found() -> None:
    other = FaqEntry("other", {"en": Text("Opening hours!", ("holiday hours", "christmas hours"))})

    assert lint([FINE, other], ["en"]) == [
        Finding(Problem.SAME_PHRASING, ("fine", "other"), {"phrasing": "opening hours", "entries": "fine, other"})
    ]


def test_an_answer_that_fills_several_messages_is_found() -> None:
    long = replace(FINE, texts={"en": replace(FINE.texts["en"], answer="x" * 4_001)})
    short = replace(FINE, texts={"en": replace(FINE.texts["en"], answer="x" * 4_000)})

    (found,) = lint([long], ["en"])

    assert found.sentence == "The answer of fine in en is longer than one message (4,000 characters)."
    assert lint([short], ["en"]) == []


@dataclass
class Told:
    """A base that takes phrasings for another entry's: (entry, how sure), and offers what it is told."""

    taken: Mapping[str, tuple[str, float]]
    offered: tuple[str, ...] = ()

    def without(self, phrasing: str, entry: str, language: str) -> Match:
        other, chance = self.taken.get(phrasing, (entry, 0.9))
        best = Candidate(other, chance, f"near {phrasing}", language, {"words": 0.5})
        rest = tuple(Candidate(one, 0.1) for one in self.offered)
        decision = Answer(best) if chance > 0.95 else Suggestions((best, *rest))
        return Match(decision, chance, (best, *rest), language)


FAR = FaqEntry("far", {"en": Text("Can I cancel?", ("revoke my order", "stop it", "never mind"))})


def told(base: list[FaqEntry], index: Told) -> list[tuple[Problem, tuple[str, ...], str]]:
    return [(one.problem, one.entries, one.facts["phrasing"]) for one in lint(base, ["en"], index=index)]


def test_a_phrasing_whose_likes_get_another_entrys_answer_is_found() -> None:
    assert told([FINE, FAR], Told({"stop it": ("fine", 0.97)}, ("far",))) == [
        (Problem.ANSWERED_BY_OTHER, ("far", "fine"), "stop it")
    ]


def test_a_phrasing_whose_likes_are_not_even_offered_the_right_entry_is_found() -> None:
    taken = {"stop it": ("fine", 0.6)}

    assert told([FINE, FAR], Told(taken)) == [(Problem.STANDS_ALONE, ("far", "fine"), "stop it")]
    assert told([FINE, FAR], Told(taken, ("far",))) == []
    assert told([FINE, FAR], Told({"stop it": ("fine", 0.4)})) == []


def test_two_entries_that_are_mixed_up_make_one_finding_with_examples() -> None:
    taken = {"stop it": ("fine", 0.97), "opening hours": ("far", 0.6), "never mind": ("fine", 0.7)}

    [found] = lint([FINE, FAR], ["en"], index=Told(taken))

    assert (found.problem, set(found.entries)) == (Problem.HARD_TO_TELL_APART, {"far", "fine"})
    assert found.facts["examples"].count("is taken for “near ") == 3


def test_a_phrasing_that_another_entry_has_as_well_is_found_by_the_index_that_customers_get() -> None:
    far = FaqEntry("far", {"en": Text("Can I cancel?", ("revoke my order", "are you open on sundays"))})
    base = [FINE, far]

    found = lint(base, ["en"], index=Index.build(base, ["en"]))

    assert [(one.problem, one.entries) for one in found] == [(Problem.TOO_CLOSE, ("fine", "far"))]


def test_entries_that_share_several_phrasings_make_one_line_that_counts_them() -> None:
    other = FaqEntry("other", {"en": Text("Opening hours!", ("are you open on Sunday?", "christmas hours"))})

    (found,) = lint([FINE, other], ["en"])

    assert found.sentence.endswith("so the bot can only offer them. (1 more of their phrasings likewise.)")


@pytest.mark.slow
def test_a_phrasing_in_the_wrong_entry_of_the_sample_is_found_by_the_index_that_customers_get() -> None:
    sample = exchange.read(Path(__file__).parents[2] / "config" / "faq" / "delivery.yaml")
    lost = ("vouchers as a present", "how much does delivery cost me", "a card for my friend")
    base = [
        *(FaqEntry(entry.id, {"en": entry.texts["en"]}) for entry in sample),
        FaqEntry("gift-cards", {"en": Text("Do you sell gift cards?", lost)}),
    ]

    found = lint(base, ["en"], index=Index.build(base, ["en"]).with_encoder(VectorStore(UseM3())))

    assert [(one.entries, one.facts["phrasing"]) for one in found if one.problem is Problem.ANSWERED_BY_OTHER] == [
        (("gift-cards", "delivery-cost"), "how much does delivery cost me")
    ]


def test_the_same_words_in_another_order_are_too_close() -> None:
    far = FaqEntry("far", {"en": Text("Can I cancel?", ("revoke my order", "hours, open!"))})

    assert [one.sentence for one in lint([FINE, far], ["en"])] == [
        "“opening hours” of fine and “hours, open!” of far say the same in the same words."
    ]


def test_entries_that_are_wide_apart_are_no_finding_however_their_phrasings_differ() -> None:
    pay = FaqEntry("pay", {"en": Text("How can I pay?", ("do you take cash", "is PayPal possible", "credit cards"))})
    size = FaqEntry("size", {"en": Text("How big is the pot?", ("capacity in litres", "does it hold four cups"))})

    assert lint([FINE, pay, size], ["en"], index=Index.build([FINE, pay, size], ["en"])) == []


def test_buttons_that_open_nothing_and_attachments_that_are_gone_are_found(tmp_path: Path) -> None:
    (tmp_path / "there.pdf").write_bytes(b"%PDF")
    buttons = tuple(Button({"en": "x"}, action) for action in ("order", "tel:+491701234567", "https://shop.example"))
    entry = replace(FINE, buttons=buttons, attachments=("there.pdf", "gone.pdf"))

    assert [one.sentence for one in lint([entry], ["en"], folder=tmp_path)] == [
        "fine has a button to tel:+491701234567, which messengers do not open.",
        "fine names the attachment gone.pdf, which does not lie beside the FAQ files.",
    ]


def test_an_entry_that_nobody_got_is_found_where_that_is_known() -> None:
    other = FaqEntry("other", {"en": Text("Gift cards", ("voucher as a present", "presents"))})

    assert [one.sentence for one in lint([FINE, other], ["en"], given={"fine"})] == [
        "other was never given to anybody."
    ]
    assert lint([FINE, other], ["en"]) == []


def test_every_kind_of_finding_has_its_sentences() -> None:
    assert set(SENTENCES) == set(Problem)


def test_missing_languages_few_phrasings_and_dead_links_are_found() -> None:
    thin = FaqEntry(
        "thin", {"de": Text("Retoure?")}, related=("gone", "off"), buttons=(Button({"de": "x"}, "faq:gone"),)
    )
    off = FaqEntry("off", {"en": Text("Old?")}, enabled=False)

    found = lint([thin, off], ["en", "de"])

    assert [one.sentence for one in found] == [
        "thin points to gone in buttons, which does not exist.",
        "thin points to gone in related, which does not exist.",
        "thin points to off in related, which is switched off.",
        "thin has no text in en.",
        "thin has only 1 phrasing(s) in de.",
    ]
    assert [one.suggestion for one in found[3:4]] == ["Translate it; until then customers get it in de."]


def test_a_button_that_begins_a_form_that_is_not_there_is_found() -> None:
    returns = replace(FINE, buttons=(Button({"en": "Return it"}, "form:return"), Button({"en": "Order"}, "order")))

    (found,) = lint([returns], ["en"], forms=["order"])

    assert found.sentence == "fine has a button that begins the form return, which is not there."
    assert lint([returns], ["en"], forms=["order", "return"]) == []
    assert lint([returns], ["en"]) == []
