"""A base is tried out on itself: what a trial on some of its phrasings says of them."""

from __future__ import annotations

import numpy as np
import pytest

from bot.faq import pool
from bot.faq.entry import FaqEntry, Text
from bot.faq.glossary import EMPTY
from bot.faq.heads import Trial, learn
from bot.faq.lexical import Floats, Ints
from bot.faq.pool import Pool

OWNER = np.repeat(np.arange(5, dtype=np.int32), 4)


def likeness(rows: Ints) -> Floats:
    """Return how alike phrasings are that lie on a ring."""
    place = np.arange(len(OWNER))
    apart = np.abs(place[rows][:, None] - place[None, :])
    return np.asarray(np.exp(-np.minimum(apart, len(OWNER) - apart)), dtype=np.float32)


def tried_on(rows: Ints) -> Trial:
    return learn(likeness, OWNER, 0.3, rows, lambda: None)[1]


def test_a_phrasing_scores_alike_whether_its_entry_is_tried_whole_or_in_part() -> None:
    some = np.array([1, 2, 7, 11, 19], dtype=np.int32)

    whole, part = tried_on(np.arange(len(OWNER), dtype=np.int32)), tried_on(some)

    np.testing.assert_allclose(part.without_it, whole.without_it[some], rtol=1e-5)
    np.testing.assert_allclose(part.without_entry, whole.without_entry[some], rtol=1e-5)


def test_a_large_base_is_tried_on_phrasings_of_all_its_entries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "MOST_TRIED", 40)
    things = ["cup", "vase", "bowl", "plate", "spoon", "fork"]
    entries = [
        FaqEntry(thing, {"en": Text(f"a {thing}", tuple(f"{thing} number {place}" for place in range(30)), "-")})
        for thing in things
    ]
    built = Pool.build(entries, "en", ("en",), EMPTY, lambda: None)

    rows = pool._tried(built.phrasings, built.compared.owner, built.entries)  # noqa: SLF001 a trial does not tell its rows

    assert len(rows) == 40
    assert set(built.compared.owner[rows]) == set(range(len(things)))
