"""All forms of the house: the one that takes orders, and those beside it, such as a return or a call-back.

`config/order_form.toml` is the main one; each further file of `config/forms` is one more. Two that share a key or a
command are refused at the start, like a form that cannot work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.orders.definition import FormBroken, FormDefinition, Kind, load
from bot.orders.status import ALL, OF_OTHERS, State


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms, the main one first; there may be none."""

    all: tuple[FormDefinition, ...] = ()

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return bool(self.all)

    def __iter__(self) -> Iterator[FormDefinition]:
        """Yield each form, the main one first."""
        return iter(self.all)

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The letters that numbers of what was made with them begin with."""
        return tuple(form.prefix for form in self.all)

    @property
    def main(self) -> FormDefinition | None:
        """Return the form that `/order` begins."""
        return self.all[0] if self.all else None

    def get(self, key: str) -> FormDefinition | None:
        """Return the form with this key, None when it is not there any more."""
        return next((form for form in self.all if form.key == key), None)

    def states(self, key: str) -> frozenset[State]:
        """Return what can become of what was made with a form; all states for one that is gone.

        Where its owner does not say: all states for the main form and those that sell something, `OF_OTHERS` else.
        """
        form = self.get(key)
        if form is None:
            return ALL
        sells = form is self.main or any(one.kind is Kind.ITEMS for one in form.fields)
        return form.states or (ALL if sells else OF_OTHERS)

    def by_command(self, command: str) -> FormDefinition | None:
        """Return the form that a command begins, without its slash; None for none."""
        return next((form for form in self.all if command and form.command == command), None)


def load_all(main: Path, folder: Path, taken: Iterable[str] = (), currency: str = "EUR") -> Forms:
    """Return the main form and those of a folder, by the names of their files; what is not there is left out.

    Args:
        main: the file of the main form.
        folder: holds one file `*.toml` for each further form.
        taken: commands that mean something else.
        currency: of all prices, ISO 4217.

    Raises:
        FormBroken: a file cannot be used, or shares its key or its command with another.
    """
    files = [*([main] if main.exists() else []), *sorted(folder.glob("*.toml"))]
    reserved, found = set(taken), list[FormDefinition]()
    for path in files:
        form = load(path, currency)
        if any(form.key == other.key for other in found):
            raise FormBroken(path, "key", 0, f"is {form.key!r}, which another form has already")
        if form.command and (form.command in reserved or any(form.command == other.command for other in found)):
            raise FormBroken(path, "command", 0, f"is /{form.command}, which means something else already")
        found.append(form)
    return Forms(tuple(found))
