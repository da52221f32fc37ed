"""Other systems as destinations of the outbox: the delivery loops carry events to them as they carry words to people.

The shop's CRM answers 503: the event waits a second, then two, then four; the ones behind it keep their order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.conversation import Place
from bot.domain.ports import Act, Capabilities, Connector, Outgoing, Pace, Receipt


@dataclass(frozen=True, slots=True)
class AsChannel:
    """A connector, with a channel's face; nothing comes in by it."""

    connector: Connector

    @property
    def name(self) -> str:
        """The connector's name in the outbox."""
        return self.connector.name

    @property
    def capabilities(self) -> Capabilities:
        """Nothing that a handler could ask for."""
        return Capabilities()

    def read(self, payload: Mapping[str, Any]) -> None:
        """Return None: whatever it says means nothing to a support desk."""

    def link(self, place: Place) -> str:  # noqa: ARG002 a channel's face
        """Return no address."""
        return ""

    def pace(self, place: Place, act: Act) -> Pace:  # noqa: ARG002 a channel's face
        """Return no limit: one event after the other goes out anyhow."""
        return Pace()

    async def deliver(self, place: Place, outgoing: Outgoing) -> Receipt:  # noqa: ARG002 a channel's face
        """Deliver one event; the errors are a channel's."""
        return await self.connector.deliver(outgoing)
