"""Which role may do what: one table, and nobody may do what is not in it.

Olga is an operator: `may(Role.OPERATOR, Right.CHAT_ANSWER)` is true, `may(Role.OPERATOR, Right.FAQ_EDIT)` is not. Every
command in a topic or a private chat, every button of the staff and every route of the console names one of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from bot.domain.people import Role


class Right(StrEnum):
    """What somebody who works here may do."""

    QUEUE_SEE = "queue.see"
    CHAT_ANSWER = "chat.answer"  # claim, answer, note, tag, hand on, close
    CHAT_OF_ANOTHER = "chat.of_another"  # change what a colleague has
    SELF_CHANGE = "self.change"  # being away, the language, signing out
    CUSTOMER_SEE = "customer.see"
    CUSTOMER_BAN = "customer.ban"
    CUSTOMER_UNBAN = "customer.unban"
    CUSTOMER_EXPORT = "customer.export"
    CUSTOMER_ERASE = "customer.erase"
    ORDER_SEE = "order.see"
    ORDER_CHANGE = "order.change"
    ORDER_EXPORT = "order.export"
    FAQ_SEE = "faq.see"
    FAQ_EDIT = "faq.edit"
    FAQ_IMPORT = "faq.import"
    FAQ_EXPORT = "faq.export"
    UNANSWERED_SETTLE = "unanswered.settle"
    CANNED_USE = "canned.use"
    CANNED_EDIT = "canned.edit"
    REPORT_SEE = "report.see"
    QUALITY_CHECK = "quality.check"
    TROUBLE_SEE = "trouble.see"  # of groups and channels
    PEOPLE_SEE = "people.see"
    PEOPLE_CHANGE = "people.change"  # invite, disable, enable, roles
    AUDIT_SEE = "audit.see"
    SETTINGS_CHANGE = "settings.change"


LEAST: Mapping[Right, Role] = MappingProxyType(
    {
        Right.QUEUE_SEE: Role.OPERATOR,
        Right.CHAT_ANSWER: Role.OPERATOR,
        Right.CHAT_OF_ANOTHER: Role.MANAGER,
        Right.SELF_CHANGE: Role.OPERATOR,
        Right.CUSTOMER_SEE: Role.OPERATOR,
        Right.CUSTOMER_BAN: Role.OPERATOR,
        Right.CUSTOMER_UNBAN: Role.MANAGER,
        Right.CUSTOMER_EXPORT: Role.ADMIN,
        Right.CUSTOMER_ERASE: Role.ADMIN,
        Right.ORDER_SEE: Role.OPERATOR,
        Right.ORDER_CHANGE: Role.OPERATOR,
        Right.ORDER_EXPORT: Role.OPERATOR,
        Right.FAQ_SEE: Role.OPERATOR,
        Right.FAQ_EDIT: Role.ADMIN,
        Right.FAQ_IMPORT: Role.ADMIN,
        Right.FAQ_EXPORT: Role.ADMIN,
        Right.UNANSWERED_SETTLE: Role.ADMIN,
        Right.CANNED_USE: Role.OPERATOR,
        Right.CANNED_EDIT: Role.ADMIN,
        Right.REPORT_SEE: Role.MANAGER,
        Right.QUALITY_CHECK: Role.MANAGER,
        Right.TROUBLE_SEE: Role.MANAGER,
        Right.PEOPLE_SEE: Role.ADMIN,
        Right.PEOPLE_CHANGE: Role.ADMIN,
        Right.AUDIT_SEE: Role.ADMIN,
        Right.SETTINGS_CHANGE: Role.ADMIN,
    }
)
"""The least role that each right takes; each role may do what the one before it may."""


def may(role: Role, right: Right) -> bool:
    """Return whether somebody with this role may do it; what the table does not name, nobody may."""
    least = LEAST.get(right)
    return least is not None and role.includes(least)
