"""What other systems hear of an order: an event for each connector, through the outbox, in the same transaction.

Anna confirms S-1042. The shop's CRM is down; the event waits for it as a message waits for a messenger, in order, and
a day at most. Where no connector is registered nothing is written.
"""

from __future__ import annotations

from bot.domain.conversation import Place
from bot.domain.ports import Act, Outgoing
from bot.handlers.turn import Turn
from bot.messaging import outbox
from bot.messaging.outbox import Posting
from bot.orders.store import Order

LANE = "orders"
"""Where events about orders go within a connector: they keep their order."""


def happened(turn: Turn, what: str, order: Order, before: str = "") -> None:
    """Let the connectors know of an order.

    Args:
        turn: in which it happened.
        what: `made`, `state` or `changed`.
        order: as it stands now.
        before: the state that it had, for `state`.
    """
    body = {
        "event": f"order.{what}",
        "number": order.number,
        "state": order.state,
        "before": before,
        "form": order.form,
        "answers": dict(order.answers),
        "total": order.total,
        "currency": order.currency,
        "tracking": order.tracking,
        "customer": order.customer_id,
        "conversation": order.conversation_id,
        "made_at": order.created_at.isoformat(),
        "at": turn.now.isoformat(),
    }
    event = Outgoing(Act.EVENT, body)
    outbox.put(
        turn.conn, [Posting(Place(name, LANE), event, outbox.SYSTEM) for name in turn.house.connectors], turn.now
    )
