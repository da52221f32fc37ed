"""Which role may do what, written out once more, so that a change of the table is seen."""

from __future__ import annotations

from bot.domain.people import Role
from bot.domain.rights import LEAST, Right, may

OPERATORS = {
    *("queue.see", "chat.answer", "self.change", "customer.see", "customer.ban"),
    *("order.see", "order.change", "order.export", "faq.see", "canned.use"),
}
MANAGERS = OPERATORS | {"chat.of_another", "customer.unban", "report.see", "quality.check", "trouble.see"}


def allowed(role: Role) -> set[str]:
    return {right.value for right in Right if may(role, right)}


def test_each_role_may_do_what_the_table_says_and_nothing_else() -> None:
    assert allowed(Role.OPERATOR) == OPERATORS
    assert allowed(Role.MANAGER) == MANAGERS
    assert allowed(Role.ADMIN) == {right.value for right in Right}


def test_every_right_has_its_least_role() -> None:
    assert set(LEAST) == set(Right)
