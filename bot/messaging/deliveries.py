"""What the outbox holds: something to be delivered, as it is put there, and as a delivery loop has taken it up.

"It is broken" for Anna's topic is a posting of her words; taken up, with the ids that its neighbours have by then, it
is a delivery.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Place
from bot.domain.ports import Act, Outgoing
from bot.messaging.due import IN_THE_LOOKS_LANE, SYSTEM
from bot.messaging.receipts import NEW_WORDS
from bot.messaging.topics import Topic

BOT, OPERATOR, CUSTOMER = "bot", "operator", "customer"
OWN_LANES = {Act.ANSWER_PRESS: "press", Act.ANSWER_SEARCH: "search", Act.SET_COMMANDS: "menu"}


@dataclass(frozen=True, slots=True)
class Posting:
    """Something to be put into the outbox.

    Attributes:
        place: the chat; for a topic its group.
        outgoing: what is to be done there.
        author: whose words they are: bot, operator, customer or system.
        topic: the topic that it goes to, if any.
        conversation: our id of the conversation that it belongs to, if any.
        message: our id of the transcript's line that it carries, if any.
        target: the outbox id whose message is edited, deleted or pinned, if any.
        quote: the outbox id whose message it answers, if any.
        expires: after this it is of no use any more.
        not_before: until then it waits, for what belongs to it; None for not at all.
        aside: it goes beside what waits for its topic.
    """

    place: Place
    outgoing: Outgoing
    author: str = BOT
    topic: Topic | None = None
    conversation: int | None = None
    message: int | None = None
    target: int | None = None
    quote: int | None = None
    expires: datetime | None = None
    not_before: datetime | None = None
    aside: bool = False

    @property
    def lane(self) -> str:
        """Return the key within which order is kept; what no message needs to wait for has lanes of its own."""
        if self.outgoing.act in OWN_LANES:
            return f"{self.place.lane}:{OWN_LANES[self.outgoing.act]}"
        if self.outgoing.act is Act.REACT and self.target is None:
            return f"{self.place.lane}:marks"
        if self.topic is None:
            return self.place.lane
        of_looks = self.author == SYSTEM and self.outgoing.act in IN_THE_LOOKS_LANE
        return self.topic.looks_lane if of_looks or self.aside else self.topic.lane

    def hurries(self, now: datetime) -> bool:
        """Return whether it changes how a topic looks, now."""
        return self.topic is not None and self.lane == self.topic.looks_lane and (self.not_before or now) <= now


@dataclass(frozen=True, slots=True)
class Delivery:
    """A row of the outbox that a delivery loop has taken up."""

    id: int
    place: Place
    lane: str
    outgoing: Outgoing
    author: str
    topic_id: int | None
    conversation_id: int | None
    message_id: int | None
    attempts: int
    repeated: bool
    created_at: datetime
    target_id: int | None = None
    overtaken: bool = False

    @property
    def of_looks(self) -> bool:
        """Whether it changes only how a topic looks."""
        return self.author == SYSTEM and self.topic_id is not None and self.outgoing.act in IN_THE_LOOKS_LANE

    @property
    def repeatable(self) -> bool:
        """Whether it may go out twice: not an operator's new words to a customer; an edit says the same twice."""
        return self.author != OPERATOR or self.topic_id is not None or self.outgoing.act not in NEW_WORDS
