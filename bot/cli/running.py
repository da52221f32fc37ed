"""`supportbot run`, `sandbox` and `check`."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bot import settings as configuration
from bot.cli.common import Flag, Json, do, say, show
from bot.domain.errors import SupportbotError
from bot.settings import Settings

if TYPE_CHECKING:
    from bot.app import App, FirstPerson

_FURTHER = 10
"""How far away the port is that is named as an example."""


class _InUse(SupportbotError):
    """Another program listens where we should, likely one of us."""

    def __init__(self, section: str, host: str, port: int) -> None:
        other = port + _FURTHER if port < 2**16 - _FURTHER else port - _FURTHER
        super().__init__(
            f"{section}.port: {host}:{port} is in use, perhaps by a Supportbot that runs already; stop that one, or "
            f"give this one another port, as {configuration.PREFIX}{section.upper()}__PORT={other}"
        )


def run_bot(*, sandbox: Flag = False) -> int:
    """Run the front desk until it is stopped.

    Parameters
    ----------
    sandbox
        Serve a Telegram stand-in beside it, with people to play; no account and no token needed.
    """
    settings = configuration.load()
    return do(_run_sandbox(settings) if sandbox else _run(settings, ()))


async def _run(settings: Settings, people: Sequence[FirstPerson], sandbox: str = "") -> int:
    import structlog

    from bot.app import App
    from bot.app.logs import configure_logs

    configure_logs(settings)
    log = structlog.get_logger()
    app = App(settings, people)
    asked: list[str] = []
    _stop_on_signals(app.stop, asked)
    welcome: list[asyncio.Task[None]] = []

    def ready(app: App) -> None:
        welcome.append(asyncio.get_running_loop().create_task(_welcome(app, sandbox)))

    try:
        await app.run(ready)
    except BaseException as error:
        fault = _told(_first(error))
        if not isinstance(fault, SupportbotError):
            log.info("stopped", because=f"of a fault, {type(fault).__name__}")  # its words may hold anything
            raise
        if settings.log.format == "json":  # a log that programs read has the sentence as its last line
            log.error("stopped", because=str(fault))  # noqa: TRY400 a sentence for the owner, no traceback
            return fault.exit_code
        raise fault from None
    log.info("stopped", because=f"{asked[0]} was received" if asked else "nothing was left to do")
    return 0


def _first(error: BaseException) -> BaseException:
    """Return what was raised first, an error of our own if there is one among several."""
    if isinstance(error, BaseExceptionGroup):
        return _first((error.subgroup(SupportbotError) or error).exceptions[0])
    return error


def _told(error: BaseException) -> BaseException:
    """Return an error as the command tells it: a port in use with the variable that gives another."""
    from bot.web.server import PortInUse

    if isinstance(error, PortInUse) and "is in use" in str(error):
        return _InUse("web", error.host, error.port)
    return error


def _stop_on_signals(stop: Callable[[], None], asked: list[str] | None = None) -> None:
    """Stop when the process is asked to end; the signals' names are noted in `asked`."""
    loop = asyncio.get_running_loop()

    def received(number: signal.Signals) -> None:
        if asked is not None:
            asked.append(number.name)
        stop()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, received, number)


async def _welcome(app: App, sandbox: str) -> None:
    """Print the links."""
    link, name = await app.sign_in_link()
    lines = [
        "Supportbot is open.",
        f"  Chat as a customer      {app.address}/chat",
        f"  Work as an operator     {link}  (signs in {name}, once)",
    ]
    if sandbox:
        lines.append(f"  Play Telegram           {sandbox}/")
    elif not app.settings.telegram.token.get_secret_value():
        lines.append("  Telegram is off: set telegram.token in config/settings.toml, or run with --sandbox.")
    say("\n".join(lines))


async def _run_sandbox(settings: Settings) -> int:
    from bot import sandbox
    from bot.app import FirstPerson
    from bot.domain.people import Role

    people = [
        FirstPerson(person.id, Role(person.role), person.first_name)
        for role in ("admin", "operator")
        for person in sandbox.people(role)
    ]
    state = settings.path(settings.sandbox.state)
    state.parent.mkdir(parents=True, exist_ok=True)
    async with contextlib.AsyncExitStack() as stack:
        try:
            served = await stack.enter_async_context(sandbox.running("127.0.0.1", settings.sandbox.port, state))
        except (OSError, ValueError) as error:
            raise _not_served(settings.sandbox.port, error) from None
        return await _run(_with_sandbox(settings, served.url), people, served.url)


def _with_sandbox(settings: Settings, url: str) -> Settings:
    """Return the settings with Telegram pointed at the stand-in."""
    from pydantic import SecretStr

    from bot import sandbox

    telegram = settings.telegram.model_copy(
        update={
            "token": SecretStr(sandbox.DEFAULT_TOKEN),
            "api_base": url,
            "mode": "polling",
            "operator_groups": (sandbox.GROUP_ID,),
            "operators": (),
            "admins": (),
            "managers": (),
        }
    )
    return settings.model_copy(update={"telegram": telegram})


def sandbox_alone(*, port: int | None = None, state: Path | None = None) -> int:
    """Serve the Telegram stand-in alone.

    Parameters
    ----------
    port
        To listen on; sandbox.port when not given.
    state
        File that keeps its chats; sandbox.state when not given.
    """
    settings = configuration.load()
    return do(_serve_sandbox(settings, settings.sandbox.port if port is None else port, state))


async def _serve_sandbox(settings: Settings, port: int, state: Path | None) -> int:
    from bot import sandbox

    file = state or settings.path(settings.sandbox.state)
    file.parent.mkdir(parents=True, exist_ok=True)
    stop = asyncio.Event()
    _stop_on_signals(stop.set)
    try:
        async with sandbox.running("127.0.0.1", port, file) as served:
            say(f"The sandbox serves on {served.url}; token {sandbox.DEFAULT_TOKEN}, group {sandbox.GROUP_ID}.")
            await stop.wait()
    except (OSError, ValueError) as error:
        raise _not_served(port, error) from None
    return 0


def check(*, as_json: Json = False) -> int:
    """Check settings, FAQ, database, token and operator groups; each line is ok or says what to do."""
    from bot.cli import checkup

    settings = configuration.load()
    findings = asyncio.run(checkup.everything(settings))
    body = [{"what": one.what, "ok": one.ok, "text": one.text} for one in findings]
    lines = [f"{'ok   ' if one.ok else 'ERROR'} {one.what}: {one.text}" for one in findings]
    show(body, lambda: "\n".join(lines), as_json=as_json)
    return 0 if all(one.ok for one in findings) else 1


def _not_served(port: int, error: OSError | ValueError) -> SupportbotError:
    """Return why the sandbox cannot be served, and what to do."""
    if isinstance(error, OSError) and error.errno == errno.EADDRINUSE:
        return _InUse("sandbox", "127.0.0.1", port)
    return SupportbotError(f"sandbox.port: {port}: {error}; set another sandbox.port or sandbox.state")
