"""All forms of the house: the one that takes orders, and those beside it, such as a return or a call-back.

`config/order_form.toml` is the main one; each further file of `config/forms` is one more. Two that share a key or a
command are refused at the start, like a form that cannot work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.orders.definition import FormDefinition, Kind, load
from bot.orders.status import ALL, OF_OTHERS, State
from bot.orders.toml_source import Mistakes, open_toml


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


def load_all(main: Path, folder: Path, taken: Collection[str] = (), currency: str = "EUR") -> Forms:
    """Return the main form and those of a folder, by the names of their files; what is not there is left out.

    Args:
        main: the file of the main form.
        folder: holds one file `*.toml` for each further form.
        taken: commands that mean something else.
        currency: of all prices, ISO 4217.

    Raises:
        FormBroken: a file cannot be used, or shares its key or its command with another; the mistakes of all are told.
    """
    files = [*([main] if main.exists() else []), *sorted(folder.glob("*.toml"))]
    found, wrong = list[FormDefinition](), Mistakes()
    for path in files:
        form = wrong.read(partial(load, path, currency), None)
        if form:
            wrong.read(partial(_refuse_double, path, form, found, taken), None)
            found.append(form)
    wrong.refuse()
    return Forms(tuple(found))


def _refuse_double(path: Path, form: FormDefinition, others: Sequence[FormDefinition], taken: Collection[str]) -> None:
    top = open_toml(path)
    if any(form.key == other.key for other in others):
        raise top.broken("key", f"is {form.key!r}, which another form has already; choose another")
    if form.command and form.command in {*taken, *(other.command for other in others)}:
        raise top.broken("command", f"is /{form.command}, which means something else already; choose another")
