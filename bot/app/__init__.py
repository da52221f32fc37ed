"""The composition root: builds the house from the settings, starts it, stops it, and owns all its tasks.

The web answers first; the Telegram driver, whose import takes seconds, comes in behind it. What waits in the inbox is
taken up at once, what is to be said waits in the outbox until the driver is there.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import import_module
from typing import IO, TYPE_CHECKING, Any

import structlog
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import i18n
from bot.app import first_faq, interpreter, looks, shop, upgrading
from bot.app.drivers import driver_of
from bot.channels import webchat
from bot.channels.telegram import bot_api
from bot.channels.telegram.channel import CallFailed, Paces, TelegramChannel
from bot.channels.telegram.webhook import Webhook
from bot.channels.webchat import WebChat
from bot.domain.conversation import Place
from bot.domain.people import Role
from bot.domain.ports import Capabilities, Connector, FileSource, TryLater
from bot.faq import glossary, knowledge_base as base
from bot.faq.knowledge_base import KnowledgeBase
from bot.handlers import goods, marks, topic_card, undelivered
from bot.handlers.dispatch import FrontDoor
from bot.handlers.house import Health, House
from bot.handoff import canned, rules, staff
from bot.logs import unwaited
from bot.messaging import events
from bot.messaging.connectors import AsChannel
from bot.messaging.delivery import DeliveryLoop
from bot.settings import Settings
from bot.storage.database import Database, connect, parse, sqlite_path
from bot.web import auth
from bot.web.server import WebServer

if TYPE_CHECKING:
    from bot.faq.matcher import Policy

log = structlog.get_logger()
LEAVE_WITHIN = 10.0
"""Seconds in which what has begun is finished when the house is told to stop."""
TRY_AGAIN = 5.0
LARGEST_UPDATE = 1024 * 1024
SECRET_HEADER = "x-telegram-bot-api-secret-token"  # noqa: S105 a header's name


@dataclass(frozen=True, slots=True)
class FirstPerson:
    """Somebody who works here from the start; kept in the database from then on."""

    telegram_id: int
    role: Role
    name: str = ""


def now() -> datetime:
    """Return the time, aware UTC; the only clock of a running house."""
    return datetime.now(UTC)


def build(settings: Settings, database: Database) -> House:
    """Put the house together; nothing is started or written.

    Raises:
        SupportbotError: a file of the config folder is broken.
    """
    hand_off = rules.load(settings.config / "handoff.toml")
    catalogues = i18n.load(settings.config / "locales", settings.languages)
    folder, health = settings.path(settings.faq.path), Health()
    shelf = shop.shelf_of(settings, database, health.alarms)
    house = House(
        settings=settings,
        database=database,
        clock=now,
        catalogues=catalogues,
        knowledge_base=KnowledgeBase(
            database,
            now,
            settings.languages,
            hand_off.hours.zone,
            policy=lambda: _policy(settings),
            encoder=settings.faq.encoder,
            cache=settings.root / "var" / "vectors",
            glossary=glossary.load(settings.config / "glossary.toml"),
            alarms=health.alarms,
        ),
        health=health,
        rules=hand_off,
        forms=shop.forms_of(settings, shelf),
        shelf=shelf,
        groups=[Place(bot_api.NAME, str(group)) for group in settings.telegram.operator_groups],
        faq_folder=folder if folder.is_dir() else folder.parent,
        capabilities=_capabilities(settings),
        keep_current=topic_card.kept_current,
        readers={bot_api.NAME: bot_api.read},
    )
    shelf.tell = partial(goods.tell_staff, house)
    return house


def _capabilities(settings: Settings) -> Mapping[str, Capabilities]:
    known = {webchat.NAME: webchat.CAPABILITIES}
    return known | ({bot_api.NAME: bot_api.CAPABILITIES} if settings.telegram.token.get_secret_value() else {})


def _policy(settings: Settings) -> Policy:
    from bot.faq.matcher import Policy

    policy = settings.faq.policy
    return Policy(policy.answer_precision, policy.suggest, policy.suggest_precision)


class App:
    """A running house."""

    def __init__(
        self, settings: Settings, people: Sequence[FirstPerson] = (), connectors: Sequence[Connector] = ()
    ) -> None:
        self.settings = settings
        self.people = people
        driver_of(settings)
        self._stop = asyncio.Event()
        self._driver_in = asyncio.Event()
        self._lock: IO[bytes] | None = None
        self.database = connect(settings.database_url)
        self.house = build(settings, self.database)
        page = WebChat(self._publish, fetch=self._fetch, keep=self._keep)
        self.house.channels[page.name] = page
        self.house.readers[page.name] = page.read
        for connector in connectors:
            self.house.connectors[connector.name] = connector
            self.house.channels[connector.name] = AsChannel(connector)
        self.door = FrontDoor(self.house)
        self.delivery = DeliveryLoop(
            database=self.database,
            channels=self.house.channels,
            clock=now,
            bell=self.house.outbox_bell,
            changed=self.house.events_bell,
            when_refused=lambda conn, delivery, error, when: undelivered.follow(
                self.house, conn, delivery, error, when
            ),
            when_arrived=lambda conn, delivery, receipt, when: marks.arrived(self.house, conn, delivery, receipt, when),
        )
        self.web: WebServer | None = None

    def stop(self) -> None:
        """Ask the house to stop; what has begun is finished."""
        self._stop.set()

    async def run(self, ready: Callable[[App], None] | None = None) -> None:
        """Open the house and keep it open until it is told to stop.

        Args:
            ready: called once the web answers.

        Raises:
            SupportbotError: it cannot open, or cannot go on, for a reason that the owner can mend.
        """
        asyncio.get_running_loop().set_exception_handler(unwaited)
        self._hold()
        try:
            token = self.settings.web.metrics_token.get_secret_value()
            self.web = WebServer(self.house, self._routes(), token)
            await upgrading.upgrade(self.settings, self.database, now)
            await self._furnish()
            await self._work(ready)
        finally:
            await self._leave()

    def _hold(self) -> None:
        url = parse(self.settings.database_url)
        if url.get_backend_name() == "sqlite":
            from bot.storage.sqlite import hold

            self._lock = hold(sqlite_path(url))

    def _routes(self) -> list[BaseRoute]:
        telegram = self.settings.telegram
        if telegram.mode != "webhook" or not telegram.token.get_secret_value():
            return []
        webhook = Webhook(
            telegram.webhook_secret.get_secret_value(), lambda: self._account, self.house.admit, self._polled
        )

        async def receive(request: Request) -> Response:
            secret = request.headers.get(SECRET_HEADER, "").encode("latin-1", "replace")
            return Response(status_code=await webhook.receive(secret, await request.body()))

        from urllib.parse import urlsplit

        return [Route(urlsplit(telegram.webhook_url).path or "/webhooks/telegram", receive, methods=["POST"])]

    @property
    def _account(self) -> str:
        return self.settings.telegram.token.get_secret_value().partition(":")[0]

    def _polled(self) -> None:
        self.house.health.polled_at[bot_api.NAME] = now()

    async def _furnish(self) -> None:
        """Put in what a new database needs: the FAQ of the files, the first people."""
        empty = await self.database.read(base.is_empty)
        entries = await asyncio.to_thread(first_faq.read, self.settings) if empty else []

        def furnish(conn: Connection) -> None:
            base.seed(conn, entries, now)
            staff.first_people(conn, self._first_people(), self.settings.languages[0], now())
            canned.seed(conn, self.house.rules.canned, now())

        await self.database.transaction(furnish)

    def _first_people(self) -> list[tuple[int, Role, str]]:
        named = self.settings.telegram
        roles = ((named.admins, Role.ADMIN), (named.managers, Role.MANAGER), (named.operators, Role.OPERATOR))
        listed = [(number, role, "") for numbers, role in roles for number in numbers]
        return [(person.telegram_id, person.role, person.name) for person in self.people] + listed

    async def _work(self, ready: Callable[[App], None] | None) -> None:
        assert self.web is not None  # noqa: S101 run() made it
        async with asyncio.TaskGroup() as tasks:
            started = [
                tasks.create_task(self.web.serve(), name="web"),
                tasks.create_task(self.door.run(), name="front door"),
                tasks.create_task(self.delivery.run(), name="delivery"),
            ]
            others = [tasks.create_task(self._faq(), name="faq")]
            others.append(tasks.create_task(self.house.shelf.run(), name="catalogue"))
            await self._web_answers(started[0])
            if ready:
                ready(self)
            others.append(tasks.create_task(self._clockwork(), name="jobs"))
            if self.settings.telegram.token.get_secret_value():
                others.append(tasks.create_task(self._telegram(), name="telegram"))
            else:
                self._driver_in.set()
                self.house.knowledge_base.calm.set()
            await self._stop.wait()
            await self._wind_up(started, others)

    async def _web_answers(self, serving: asyncio.Task[None]) -> None:
        assert self.web is not None  # noqa: S101 run() made it
        answers = asyncio.ensure_future(self.web.started.wait())
        await asyncio.wait({answers, serving}, return_when=asyncio.FIRST_COMPLETED)
        answers.cancel()

    async def _wind_up(self, finish: list[asyncio.Task[None]], end: list[asyncio.Task[None]]) -> None:
        """Take in nothing more, finish what has begun, then end the rest."""
        for task in end:
            task.cancel()
        self.house.knowledge_base.ready.set()  # whoever waits for the first index need not any more
        self.door.stop()
        self.delivery.stop()
        if self.web is not None:
            self.web.stop()
        _, late = await asyncio.wait(finish, timeout=LEAVE_WITHIN)
        for task in late:
            task.cancel()

    async def _faq(self) -> None:
        """Build the index when the driver's import is over: beside it both would take longer."""
        interpreter.take_short_turns()
        await self._driver_in.wait()
        await self.house.knowledge_base.run()

    async def _clockwork(self) -> None:
        await self.house.knowledge_base.calm.wait()
        interpreter.leave_alone_what_stays()
        jobs_room = await asyncio.to_thread(import_module, "bot.jobs")
        jobs = jobs_room.Jobs(self.house)
        jobs.start()
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            jobs.stop()

    async def _publish(self, chat: str, kind: str, body: Mapping[str, Any]) -> None:
        """Put something on a visitor's page: a row of events that its stream reads."""
        when = now()
        await self.house.change(lambda conn: events.append(conn, events.visitor_stream(chat), kind, body, when))

    async def _fetch(self, channel: str, file: str, most: int) -> bytes:
        """Fetch a file of one channel for another."""
        source: object = self.house.channels.get(channel)
        if not isinstance(source, FileSource):
            raise TryLater(f"{channel} is not there yet")
        return await source.fetch(file, most)

    async def _keep(self, key: str, content: bytes) -> None:
        await asyncio.to_thread(self.house.files.keep, key, content)

    async def _telegram(self) -> None:
        """Bring the driver in, then take updates until cancelled."""
        telegram = self.settings.telegram
        module, name = driver_of(self.settings)
        driver = getattr(await asyncio.to_thread(import_module, module), name)
        self._driver_in.set()
        caller = driver(telegram.token.get_secret_value(), telegram.api_base)
        paces = Paces(telegram.group_per_minute, telegram.chat_per_second, telegram.all_per_second)
        channel = TelegramChannel(caller, self._account, paces)
        try:
            await self._introduce(channel)
            icons_known = not self.house.groups or await channel.learn_icons(looks.ICONS_WITHIN)
            await self.delivery.add(channel)
            self.house.knowledge_base.calm.set()
            log.info("telegram_ready", driver=telegram.driver, mode=telegram.mode)
            async with asyncio.TaskGroup() as intake:  # nobody's question waits for a menu
                intake.create_task(looks.set_menus(self.house, channel), name="menus")
                if not icons_known:
                    intake.create_task(looks.learn_icons(channel), name="topic icons")
                if telegram.mode == "webhook":
                    await asyncio.get_running_loop().create_future()
                await channel.poll(self.house.admit, self._polled, self._alarm)
        finally:
            await channel.close()

    async def _introduce(self, channel: TelegramChannel) -> None:
        """Reach Telegram for the first time; a refused token ends the run, a network that is down does not."""
        telegram = self.settings.telegram
        while True:
            try:
                await channel.me()
                if telegram.mode == "webhook":
                    await channel.set_webhook(telegram.webhook_url, telegram.webhook_secret.get_secret_value())
            except CallFailed as error:
                self._alarm(f"Telegram cannot be reached: {error}")
                log.warning("telegram_not_reached", reason=str(error))
                self.house.knowledge_base.calm.set()
                await asyncio.sleep(TRY_AGAIN)
            else:
                self._alarm("")
                return

    def _alarm(self, text: str) -> None:
        alarms = self.house.health.alarms
        if text:
            if bot_api.NAME not in alarms:
                log.warning("telegram_alarm", reason=text)
            alarms[bot_api.NAME] = text
        else:
            alarms.pop(bot_api.NAME, None)

    async def _leave(self) -> None:
        self.house.knowledge_base.close()
        await self.database.close()
        if self._lock is not None:
            self._lock.close()

    async def sign_in_link(self) -> tuple[str, str]:
        """Return a one-time link into the console and whom it is for; an installation without people gets an owner."""
        when = now()

        def make(conn: Connection) -> tuple[str, str]:
            everybody = staff.everybody(conn)
            admins = [person for person in everybody if person.role is Role.ADMIN] or everybody
            if admins:
                person, name = admins[0].id, admins[0].name
            else:
                person, name = staff.add(conn, "Owner", Role.ADMIN, self.settings.languages[0], when), "Owner"
            return auth.link(self.address, auth.issue_link(conn, person, when)), name

        return await self.database.transaction(make)

    @property
    def address(self) -> str:
        """The web server's address as people here reach it."""
        web = self.settings.web
        if web.public_url:
            return web.public_url.rstrip("/")
        return f"http://{web.host}:{self.web.port if self.web else web.port}"
