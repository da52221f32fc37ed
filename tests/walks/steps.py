"""Steps that several walks begin with: a customer who waits for people, one whom an operator attends to."""

from __future__ import annotations

from tests.sandbox_client import Customer, Operator, TopicSeen


async def asks_for_a_person(customer: Customer, operator: Operator) -> TopicSeen:
    """Let a customer ask for a person, and return the topic that is opened for it."""
    await customer.says("/human")
    await customer.reads("pass this")
    topic = await operator.finds_topic(customer.name)
    await operator.reads_in(topic, "Why:")
    return topic


async def is_attended(customer: Customer, operator: Operator) -> TopicSeen:
    """Let a customer ask for a person, and an operator greet them; return the topic."""
    topic = await asks_for_a_person(customer, operator)
    await operator.writes(topic, "Good day!")
    await customer.reads("is with you now.")
    await customer.reads("Good day!")
    return topic


async def is_closed(customer: Customer, operator: Operator) -> TopicSeen:
    """Let a customer be attended to, and the operator close; return the topic."""
    topic = await is_attended(customer, operator)
    await operator.writes(topic, "/close")
    await operator.reads_in(topic, "is closed.")
    await customer.reads("How was it?")
    return topic
