"""`supportbot operator …`: the people who answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from cyclopts import App as Command

from bot import settings as configuration
from bot.cli.common import Json, do, opened, say, show
from bot.domain.errors import SupportbotError

if TYPE_CHECKING:
    from bot.domain.people import Staff


class NotOne(SupportbotError):
    """A name stands for nobody, or for several."""

    def __init__(self, name: str, found: Sequence[Staff], everybody: Sequence[Staff]) -> None:
        if found:
            several = ", ".join(f"{one.name} ({one.telegram_id or 'no Telegram id'})" for one in found)
            super().__init__(f"{name!r} may be any of {several}; give the whole name or the Telegram id")
        elif everybody:
            names = ", ".join(one.name for one in everybody)
            super().__init__(f"nobody is called {name!r} here; those who work here: {names}")
        else:
            super().__init__(f"nobody is called {name!r}; nobody works here yet, see supportbot operator add --help")


operator = Command(name="operator", help="The people who answer.")


@operator.command(name="list")
def operator_list(*, as_json: Json = False) -> int:
    """Show who works here."""

    async def work() -> int:
        from bot.handoff import staff

        async with opened(configuration.load()) as database:
            people = await database.read(staff.everybody)
        body = [
            {
                "id": one.id,
                "name": one.name,
                "role": one.role.value,
                "telegram": one.telegram_id,
                "away": one.away,
                "language": one.language,
                "team": one.team,
                "level": one.level,
                "skills": list(one.skills),
                "languages": list(one.languages),
                "capacity": one.capacity,
            }
            for one in people
        ]
        show(body, lambda: "\n".join(map(_line, people)), as_json=as_json)
        return 0

    return do(work())


def _line(one: Staff) -> str:
    """Return what is known of somebody, what is not set left out."""
    known = [
        f"Telegram {one.telegram_id}" if one.telegram_id else "console only",
        f"team {one.team}" if one.team else "",
        f"L{one.level}",
        f"languages {', '.join(one.languages)}" if one.languages else "",
        f"skills {', '.join(one.skills)}" if one.skills else "",
        f"at most {one.capacity}" if one.capacity is not None else "",
        "away" if one.away else "",
    ]
    return f"{one.id}  {one.role.value:<8}  {one.name}  ({' · '.join(filter(None, known))})"


@operator.command(name="add")
def operator_add(
    name: str, *, telegram: int | None = None, role: Literal["operator", "manager", "admin"] = "operator"
) -> int:
    """Add a person.

    Parameters
    ----------
    name
        As customers and colleagues see it.
    telegram
        Telegram user id; without one the person works in the console only.
    role
        What the person may do.
    """

    async def work() -> int:
        from bot.app import now
        from bot.domain.people import Role
        from bot.handoff import staff

        settings = configuration.load()
        number = str(telegram) if telegram is not None else None
        async with opened(settings) as database:
            if await database.read(lambda conn: staff.by_telegram(conn, number or "-")):
                raise SupportbotError(f"somebody with the Telegram id {number} works here already; see operator list")
            language = settings.languages[0]
            await database.transaction(lambda conn: staff.add(conn, name, Role(role), language, now(), number))
        say(f"{name} works here now ({role}).")
        return 0

    return do(work())


@operator.command(name="set")
def operator_set(
    name: str,
    *,
    team: str | None = None,
    level: Literal["1", "2", "3"] | None = None,
    skills: str | None = None,
    languages: str | None = None,
    language: str | None = None,
    capacity: int | None = None,
) -> int:
    """Say what a person can take; what is not named stays as it is.

    Parameters
    ----------
    name
        The name or the Telegram id.
    team
        A team of config/handoff.toml; "" for none: a generalist takes any team's chats.
    level
        Up to which level chats come to the person.
    skills
        What they know beside their team, with commas between; "" for nothing.
    languages
        Codes of the languages they speak, with commas between; "" for all.
    language
        Code of the language in which the bot and the console speak to them.
    capacity
        Chats at a time that are given to them.
    """
    lists = {"skills": skills, "languages": languages}
    values: dict[str, object] = {
        key: [word for one in text.split(",") if (word := one.strip())]
        for key, text in lists.items()
        if text is not None
    }
    values |= {"team": team} if team is not None else {}
    values |= {"level": int(level)} if level is not None else {}
    values |= {"language": language} if language is not None else {}
    values |= {"capacity": capacity} if capacity is not None else {}
    return do(_set(name, values))


async def _set(name: str, values: dict[str, object]) -> int:
    from bot.handoff import rules, staff

    settings = configuration.load()
    teams = rules.load(settings.config / "handoff.toml").teams
    if values.get("team") and values["team"] not in teams:
        known = ", ".join(teams) or "none yet"
        raise SupportbotError(f"there is no team {values['team']!r} in config/handoff.toml; known are: {known}")
    if "language" in values and values["language"] not in settings.languages:
        raise SupportbotError(f"no language {values['language']!r} here; known are: {', '.join(settings.languages)}")
    if not values:
        raise SupportbotError("nothing to set; see supportbot operator set --help")
    async with opened(settings) as database:
        found = await database.read(lambda conn: staff.found(conn, name))
        if len(found) != 1:
            raise NotOne(name, found, await database.read(staff.everybody))
        await database.transaction(lambda conn: staff.change(conn, found[0].id, **values))
    say(f"{found[0].name}: {', '.join(f'{key} = {value}' for key, value in values.items())}")
    return 0


@operator.command(name="disable")
def operator_disable(name: str) -> int:
    """Take all rights from a person at once; the running bot puts their chats back into the queue.

    Parameters
    ----------
    name
        The name or the Telegram id.
    """
    return do(_with_person(name, "disable"))


@operator.command(name="sign-in")
def operator_sign_in(name: str) -> int:
    """Print a one-time link into the console for a person.

    Parameters
    ----------
    name
        The name or the Telegram id.
    """
    return do(_with_person(name, "sign-in"))


async def _with_person(name: str, what: Literal["disable", "sign-in"]) -> int:
    from bot.app import now
    from bot.handlers import people
    from bot.handoff import staff
    from bot.web import auth

    settings = configuration.load()
    async with opened(settings) as database:
        found = await database.read(lambda conn: staff.found(conn, name))
        if len(found) != 1:
            raise NotOne(name, found, await database.read(staff.everybody))
        person = found[0]
        if what == "disable":
            await database.transaction(lambda conn: people.disable(conn, person, auth.end_all))
            say(f"{person.name} has no rights any more.")
            return 0
        token = await database.transaction(lambda conn: auth.issue_link(conn, person.id, now()))
    web = settings.web
    say(auth.link(web.public_url.rstrip("/") or f"http://{web.host}:{web.port}", token))
    return 0
