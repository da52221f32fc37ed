"""What goes next: of the first rows of all lanes those that are due, in the order in which they may go.

Olga's group has used up its minute. Her button stops spinning all the same: what is no message needs none of it. The
lines of chats that somebody has go first, then those of Boris, whom nobody has taken, then the changes of cards. Of six
sends one is for who was overtaken for two minutes: so Boris waits longer than Anna, but never for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, case, func, or_, select

from bot.domain.ports import Act
from bot.storage import schema
from bot.storage.columns import spelt

PENDING, SENDING, SYSTEM = "pending", "sending", "system"
IN_THE_LOOKS_LANE = frozenset({Act.EDIT, Act.PIN, Act.EDIT_TOPIC})
"""What, by the system in a topic, changes only how the topic looks."""
OVERTAKEN_AT_MOST = timedelta(minutes=2)
"""So long all lines of chats that somebody has go before a line of one that waits; then it gets its share."""
LOOKS_WAIT_AT_MOST = timedelta(minutes=1)
"""So long changes of a card or a name let all lines of their group pass; then they get their share."""
SHARE = 6
"""Of so many sends into the topics of a group one is for who was overtaken for long: 3 of the 18 of a minute."""
AT_ONCE, OVERTAKEN, CLAIMED, UNCLAIMED, LOOKS_ONLY = -2, -1, 0, 1, 2
"""When a row goes among those that may; within each the oldest first."""
FIRST = AT_ONCE, 0
"""The place before all rows."""

_O, _T, _R = schema.outbox, schema.topics, schema.receipts


STILL_OPEN = _O.c.state.in_([spelt(PENDING), spelt(SENDING)])
"""What still has to go; the words of the index `ix_outbox_due`, without which each look would read the whole table."""
STILL_WAITS = STILL_OPEN & (_O.c.state == spelt(PENDING))
"""What has not been taken up; the words of the same index."""
ANSWERS = _O.c.act.in_([spelt(act.value) for act in (Act.ANSWER_PRESS, Act.ANSWER_SEARCH, Act.SET_COMMANDS, Act.REACT)])
"""What is over once it is settled; the words of the index `ix_outbox_answers`."""
LOOKS = _O.c.topic_id.is_not(None) & _O.c.act.in_(
    [spelt(act.value) for act in (Act.EDIT, Act.EDIT_TOPIC, Act.EDIT_BUTTONS, Act.PIN)]
)
"""What has changed how a topic looks; the words of the index `ix_outbox_looks`."""
_HEADS = select(func.min(_O.c.id).label("head")).where(STILL_OPEN).group_by(_O.c.lane).subquery()
_TARGET, _QUOTED, _BEFORE = _R.alias("target"), _R.alias("quoted"), _O.alias("before")
WITH_NEIGHBOURS = (
    select(
        _O, _T.c.thread, _TARGET.c.external_id.label("target_message"), _QUOTED.c.external_id.label("quoted_message")
    )
    .outerjoin(_T, _T.c.id == _O.c.topic_id)
    .outerjoin(_TARGET, _TARGET.c.outbox_id == _O.c.target_id)
    .outerjoin(_QUOTED, (_QUOTED.c.outbox_id == _O.c.quote_id) & (_QUOTED.c.chat == _O.c.chat))
)
_LOOKS_ONLY = _O.c.topic_id.is_not(None) & (_O.c.author == SYSTEM) & _O.c.act.in_(sorted(IN_THE_LOOKS_LANE))
_LONG = or_(
    _LOOKS_ONLY & (_O.c.created_at <= bindparam("looks_since")),
    ~_LOOKS_ONLY & _T.c.attended.is_(False) & (_O.c.created_at <= bindparam("waiting_since")),
)
_NO_MESSAGE = _O.c.act.in_((Act.ANSWER_PRESS.value, Act.ANSWER_SEARCH.value)) | (
    (_O.c.act == Act.REACT.value) & _O.c.target_id.is_(None)
)
"""What has a lane of its own because somebody looks at their screen for it, and takes nothing of a group's minute."""
_GOES = case(
    (_NO_MESSAGE, AT_ONCE),
    (_O.c.topic_id.is_(None), CLAIMED),
    (_LONG & _O.c.chat.in_(bindparam("owing", expanding=True)), OVERTAKEN),
    (_LOOKS_ONLY, LOOKS_ONLY),
    (_T.c.attended.is_(False), UNCLAIMED),
    else_=CLAIMED,
)
_READY = or_(_BEFORE.c.id.is_(None), _BEFORE.c.state.not_in((PENDING, SENDING)))
"""What it changes is there, or never will be."""
_OPENED = or_(_O.c.act != Act.EDIT_TOPIC.value, _T.c.thread != "", _T.c.state != "opening")
_DUE = (
    WITH_NEIGHBOURS.add_columns(_GOES.label("goes"))
    .join(_HEADS, _HEADS.c.head == _O.c.id)
    .outerjoin(_BEFORE, _BEFORE.c.id == _O.c.target_id)
    .where(_O.c.state == spelt(PENDING), _O.c.not_before <= bindparam("now"), _READY, _OPENED)
    .where(or_(bindparam("goes_after") < _GOES, and_(bindparam("goes_after") == _GOES, _O.c.id > bindparam("after"))))
    .where(_O.c.channel.in_(bindparam("channels", expanding=True)))
    .where(_O.c.chat.not_in(bindparam("passed_over", expanding=True)))
    .order_by(_GOES, _O.c.id)
    .limit(bindparam("most"))
)


def rows(
    conn: Connection,
    now: datetime,
    most: int,
    channels: Iterable[str],
    owing: Iterable[str],
    behind: tuple[int, int],
    passed_over: Collection[str],
) -> Sequence[Row[Any]]:
    """Return the first rows of lanes that are due, each with `goes`, in the order in which they go.

    Args:
        conn: a connection.
        now: the time.
        most: how many.
        channels: those that are there.
        owing: chats in which who was overtaken for long goes before all others.
        behind: the (goes, id) of the row behind which to go on.
        passed_over: chats of which nothing more is asked for.
    """
    asked = {
        "now": now,
        "most": most,
        "channels": sorted(channels),
        "owing": sorted(owing),
        "waiting_since": now - OVERTAKEN_AT_MOST,
        "looks_since": now - LOOKS_WAIT_AT_MOST,
        "goes_after": behind[0],
        "after": behind[1],
        "passed_over": sorted(passed_over),
    }
    return conn.execute(_DUE, asked).all()
