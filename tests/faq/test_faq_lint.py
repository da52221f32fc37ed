"""What `faq lint` finds in a base."""

from __future__ import annotations

from bot.faq.entry import Button, FaqEntry, Text
from bot.faq.lint import Finding, Problem, lint
from bot.faq.matcher import Index, Policy

FINE = FaqEntry("fine", {"en": Text("When do you open?", ("opening hours", "are you open on sunday"))})


def test_a_base_without_faults_gives_no_findings() -> None:
    assert lint([FINE], ["en"]) == []


def test_a_phrasing_of_two_entries_is_found() -> None:
    other = FaqEntry("other", {"en": Text("Opening hours!", ("holiday hours", "christmas hours"))})

    assert lint([FINE, other], ["en"]) == [
        Finding(Problem.SAME_PHRASING, ("fine", "other"), {"phrasing": "opening hours", "entries": "fine, other"})
    ]


def test_a_phrasing_that_another_entry_would_answer_is_found() -> None:
    far = FaqEntry("far", {"en": Text("Can I cancel?", ("revoke my order", "are you open on sundays"))})
    base = [FINE, far]

    found = lint(base, ["en"], index=Index.build(base, policy=Policy(answer_precision=0.5)))

    assert {(one.problem, one.entries, one.facts["phrasing"]) for one in found} >= {
        (Problem.ANSWERED_BY_OTHER, ("far", "fine"), "are you open on sundays")
    }


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
