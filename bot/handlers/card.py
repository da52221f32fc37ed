"""The customer card: what operators see first when a conversation comes to them.

"🟡 #12 Anna" as the topic's name; in it who she is, what the bot tried and how sure it was, and what was said so far.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.domain.message import Button, ContentKind, RichText, Rows, bold, join, plain, split
from bot.domain.people import Staff
from bot.faq import unanswered
from bot.faq.unanswered import Logged
from bot.handlers import draft_view, order_words, proposing
from bot.handlers.turn import Turn, rows
from bot.handoff import promises, queue, staff
from bot.handoff.promises import Promise, Step
from bot.handoff.ticket import State, Ticket
from bot.i18n import Texts, clock_time, whole_day
from bot.messaging import transcript
from bot.messaging.transcript import Line
from bot.orders import store as orders

SIGNS = {State.WAITING: "🟡", State.ASSIGNED: "🔵", State.WAITING_FOR_CUSTOMER: "🔵", State.CLOSED: "✅"}
STEPS = {Step.TOPIC: "⏰", Step.OPERATOR: "⚠️", Step.MANAGERS: "🚨"}
"""What stands before a promise of which half the time is over, all of it, and so much that the managers hear of it."""
LONGEST_NAME = 128
"""Characters of a topic's name, Bot API createForumTopic."""
HISTORY = 10
MESSAGES_OF_HISTORY = 3
LONGEST_CARD = 3900
MOST_COLLEAGUES = 20
LONGEST_LINE, LONGEST_OF_CUSTOMER = 500, 3000
"""Characters of one message in the card: what we said is known here, what the customer said is not."""


def topic_name(ticket: Ticket, name: str) -> str:
    """Return a topic's name: state, number, name."""
    shown = " ".join(name.split()) or "?"
    return f"{SIGNS[ticket.state]} #{ticket.id} {shown}"[:LONGEST_NAME]


def state_in(name: str) -> str:
    """Return the state that a topic's name tells, `order` when it is about no ticket."""
    return next((state.value for state, sign in SIGNS.items() if name.startswith(sign)), "order")


def buttons(ticket: Ticket, texts: Texts) -> Rows:
    """Return what can be done next with a ticket; what a button means stands in the database when it is pressed."""
    if not ticket.open:
        return ()
    claim = Button(texts("desk.button_claim"), f"claim:{ticket.id}")
    release = Button(texts("desk.button_release"), f"release:{ticket.id}")
    return rows(
        claim if ticket.state is State.WAITING else release,
        Button(texts("desk.button_close"), f"close:{ticket.id}"),
        Button(texts("desk.button_transfer"), f"to:{ticket.id}"),
        Button(texts("desk.button_level", level=ticket.level % 3 + 1), f"level:{ticket.id}:{ticket.level % 3 + 1}"),
        width=2,
    )


def offers(turn: Turn, ticket: Ticket) -> Rows:
    """Return all buttons of a ticket's card: what can be done next and, until somebody answers, proposed answers.

    To later words of the customer the proposals stand below the words; the card is not edited for each of them.
    """
    answered = ticket.answered_at is not None and ticket.answered_at >= ticket.opened_at
    proposed = () if answered else proposing.proposals_for(turn, ticket)
    return buttons(ticket, turn.desk_texts) + proposed


def colleagues(ticket: Ticket, people: Sequence[Staff], texts: Texts) -> Rows:
    """Return the buttons that give a ticket to one of the staff, with a way back."""
    found = [Button(person.name, f"to:{ticket.id}:{person.id}") for person in people[:MOST_COLLEAGUES]]
    return rows(*found, Button(texts("desk.button_back"), f"card:{ticket.id}"), width=2)


def head(turn: Turn, ticket: Ticket) -> RichText:
    """Return what the card says about a ticket and its customer."""
    texts, who, zone = turn.desk_texts, turn.conversation, ZoneInfo(turn.house.rules.hours.zone)
    lines = [
        bold(f"#{ticket.id} {who.name}") + (f" (@{who.username})" if who.username else ""),
        plain(_state(turn, ticket)),
        *[plain(line) for line in due(turn, ticket)],
        plain(texts("card.reason", reason=texts(f"reason.{ticket.reason.value}"))),
        plain(
            texts(
                "card.customer",
                channel=texts(f"channel.{who.place.channel}"),
                language=who.language,
                since=whole_day(who.since.astimezone(zone).date(), texts.language),
            )
        ),
        *[plain(line) for line in _marks(turn, ticket)],
    ]
    earlier = queue.count_of(turn.conn, who.id) - 1
    if earlier > 0:
        lines.append(plain(texts("card.earlier", n=earlier)))
    lines += [
        plain(
            order_words.sentence(
                *(turn.house, texts, order.form, "card.order"),
                number=order.number,
                state=order_words.for_staff(turn.house, texts, order),
            )
        )
        for order in orders.of_customer(turn.conn, who.id, 1)
    ]
    return join([*lines, *draft_view.on_card(turn, texts), *_tried(unanswered.lately(turn.conn, who.id, 1), texts)])


def _state(turn: Turn, ticket: Ticket) -> str:
    texts, zone = turn.desk_texts, turn.house.rules.hours.zone
    names = staff.names(turn.conn)
    if ticket.closed_at and not ticket.open:
        by = names.get(ticket.closed_by or 0, "")
        closed = texts("card.closed", time=_moment(ticket.closed_at, zone, texts))
        return f"{closed} · {by}" if by else closed
    if ticket.state is State.WAITING:
        return texts("card.waits", time=_moment(ticket.opened_at, zone, texts))
    return texts("card.has_it", name=names.get(ticket.staff_id or 0, "?"))


