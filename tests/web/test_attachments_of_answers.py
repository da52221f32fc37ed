"""Which files an entry can give to customers."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.handlers.attachments import for_customers


@pytest.mark.parametrize("name", ["settings.toml", "de.PO", "supportbot.db", ".env", ".keys/sizes.pdf", "../out.pdf"])
def test_no_entry_gives_a_customer_what_belongs_to_the_bot(tmp_path: Path, name: str) -> None:
    assert for_customers(tmp_path, name) is None


def test_a_link_that_leads_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "faq"
    inside.mkdir()
    (tmp_path / "prices.pdf").write_text("secret")
    (inside / "prices.pdf").symlink_to(tmp_path / "prices.pdf")

    assert for_customers(inside, "prices.pdf") is None


def test_any_other_file_of_the_folder_is_given(tmp_path: Path) -> None:
    assert for_customers(tmp_path, "sheets/sizes.pdf") == tmp_path / "sheets" / "sizes.pdf"
