"""The outbox: in order per lane, marked before it is sent, and nothing forgotten or doubled without a mark."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import Connection

from bot.domain.conversation import Place
from bot.domain.message import Content, ContentKind, bold, plain
from bot.domain.ports import Act, Outgoing, Receipt
from bot.messaging import backlog, merging, outbox, receipts, transcript
from bot.messaging.outbox import BOT, CUSTOMER, OPERATOR, SYSTEM, Delivery, Posting
from bot.storage.database import Database
from tests.messaging.seen import (
    ANNA,
    BORIS,
    CHANNELS,
    GROUP,
    NOW,
    Kept,
    claimed,
    conversation,
    kept,
    put,
    says,
    sent,
    states,
    text_of,
    topic,
)

SECOND = timedelta(seconds=1)


async def merged(database: Database, delivery: Delivery) -> Delivery:
    found = await database.transaction(lambda conn: merging.merged(conn, delivery, NOW, short=True))
    assert found is not None
    return found


async def uncertain(database: Database, delivery: Delivery) -> bool:
    return await database.transaction(lambda conn: outbox.settle_uncertain(conn, delivery, "cut", 3 * SECOND, NOW))


async def test_of_each_lane_only_the_first_row_goes_and_the_next_follows_when_it_is_settled(database: Database) -> None:
    await put(database, *[Posting(place, says(f"{n}")) for n in (1, 2) for place in (ANNA, BORIS)])

    first = await claimed(database)
    nothing = await claimed(database)
    await sent(database, first[0])
    second = await claimed(database)

    assert [(text_of(one.outgoing), one.place) for one in first] == [("1", ANNA), ("1", BORIS)]
    assert nothing == []
    assert [(text_of(one.outgoing), one.place) for one in second] == [("2", ANNA)]


async def test_a_row_is_marked_sending_before_it_is_sent(database: Database) -> None:
    await put(database, Posting(ANNA, says("Hello")))

    (delivery,) = await claimed(database)

    assert await kept(database) == [Kept("Hello", "sending")]
    assert (delivery.attempts, delivery.repeated, delivery.author, delivery.lane) == (1, False, BOT, "telegram:511")


async def test_two_workers_never_take_the_same_row(database: Database) -> None:
    await put(database, *[Posting(Place("telegram", str(n)), says("Hello")) for n in range(40)])

    taken = await asyncio.gather(*[claimed(database) for _ in range(8)])

    ids = [delivery.id for each in taken for delivery in each]
    assert len(ids) == len(set(ids)) == 40


async def test_a_row_that_may_not_go_now_keeps_its_place_and_holds_no_other_lane_up(database: Database) -> None:
    await put(database, Posting(ANNA, says("1")), Posting(ANNA, says("2")), Posting(BORIS, says("3")))

    taken = await database.transaction(
        lambda conn: outbox.claim(conn, NOW, 400, CHANNELS, lambda one: one.place != ANNA)
    )

    assert [text_of(one.outgoing) for one in taken] == ["3"]
    assert await states(database) == ["pending", "pending", "sending"]


async def test_nobody_waits_behind_the_topics_of_a_group_whose_minute_is_used_up(database: Database) -> None:
    anna = await conversation(database)
    many = [await topic(database, anna, thread=str(n)) for n in range(6)]
    await put(database, *[Posting(GROUP, says("line"), topic=one) for one in many], Posting(BORIS, says("answer")))

    taken = await database.transaction(
        lambda conn: outbox.claim(conn, NOW, 3, CHANNELS, lambda one: one.place.chat != "-100")
    )

    assert [text_of(one.outgoing) for one in taken] == ["answer"]


async def test_nobody_waits_behind_the_rows_of_a_channel_that_is_not_there(database: Database) -> None:
    pigeons = [Place("pigeon", str(number)) for number in range(outbox.LOOKS * 3 + 1)]
    await put(database, *[Posting(one, says("coo")) for one in pigeons], Posting(BORIS, says("answer")))

    assert [text_of(one.outgoing) for one in await claimed(database, most=3)] == ["answer"]


async def test_a_row_goes_when_its_time_has_come(database: Database) -> None:
    await put(database, Posting(ANNA, says("1")), Posting(ANNA, says("2")))
    (delivery,) = await claimed(database)

    await database.transaction(lambda conn: outbox.settle_later(conn, delivery, "429", 5 * SECOND, NOW))

    assert await claimed(database, NOW + 4 * SECOND) == []
    (again,) = await claimed(database, NOW + 5 * SECOND)
    assert (text_of(again.outgoing), again.attempts) == ("1", 2)


async def test_what_is_too_late_to_be_of_use_is_not_sent(database: Database) -> None:
    press = Outgoing(Act.ANSWER_PRESS, {"press": "9"})
    await put(database, Posting(ANNA, press, expires=NOW + 10 * SECOND), Posting(ANNA, says("Hello")))

    (delivery,) = await claimed(database, NOW + 11 * SECOND)

    assert text_of(delivery.outgoing) == "Hello"
    assert await states(database) == ["failed", "sending"]


async def test_an_answer_to_a_press_does_not_wait_for_messages(database: Database) -> None:
    await put(database, Posting(ANNA, says("long way")), Posting(ANNA, Outgoing(Act.ANSWER_PRESS, {"press": "9"})))

    assert [one.outgoing.act for one in await claimed(database)] == [Act.ANSWER_PRESS, Act.SAY]


async def test_messages_do_not_wait_for_a_menu_of_commands(database: Database) -> None:
    await put(database, Posting(ANNA, Outgoing(Act.SET_COMMANDS, {"commands": []})), Posting(ANNA, says("Hello")))

    assert [one.outgoing.act for one in await claimed(database)] == [Act.SET_COMMANDS, Act.SAY]


async def test_an_operators_edit_of_unknown_fate_goes_out_once_more(database: Database) -> None:
    await put(database, Posting(ANNA, Outgoing(Act.EDIT, {"message": "7"}), author=outbox.OPERATOR))

    (edit,) = await claimed(database)

    assert await uncertain(database, edit)


async def test_after_a_day_of_trying_a_delivery_is_given_up(database: Database) -> None:
    await put(database, Posting(ANNA, says("1")), Posting(BORIS, says("2")))
    anna, boris = await claimed(database)

    def settle(conn: Connection) -> list[bool]:
        return [
            outbox.settle_later(conn, anna, "no connection", SECOND, NOW + timedelta(days=1)),
            outbox.settle_later(conn, boris, "no connection", SECOND, NOW + timedelta(days=1, seconds=1)),
        ]

    assert await database.transaction(settle) == [True, False]
    assert await states(database) == ["pending", "failed"]


async def test_the_bots_words_go_out_once_more_when_it_is_not_known_whether_they_arrived(database: Database) -> None:
    await put(database, Posting(ANNA, says("Hello")))

    (first,) = await claimed(database)
    once_more = await uncertain(database, first)
    (second,) = await claimed(database, NOW + 3 * SECOND)
    never_again = await uncertain(database, second)

    assert (once_more, second.repeated, never_again) == (True, True, False)
    assert await kept(database) == [Kept("Hello", "uncertain", repeated=True)]


async def test_an_operators_words_to_a_customer_are_held_and_those_into_a_topic_are_not(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="4")
    await put(database, Posting(ANNA, says("to her"), OPERATOR), Posting(GROUP, says("mirrored"), OPERATOR, place))

    outcomes = [await uncertain(database, delivery) for delivery in await claimed(database)]

    assert outcomes == [False, True]
    assert await states(database) == ["uncertain", "pending"]


async def test_what_is_held_lets_the_next_message_pass(database: Database) -> None:
    await put(database, Posting(ANNA, says("1"), OPERATOR), Posting(ANNA, says("2"), OPERATOR))
    (first,) = await claimed(database)
    await uncertain(database, first)

    assert [text_of(one.outgoing) for one in await claimed(database)] == ["2"]


async def test_send_again_sends_only_what_is_uncertain_and_only_for_its_own_conversation(database: Database) -> None:
    anna = await conversation(database)
    (key,) = await put(database, Posting(ANNA, says("Hello"), OPERATOR, conversation=anna))
    (delivery,) = await claimed(database)

    async def again(of: int) -> bool:
        return await database.transaction(lambda conn: outbox.again(conn, key, of, NOW, {}))

    too_early = await again(anna)
    await uncertain(database, delivery)
    pressed = [await again(of) for of in (anna + 1, anna, anna)]
    (repeated,) = await claimed(database)

    assert (too_early, pressed) == (False, [False, True, False])
    assert (text_of(repeated.outgoing), repeated.repeated) == ("Hello", True)


async def test_what_was_being_sent_when_the_process_ended_is_found(database: Database) -> None:
    await put(database, Posting(ANNA, says("1")), Posting(ANNA, says("2")), Posting(BORIS, says("3"), OPERATOR))
    taken = await claimed(database)

    found = await database.read(backlog.interrupted)

    assert [one.id for one in found] == [one.id for one in taken]
    assert [one.repeatable for one in found] == [True, False]


async def test_the_receipt_names_the_message_that_is_edited_later(database: Database) -> None:
    (said,) = await put(database, Posting(ANNA, says("Hello")))
    edit = Posting(ANNA, Outgoing(Act.EDIT, {"text": plain("Hello!").to_dict()}), target=said)
    await put(database, edit)
    (first,) = await claimed(database)
    await sent(database, first, Receipt("4711"))

    (second,) = await claimed(database)

    assert second.outgoing.body["message"] == "4711"


async def test_an_edit_of_what_never_arrived_names_no_message(database: Database) -> None:
    (said,) = await put(database, Posting(ANNA, says("Hello")))
    await put(database, Posting(ANNA, Outgoing(Act.EDIT_BUTTONS, {"buttons": []}), target=said))
    await claimed(database)
    await database.transaction(lambda conn: outbox.settle_failed(conn, said, "blocked", NOW))

    (edit,) = await claimed(database)

    assert edit.outgoing.body["message"] == ""


async def test_waiting_lines_of_the_customer_join_into_one_message(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    lines = [plain("one"), bold("two"), plain("three")]
    await put(
        database,
        *[Posting(GROUP, Outgoing(Act.SAY, {"text": line.to_dict()}), CUSTOMER, place) for line in lines],
        Posting(GROUP, says("a notice that offers something", buttons=[[]]), SYSTEM, place),
        Posting(GROUP, says("four"), CUSTOMER, place),
    )
    (first,) = await claimed(database)

    joined = await merged(database, first)

    assert joined.outgoing.body["text"] == {"text": "one\ntwo\nthree", "entities": [["bold", 4, 3, ""]]}
    assert [row.state for row in await kept(database)] == ["sending", "sent", "sent", "pending", "pending"]


async def test_lines_that_carry_more_than_words_are_not_joined(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    copy = Outgoing(Act.COPY, {"chat": "511", "message": "9"})
    await put(
        database,
        Posting(GROUP, says("one"), CUSTOMER, place),
        Posting(GROUP, says("quoting", reply_to="8"), CUSTOMER, place),
    )
    await put(database, Posting(GROUP, copy, CUSTOMER, place))
    (first,) = await claimed(database)

    joined = await merged(database, first)

    assert text_of(joined.outgoing) == "one"
    assert await states(database) == ["sending", "pending", "pending"]


async def test_joined_lines_fit_into_one_message(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    await put(database, *[Posting(GROUP, says("я🦔" * 250), CUSTOMER, place) for _ in range(20)])

    said = []
    while taken := await claimed(database):
        joined = await merged(database, taken[0])
        said.append(text_of(joined.outgoing))
        await sent(database, joined)

    assert max(len(text.encode("utf-16-le")) // 2 for text in said) <= 4096
    assert "\n".join(said) == "\n".join(["я🦔" * 250] * 20)
    assert len(said) < 20


async def test_what_was_sent_lately_fills_the_limits_after_a_start(database: Database) -> None:
    await put(database, Posting(ANNA, says("1")), Posting(BORIS, says("2")), Posting(ANNA, says("3")))
    await claimed(database, NOW)

    async def since(seconds: int) -> list[tuple[str, str, str]]:
        start = NOW - seconds * SECOND
        rows = await database.read(lambda conn: backlog.sent_lately(conn, start))
        return [(sent.place.channel, sent.place.chat, sent.act.value) for sent in rows]

    assert sorted(await since(0)) == [("telegram", "511", "say"), ("telegram", "512", "say")]
    assert await since(-1) == []


async def test_health_counts_what_needs_attention_and_the_age_of_the_oldest(database: Database) -> None:
    await put(database, *[Posting(Place("telegram", str(n)), says(f"{n}")) for n in range(4)])
    one, two, three, _ = await claimed(database)
    await sent(database, one)
    await database.transaction(lambda conn: outbox.settle_failed(conn, two.id, "x" * 2000, NOW))
    await database.transaction(lambda conn: outbox.settle_later(conn, three, "429", SECOND, NOW))

    assert await database.read(backlog.counts) == {"pending": 1, "sending": 1, "uncertain": 0, "failed": 1}
    later = NOW + timedelta(minutes=1)
    assert await database.read(lambda conn: backlog.oldest_due(conn, later)) == timedelta(minutes=1)
    assert await database.read(lambda conn: backlog.oldest_due(conn, NOW)) == timedelta(0)


async def test_a_transcripts_line_knows_what_became_of_it(database: Database) -> None:
    anna = await conversation(database)
    place = await topic(database, anna, thread="42")
    said = Content(ContentKind.TEXT, plain("Hello"))
    line = await database.transaction(lambda conn: transcript.add(conn, anna, transcript.OPERATOR, said, NOW))
    mirrored, carried = await put(
        database,
        Posting(GROUP, says("Hello"), OPERATOR, place, anna, line),
        Posting(ANNA, says("Hello"), OPERATOR, None, anna, line),
    )
    for delivery in await claimed(database):
        await uncertain(database, delivery)

    found = await database.read(lambda conn: (receipts.carrying(conn, line), receipts.states(conn, [line])))

    assert found == (carried, {line: ("uncertain", False, "cut", carried)})
    assert mirrored != carried
