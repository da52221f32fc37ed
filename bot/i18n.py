"""Every sentence the bot says: key + arguments + language -> text.

The sentences stand in `config/locales/LANGUAGE.po`, where an owner may change them. `texts("queue.place", n=3)` picks
the plural form that the language has for 3.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.domain.errors import SupportbotError


class CatalogueBroken(SupportbotError):
    """A file of sentences is missing or cannot be read."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(f"{file}: {why}; take the file from the release again, or correct it")


class Texts:
    """The sentences of one language."""

    def __init__(self, language: str, translations: gettext.GNUTranslations) -> None:
        self.language = language
        self._translations = translations

    def __call__(self, key: str, **values: Any) -> str:  # noqa: ANN401 whatever a sentence shows
        """Return a sentence with its values put in.

        Args:
            key: as in the catalogue, such as `start.welcome`.
            values: what the sentence names in braces; `n` also picks the plural form.
        """
        if "n" in values:
            sentence = self._translations.ngettext(key, key, int(values["n"]))
        else:
            sentence = self._translations.gettext(key)
        return sentence.format(**values) if values else sentence

    def knows(self, key: str) -> bool:
        """Return whether the catalogue has this sentence."""
        return self._translations.gettext(key) != key or self._translations.ngettext(key, key, 1) != key


class Catalogues(Mapping[str, Texts]):
    """The sentences of all languages; a language that is not there is answered by the first one."""

    def __init__(self, texts: Mapping[str, Texts]) -> None:
        self._texts = dict(texts)
        self.default = next(iter(self._texts))

    def __getitem__(self, language: str) -> Texts:
        return self._texts.get(language) or self._texts[self.default]

    def __contains__(self, language: object) -> bool:
        """Return whether there are sentences of a language itself; `Mapping` would ask `[]`, which answers for all."""
        return language in self._texts

    def __iter__(self) -> Any:  # noqa: ANN401 an iterator over the languages
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    def closest(self, tag: str) -> str:
        """Return the supported language nearest to an IETF tag: "de-AT" is served in "de", others by default."""
        language = tag.replace("_", "-").split("-")[0].lower()
        return language if language in self._texts else self.default


def load(folder: Path, languages: Sequence[str]) -> Catalogues:
    """Read the catalogues.

    Raises:
        CatalogueBroken: a file is missing or no PO file.
    """
    return Catalogues({language: _load(folder / f"{language}.po", language) for language in languages})


def _load(file: Path, language: str) -> Texts:
    from babel.messages.pofile import PoFileError

    try:
        return _read(file.read_bytes(), language)
    except FileNotFoundError:
        raise CatalogueBroken(file, f"there are no sentences for the language {language!r}") from None
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise CatalogueBroken(file, f"not readable as PO ({error})") from None


@lru_cache(maxsize=16)
def _read(source: bytes, language: str) -> Texts:
    """Return the sentences of a PO file; read once a process, for it takes a tenth of a second."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(source), locale=language, abort_invalid=True))
    compiled.seek(0)
    return Texts(language, gettext.GNUTranslations(compiled))


def clock_time(moment: datetime, zone: str, language: str) -> str:
    """Return the time of day in a zone: "9:00", "18:30"; the clock of 24 hours is understood in all languages."""
    from babel.dates import format_time

    return str(format_time(moment.astimezone(ZoneInfo(zone)), "H:mm", locale=language))


def day(value: date, language: str) -> str:
    """Return a date as it is said within a sentence: "Mon, November 23", "Mo., 23. November", "пн, 23 ноября"."""
    from babel.dates import format_date, get_date_format

    whole = get_date_format("full", locale=language).pattern  # CLDR has no such pattern without the year
    return str(format_date(value, re.sub(r"[,\s]*y.*$", "", whole).replace("EEEE", "EEE"), locale=language))


def whole_day(value: date, language: str) -> str:
    """Return a date that stands by itself, with weekday and year: "Thu, Dec 24, 2026", "Do., 24. Dez. 2026"."""
    from babel.core import Locale, UnknownLocaleError
    from babel.dates import format_skeleton

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return str(format_skeleton("yMMMEd", value, locale=locale))


def short_day(value: date, language: str) -> str:
    """Return a date of these weeks as a button shows it: "Thu, Dec 24", "Do., 24. Dez.", "чт, 24 дек."."""
    from babel.core import Locale, UnknownLocaleError
    from babel.dates import format_skeleton

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")
    return str(format_skeleton("MMMEd", value, locale=locale))


def day_and_time(moment: datetime, now: datetime, zone: str, texts: Texts) -> str:
    """Return when something is, as one says it: "today at 9:00", "tomorrow at 9:00", "Mon, November 23 at 9:00"."""
    local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    at = clock_time(moment, zone, texts.language)
    if local.date() == today:
        return texts("time.today_at", time=at)
    if local.date() == today + timedelta(days=1):
        return texts("time.tomorrow_at", time=at)
    return texts("time.day_at", day=day(local.date(), texts.language), time=at)
