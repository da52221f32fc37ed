"""A file that is broken in any way leaves the base as it was; one that is not is taken in whole."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.faq import exchange, store
from bot.faq.entry import FaqEntry, Text
from bot.faq.source import FaqFileBroken
from bot.storage.database import Database

pytestmark = pytest.mark.slow  # files and both databases

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SAMPLE = exchange.read(Path(__file__).parents[2] / "config" / "faq" / "payment.yaml")
KEPT = [FaqEntry("kept", {"en": Text("Kept?", ("still there",), "Yes.")}), *SAMPLE[:2]]
CASES = 60
SEED = 20261123


def broken(data: bytes, chance: random.Random) -> bytes:
    """Return a file with something wrong: bytes changed, cut out, doubled, swapped, or the end torn off."""
    cut = sorted(chance.randrange(len(data)) for _ in range(2))
    junk = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 9)))
    return chance.choice(
        [
            data[: cut[0]],
            data[: cut[0]] + data[cut[1] :],
            data[: cut[0]] + junk + data[cut[0] :],
            data[: cut[0]] + junk + data[cut[0] + len(junk) :],
            data[: cut[1]] + data[cut[0] :],
            data.replace(b"en", b"e n", 1),
            data.replace(b"question", b"qu\xc3\xa9stion", chance.randrange(1, 3)),
        ]
    )


@pytest.mark.parametrize("name", ["faq.yaml", "faq.csv", "faq.jsonl", "faq.xlsx", "faq.json"])
async def test_a_file_is_taken_in_whole_or_not_at_all(database: Database, name: str) -> None:
    data = exchange.write_bytes(SAMPLE, name)
    taken = refused = 0
    for case in range(CASES):
        chance = random.Random(f"{SEED} {name} {case}")
        await database.transaction(lambda conn: store.replace_all(conn, KEPT, None, NOW))
        before = await database.read(store.list_entries)
        try:
            entries = exchange.read_bytes(name, broken(data, chance))
        except FaqFileBroken:
            refused += 1
            assert await database.read(store.list_entries) == before, case
            continue
        taken += 1
        await database.transaction(lambda conn, found=entries: store.replace_all(conn, found, None, NOW))  # type: ignore[misc] # bound at once
        after = {entry.id: entry for entry in await database.read(store.list_entries)}
        assert {one.id: after[one.id] for one in entries} == {one.id: one for one in entries}, case
        assert after["kept"] == KEPT[0], case

    assert (refused > CASES / 4, taken + refused) == (True, CASES)


async def test_what_breaks_off_in_the_middle_of_the_base_leaves_all_of_it(database: Database) -> None:
    await database.transaction(lambda conn: store.replace_all(conn, KEPT, None, NOW))
    before = await database.read(store.list_entries)

    class Broken(FaqEntry):
        def to_dict(self) -> dict[str, object]:
            raise RuntimeError("the disk is full")

    torn = [*SAMPLE[2:6], Broken("torn", {"en": Text("?")})]
    with pytest.raises(RuntimeError):
        await database.transaction(lambda conn: store.replace_all(conn, torn, None, NOW))

    assert await database.read(store.list_entries) == before
