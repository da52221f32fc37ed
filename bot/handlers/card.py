"""The customer card: what operators see first when a conversation comes to them.

"🟡 #12 Anna" as the topic's name; in it who she is, what the bot tried and how sure it was, and what was said so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.domain.message import Button, ContentKind, RichText, Rows, bold, join, plain, rows_to_json, split
from bot.domain.ports import Act, Outgoing
from bot.faq import unanswered
from bot.faq.unanswered import Logged
from bot.handlers.turn import Saying, Sayings, Turn, rows
from bot.handoff import queue, staff
from bot.handoff.ticket import State, Ticket
from bot.i18n import Texts, whole_day
from bot.messaging import outbox, transcript
from bot.messaging.transcript import Line
from bot.orders import store as orders
from bot.storage import schema

SIGNS = {State.WAITING: "🟡", State.ASSIGNED: "🔵", State.WAITING_FOR_CUSTOMER: "🔵", State.CLOSED: "✅"}
SOUGHT = 300
"""Lines of the bot in a topic among which the card is looked for."""
LONGEST_NAME = 128
"""Characters of a topic's name, Bot API createForumTopic."""
HISTORY = 10
LONGEST_CARD = 3900
_OUT, _RECEIPTS = schema.outbox, schema.receipts
LONGEST_LINE, LONGEST_OF_CUSTOMER = 500, 3000
"""Characters of one message in the card: what we said is known here, what the customer said is not."""


def topic_name(ticket: Ticket, name: str) -> str:
    """Return a topic's name: state, number, name."""
    shown = " ".join(name.split()) or "?"
    return f"{SIGNS[ticket.state]} #{ticket.id} {shown}"[:LONGEST_NAME]


def buttons(ticket: Ticket, texts: Texts) -> Rows:
    """Return what can be done next with a ticket."""
    if ticket.state is State.WAITING:
        return rows(
            Button(texts("desk.button_claim"), f"claim:{ticket.id}"),
            Button(texts("desk.button_close"), f"close:{ticket.id}"),
            width=2,
        )
    if ticket.open:
        return rows(
            Button(texts("desk.button_release"), f"release:{ticket.id}"),
            Button(texts("desk.button_close"), f"close:{ticket.id}"),
            width=2,
        )
    return ()


def standing(turn: Turn, ticket: Ticket) -> tuple[int, str] | None:
    """Return our id and the channel's id of the message in the topic that is the ticket's card now.

    The channel's id is empty while the card is on its way. None where there is no topic, or no card within `SOUGHT`.
    """
    topic = turn.topic()
    if topic is None:
        return None
    query = (
        select(_OUT.c.id, _OUT.c.body, _RECEIPTS.c.external_id)
        .outerjoin(_RECEIPTS, _RECEIPTS.c.outbox_id == _OUT.c.id)
        .where(_OUT.c.conversation_id == turn.conversation.id, _OUT.c.topic_id == topic.id)
        .where(_OUT.c.act == Act.SAY.value, _OUT.c.author == outbox.SYSTEM)
    )
    for row in turn.conn.execute(query.order_by(_OUT.c.id.desc()).limit(SOUGHT)):
        actions = [button[1] for line in row.body.get("buttons", []) for button in line]
        if f"close:{ticket.id}" in actions:
            return row.id, row.external_id or ""
    return None


def renewed(turn: Turn, ticket: Ticket) -> Sayings:
    """Return the change that lets the card offer what can be done next, wherever the ticket was changed."""
    found = standing(turn, ticket)
    if found is None:
        return []
    change = Outgoing(Act.EDIT_BUTTONS, {"buttons": rows_to_json(buttons(ticket, turn.desk_texts))})
    return [Saying(change, desk=True, author=outbox.SYSTEM, target=found[0])]


def card(turn: Turn, ticket: Ticket) -> RichText:
    """Return the card of a ticket with the history below it; fits into one message."""
    texts, who, zone = turn.desk_texts, turn.conversation, ZoneInfo(turn.house.rules.hours.zone)
    head = [
        bold(f"#{ticket.id} {who.name}") + (f" (@{who.username})" if who.username else ""),
        plain(texts("card.reason", reason=texts(f"reason.{ticket.reason.value}"))),
        plain(
            texts(
                "card.customer",
                channel=texts(f"channel.{who.place.channel}"),
                language=who.language,
                since=whole_day(who.since.astimezone(zone).date(), texts.language),
            )
        ),
    ]
    if who.phone:
        head.append(plain(texts("card.phone", phone=who.phone)))
    earlier = queue.count_of(turn.conn, who.id) - 1
    if earlier > 0:
        head.append(plain(texts("card.earlier", n=earlier)))
    head += [plain(texts("card.order", number=order.number)) for order in orders.of_customer(turn.conn, who.id, 1)]
    head += _tried(unanswered.lately(turn.conn, who.id, 1), texts)
    history = transcript.last(turn.conn, who.id, HISTORY)
    lines = [bold(texts("card.history")), *_lines(turn.conn, history, texts)] if history else []
    return _fitted(join(head), lines)


def _tried(lately: Sequence[Logged], texts: Texts) -> list[RichText]:
    if not lately or not lately[0].candidates:
        return []
    shown = ", ".join(f"{key} {round(confidence * 100)} %" for key, confidence in lately[0].candidates)
    return [plain(texts("card.tried", candidates=shown))]


def _fitted(head: RichText, lines: Sequence[RichText]) -> RichText:
    """Return head and history in one message: the oldest lines go first when there is no room."""
    kept = list(lines)
    while len(kept) > 1:
        whole = join([head, plain(""), *kept])
        if len(whole.text) <= LONGEST_CARD // 2 or len(split(whole, LONGEST_CARD)) == 1:
            return whole
        kept.pop(1)
    return split(head, LONGEST_CARD)[0]


def history(conn: Connection, conversation: int, texts: Texts, most: int = 20) -> RichText:
    """Return the last lines of a conversation for staff to read."""
    lines = _lines(conn, transcript.last(conn, conversation, most), texts)
    return split(join(lines), LONGEST_CARD)[-1] if lines else plain(texts("card.no_history"))


def _lines(conn: Connection, said: Sequence[Line], texts: Texts) -> list[RichText]:
    names = staff.names(conn)
    return [_line(line, names.get(line.staff_id or 0, ""), texts) for line in said]


def _line(line: Line, name: str, texts: Texts) -> RichText:
    who = name or texts(f"author.{line.author}")
    what = shown(line.content.kind, texts) + line.content.text.text
    most = LONGEST_OF_CUSTOMER if line.author == transcript.CUSTOMER else LONGEST_LINE
    return bold(f"{who}: ") + (what if len(what) <= most else what[:most] + "…")


def shown(kind: ContentKind, texts: Texts) -> str:
    """Return what stands for something that is no text: "[photo] "."""
    return "" if kind is ContentKind.TEXT else f"[{texts(f'kind.{kind.value}')}] "
