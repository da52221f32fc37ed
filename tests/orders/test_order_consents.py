"""What is a yes or no to a proposed change, and what is about something else."""

from __future__ import annotations

import pytest

from bot.orders.consents import Consent, consent_in

SAID = [
    ("ja einverstanden", Consent.YES),
    ("yes ok", Consent.YES),
    ("Yes, I agree.", Consent.YES),
    ("Ja bitte, so machen wir das!", Consent.YES),
    ("да, согласна", Consent.YES),
    ("ok", Consent.YES),
    ("👍", Consent.YES),
    ("no", Consent.NO),
    ("No thanks, keep it as it was", Consent.NO),
    ("Nein, bitte so lassen", Consent.NO),
    ("нет, оставьте как было", Consent.NO),
    ("👎", Consent.NO),
    ("nein, nicht einverstanden", Consent.DOUBTFUL),
    ("yes but make it two", Consent.DOUBTFUL),
    ("ja, aber erst am Freitag", Consent.DOUBTFUL),
    ("нет, лучше две", Consent.DOUBTFUL),
    ("yes no", Consent.DOUBTFUL),
    ("is that ok?", None),
    ("thank you", None),
    ("where is my order", None),
    ("S-1001", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "meant"), SAID)
def test_only_a_plain_yes_or_no_is_one(text: str, meant: Consent | None) -> None:
    assert consent_in(text) is meant
