"""Questions in languages that are written without spaces: a sentence comes as one word, and is none the stranger."""

from __future__ import annotations

from functools import cache

import pytest

from bot.faq.encoder import UseM3, VectorStore
from bot.faq.entry import FaqEntry, Text
from bot.faq.matcher import Index
from bot.faq.strange import UNKNOWN_THROUGHOUT, surest

USE = UseM3()
CHINESE = {
    "delivery-cost": ("运费多少？", "快递费用是多少", "运费是多少钱"),
    "return": ("怎么退货？", "我要退款", "我想退货"),
    "track": ("我的包裹在哪里？", "快递到哪了", "包裹现在到哪里了"),
    "payment": ("可以用支付宝付款吗？", "支持哪些付款方式", "有什么支付方式"),
    "hours": ("你们的营业时间是什么？", "周末营业吗", "几点营业"),
    "address": ("如何修改收货地址？", "地址填错了怎么办", "我想改收货地址"),
    "password": ("忘记密码怎么办？", "重置密码", "怎么重置我的密码"),
    "warranty": ("商品有保修吗？", "保修期多久", "保修多长时间"),
    "cancel": ("怎么取消订单？", "我不想要了", "我想取消订单"),
    "discount": ("有优惠券吗？", "有折扣吗", "有没有优惠码"),
}


@cache
def index() -> Index:
    """Return the index of them, made when it is asked for: loading the encoder takes a while."""
    base = [FaqEntry(name, {"zh": Text(asked, (other,), "好")}) for name, (asked, other, _) in CHINESE.items()]
    return Index.build(base, ("zh",), learn=False).with_encoder(VectorStore(USE))


@pytest.mark.parametrize("entry", CHINESE)
def test_a_chinese_question_in_other_words_is_answered_or_suggested(entry: str) -> None:
    match = index().match(CHINESE[entry][2], "zh")

    assert not match.exact
    assert (match.candidates[0].entry, match.kind in {"answer", "suggest"}) == (entry, True)


def test_most_chinese_questions_in_other_words_are_answered() -> None:
    kinds = [index().match(asked, "zh").kind for _, _, asked in CHINESE.values()]

    assert kinds.count("answer") >= 8


@pytest.mark.parametrize("text", ["今天天气怎么样", "谁赢了世界杯", "写一首诗", "我喜欢猫", "啊啊啊啊"])
def test_what_nobody_wrote_an_answer_for_goes_to_a_person_in_chinese_too(text: str) -> None:
    assert index().match(text, "zh").kind == "none"


@pytest.mark.parametrize(
    "text",
    ["怎么退货", "返品したいです", "カタカナ", "คืนสินค้าได้อย่างไร", "ສົ່ງຄືນສິນຄ້າ", "តើខ្ញុំអាចប្រគល់", "ပြန်ပို့ချင်ပါတယ်"],
)
def test_a_sentence_without_spaces_is_no_key_pressed_at_random(text: str) -> None:
    def every_letter(word: str) -> int:
        return len(word)

    assert surest({text: text}, (), (), "en", every_letter) == 1
    assert surest({text: text}, (), (), "en") == 1
    assert surest({text[0] * 6: text[0] * 6}, (), (), "en", every_letter) == UNKNOWN_THROUGHOUT