def due(turn: Turn, ticket: Ticket) -> Iterator[str]:
    """Yield what is owed to the customer next, and when; the solution when no answer is owed, or when it is late."""
    sla, texts, waits = turn.house.rules.sla, turn.desk_texts, promises.running(ticket)
    promised, hours = sla.promises_of(ticket.team, ticket.level), sla.hours_of(ticket.team)
    answer_owed = False
    for promise in (one for one in Promise if one in waits):
        found = promises.standing(promise, waits[promise], promised, hours, turn.now)
        if found is None:
            continue
        moment, step = found
        if promise is Promise.RESOLUTION and answer_owed and step is None:
            continue
        answer_owed = True
        late, zone = moment <= turn.now, ZoneInfo(hours.zone)
        brief = not late and moment.astimezone(zone).date() == turn.now.astimezone(zone).date()
        time = clock_time(moment, hours.zone, texts.language) if brief else _moment(moment, hours.zone, texts)
        sign = f"{STEPS[step]} " if step else ""
        yield sign + texts(f"card.{'was_due' if late else 'due'}_{promise.value}", time=time)


def _moment(moment: datetime, zone: str, texts: Texts) -> str:
    local = moment.astimezone(ZoneInfo(zone))
    return f"{whole_day(local.date(), texts.language)}, {clock_time(moment, zone, texts.language)}"


def _team(turn: Turn, key: str) -> str:
    team = turn.house.rules.teams.get(key)
    return team.name if team and team.name else key


def _marks(turn: Turn, ticket: Ticket) -> Iterator[str]:
    """Yield what staff put on a ticket, how its customer can be reached, and what stands in the way."""
    texts, who = turn.desk_texts, turn.conversation
    marks = [texts("card.level", level=ticket.level)] if ticket.level > 1 else []
    if ticket.team:
        marks.append(texts("card.team", team=_team(turn, ticket.team)))
    if ticket.priority:
        marks.append(texts("card.priority", priority=texts(f"priority.{ticket.priority}")))
    if ticket.skill:
        marks.append(texts("card.skill", skill=ticket.skill))
    if marks or ticket.tags:
        yield " · ".join([*marks, *(f"#{tag}" for tag in ticket.tags)])
    if who.phone:
        yield texts("card.phone", phone=who.phone)
    if who.email:
        yield texts("card.email", email=who.email)
    if who.blocked:
        yield texts("card.blocked")
    if who.banned:
        yield texts("card.banned")


def _tried(lately: Sequence[Logged], texts: Texts) -> list[RichText]:
    if not lately or not lately[0].candidates:
        return []
    last = lately[0]
    near = [(key, sure) for key, sure in last.candidates if last.decision != "answer" or key == last.entry]
    shown = ", ".join(f"{key} {round(sure * 100)} %" for key, sure in near or last.candidates)
    known = {"answer": "card.answered", "suggest": "card.offered"}
    return [plain(texts(known.get(last.decision, "card.tried"), candidates=shown))]


def fitted(head: RichText, lines: Sequence[RichText]) -> RichText:
    """Return head and history in one message: the oldest lines go first when there is no room."""
    kept = list(lines)
    while len(kept) > 1:
        whole = join([head, plain(""), *kept])
        if len(whole.text) <= LONGEST_CARD // 2 or len(split(whole, LONGEST_CARD)) == 1:
            return whole
        kept.pop(1)
    return split(head, LONGEST_CARD)[0]


def so_far(turn: Turn, most: int = HISTORY) -> list[RichText]:
    """Return the last lines of a conversation as they stand below the card."""
    said = _lines(turn.conn, transcript.last(turn.conn, turn.conversation.id, most), turn.desk_texts)
    return [bold(turn.desk_texts("card.history")), *said] if said else []


def history(conn: Connection, conversation: int, texts: Texts, most: int = 20) -> RichText:
    """Return the last lines of a conversation for staff to read, in three messages at most; the oldest go first."""
    lines = _lines(conn, transcript.last(conn, conversation, most), texts)
    if not lines:
        return plain(texts("card.no_history"))
    return join(split(join(lines), LONGEST_CARD)[-MESSAGES_OF_HISTORY:])


def _lines(conn: Connection, said: Sequence[Line], texts: Texts) -> list[RichText]:
    names = staff.names(conn)
    return [_line(line, names.get(line.staff_id or 0, ""), texts) for line in said]


def _line(line: Line, name: str, texts: Texts) -> RichText:
    who = name or texts(f"author.{line.author}")
    gone = f"[{texts('card.taken_back')}] " if line.deleted_at is not None else ""
    what = gone + shown(line.content.kind, texts) + line.content.text.text
    most = LONGEST_OF_CUSTOMER if line.author == transcript.CUSTOMER else LONGEST_LINE
    return bold(f"{who}: ") + (what if len(what) <= most else what[:most] + "…")


def shown(kind: ContentKind, texts: Texts) -> str:
    """Return what stands for something that is no text: "[photo] "."""
    return "" if kind is ContentKind.TEXT else f"[{texts(f'kind.{kind.value}')}] "
