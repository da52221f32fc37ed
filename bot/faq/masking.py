"""Takes personal data out of a question before it is kept or becomes a phrasing.

"My name is Anna, my order is 10442, call +49 170 1234567" is kept as "My name is [name], my order is [number], call
[phone]".
Pure; in English, German and Russian. It looks for the shapes that personal data has: what has no shape, such as a first
name in the middle of a sentence, it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.faq import names
from bot.faq.entry import clean
from bot.faq.words import ASKING, FUNCTION_WORDS

LONGEST = 2_000  # characters of a question that are kept
STAND_INS = {
    "[link]": "https://example.org/57301",
    "[e-mail]": "kowalczuk@example.org",
    "[iban]": "DE89370400440532013000",
    "[card]": "4111 1111 1111 1111",
    "[phone]": "+48 601 234 567",
    "[address]": "Kowalczukstraße 57",
    "[date]": "03.05.1957",
    "[number]": "57301",
    "[name]": "Kowalczuk",
}
"""Something of the same kind for each mark, which belongs to nobody."""
MARKS = tuple(STAND_INS)

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b\u200e\u200f\u20e3\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0]|[\u200c\u200d](?![\u0620-\u065f\u066e-\u06ef\u0900-\u0965\u0971-\u0dff\u1000-\u109f\u1780-\u17df])"
)
"""What shows nothing and would part a number or an address; joiners stay where Persian, Hindi and others write them."""
_MARK = re.compile("|".join(re.escape(mark) for mark in MARKS))
_GAP = r"[ \u00a0\u2009\u202f./()\u2010-\u2015-]{0,3}"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][^\W\d_]+(?:[-'’][^\W\d_]+)?"
_PARTICLE = r"(?:von|van|vom|zu|zur|der|den|de|del|di|da|dos|du|la|le|ter|ten|al|el|bin)"
_NAME = rf"{_CAPITAL}(?:(?: {_PARTICLE}){{0,3}} {_CAPITAL}){{0,2}}"
_COMMON = "|".join(sorted(word for some in (*FUNCTION_WORDS.values(), *ASKING.values()) for word in some))
_UNCOMMON = rf"(?!(?:but|aber|но|{_COMMON})\b)[^\W\d_]+"
_ANY_NAME = rf"(?:{_NAME}|[^\W\d_]+(?: (?:von|van|de|del|di)(?: (?:der|den|dem|la))?)? {_UNCOMMON}|[^\W\d_]+)"
_HOUSE = r"\d{1,4}(?: ?[a-zа-я])?(?:[/-]\d{1,4}[a-zа-я]?)?\b"

LINK = re.compile(r"(?:https?|ftp)://\S+|\bwww\.\S+|\b(?:t|vk|wa)\.me/\S+|\btg://\S+", re.IGNORECASE)
EMAIL = re.compile(
    r"[\w.+%-]{1,64}[@＠][\w-]{1,63}(?:\.[\w-]{1,63})*"
    r"|(?<![\w.+%-])[\w.+%-]{1,64} ?[@＠] ?[\w-]{1,63}(?:(?:\.| \. )[^\W\d_]{2,63}){1,4}"
)
SPELLED_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}(?: ?[(\[{] ?(?:at|ät|собака) ?[)\]}] ?| собака )[\w-]{1,63}"
    r"(?:(?:\.| ?[(\[{] ?(?:dot|punkt|точка) ?[)\]}] ?| (?:dot|punkt|точка) )[\w-]{2,63}){1,4}"
    r"|(?<![\w.+-])[\w.+-]{1,64} (?:at|ät|собака) [\w-]{1,63}(?: (?:dot|punkt|точка) [\w-]{2,63}){1,4}",
    re.IGNORECASE,
)
_MAIL = (
    r"(?:gmail|googlemail|gmx|web|yahoo|ymail|outlook|hotmail|live|icloud|proton(?:mail)?|t-online|yandex|mail|bk"
    r"|inbox)"
)
_NO_MAILBOX = r"(?!(?:look|in|up|on|us|account|mailbox|inbox|address|adresse|postfach|konto|почта|адрес|аккаунт) )"
BARE_EMAIL = re.compile(
    rf"(?<![\w.+-]){_NO_MAILBOX}[\w.+-]{{1,64}} (?:at|ät|собака) {_MAIL}(?:\.[a-z]{{2,3}}){{1,2}}(?![\w-])"
    r"|(?<![\w.+-])\w{1,64}[._+]\w{1,64} (?:at|ät|собака) [\w-]{1,63}(?:\.[^\W\d_]{2,63}){1,4}",
    re.IGNORECASE,
)
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
IP = re.compile(
    rf"(?<![\w.])(?:{_OCTET}\.){{3}}{_OCTET}(?!\w|\.\d)"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}(?![\w:])"
    r"|(?<![\w:])(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}(?![\w:])",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w@＠])[@＠]\w{3,}")
IBAN = re.compile(r"\b[A-Za-z]{2}[0-9]{2}(?:[ -]?[A-Za-z0-9]{4}){2,7}(?:[ -]?[A-Za-z0-9]{1,3})?\b")
CARD = re.compile(r"(?<![\d+])\d(?:[ -]?\d){12,18}(?!\d)")
PHONE = re.compile(
    rf"(?<![\w\d])(?:\+|00|\(?0|8(?=[ (-]{{0,2}}\d{{3}}))(?:{_GAP}\d){{6,14}}(?!\d)|\(\d{{3}}\) ?\d{{3}}[ -]?\d{{4}}"
    r"|(?<![\w.,+-])\d{3}(?P<mark>[ .-])\d{3}(?P=mark)\d{4}(?!\d)"
)
DATE = re.compile(r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d)")
_MONTH = (
    r"(?:jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|o[ck]t|nov|de[cz]"
    r"|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[^\W\d_]{0,7}\.?"
)
WRITTEN_DATE = re.compile(
    rf"(?<!\d)\d{{1,2}}(?:\.|st|nd|rd|th)? ?(?:of )?{_MONTH},? (?:19|20)\d\d(?!\d)"
    rf"|(?<!\w){_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? (?:19|20)\d\d(?!\d)",
    re.IGNORECASE,
)
SPACED_NUMBER = re.compile(r"(?<![\w.,])(?=(?: ?\d){7})\d{1,3}(?:[ \u00a0\u2009\u202f]\d{1,3}){2,9}(?![\w.,]?\d)")
NUMBER = re.compile(r"(?<!\w)(?:№|#)? ?(?:[^\W\d_]{1,6}[-/]){0,2}(?:[^\W\d_]{1,6})?\d+(?:[-/_][^\W_]+)*[^\W_]*")
_ORDER = (
    r"(?:order|invoice|customer|tracking|parcel|bestell|auftrags?|kunden|rechnungs?|sendungs?"
    r"|заказ|накладн|клиент)[^\W\d_]*"
)
_CALLED = r"(?:(?:no|nr|num)\b\.?|number|nummer|id\b|номер[а-я]?) ?(?:is|ist|:|=|-)? ?[#№]? ?"
NUMBER_OF = re.compile(
    rf"(?P<before>(?<!\w)(?P<order>{_ORDER}[ -]?)?{_CALLED})"
    r"(?P<number>(?=[^\W\d_]{0,6}[-/]?\d)[^\W_]+(?:[-/,][^\W_]+)*(?: \d{2,})*)",
    re.IGNORECASE,
)
ORDER_NUMBER = re.compile(
    rf"(?P<before>(?<!\w)(?P<order>{_ORDER})[ :]{{1,3}})(?P<number>\d(?:[ ,]?\d){{3,11}})(?!\w)", re.IGNORECASE
)
MONEY = re.compile(
    r"\s?(?:€|\$|£|₽|euro|eur\b|usd|dollar|рубл|руб|грамм|gram|ml\b|мл\b|g\b|kg\b|г\b|кг\b)", re.IGNORECASE
)
YEAR = re.compile(r"(?:19|20)\d\d")
SHORTEST_NUMBER = 4  # digits; shorter ones are amounts, sizes and hours
ADDRESSES = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (rf"\b[^\W\d_]+(?:str(?:a(?:ss|ß)e|\.)?|gasse|allee|platz|ring|damm|ufer|weg)\.? {_HOUSE}", re.IGNORECASE),
        (rf"\b{_CAPITAL}[- ](?:Stra(?:ss|ß)e|Str\.|Gasse|Allee|Platz|Weg|Ring) {_HOUSE}", 0),
        (rf"\b(?!der\b)[^\W\d_]{{3,}}[- ](?:stra(?:ss|ß)e|str\.?) {_HOUSE}", re.IGNORECASE),
        (r"(?<!\w)(?:p\.? ?o\.? ?box|postfach|а/я) ?\d[\d ]*\d", re.IGNORECASE),
        (
            (
                r"\b(?:Am|An de[nr]|Auf dem|Beim|Hinter de[mr]|Im|In der|Unter de[nr]|Vor dem|Zum|Zur)"
                rf"(?: (?:alt|groß|hoh|klein|lang|neu)en)? {_CAPITAL} {_HOUSE}"
            ),
            0,
        ),
        (
            (
                rf"\b\d{{1,5}}[a-z]? (?:{_CAPITAL} ){{1,3}}"
                r"(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|ct|square|sq)\b\.?"
            ),
            re.IGNORECASE,
        ),
        (
            (
                r"(?<!\w)(?:ул(?:ица|ице|ицы|\.|(?= ))|мкр\.?|микрорайон|проезд|тупик"
                r"|просп(?:ект|\.)|пр-?т\.?|пер(?:еулок|\.)|бульвар|б-р|шоссе|наб(?:ережная|\.)"
                rf"|площадь|пл\.) ?[^\W\d_][\w.-]*(?: [А-ЯЁ][\w.-]*)?(?:,? ?(?:дом|д\.?)? ?{_HOUSE})?"
            ),
            re.IGNORECASE,
        ),
        (
            (
                r"(?<!\w)[А-ЯЁ][а-яё]+(?:-[А-ЯЁ]?[а-яё]+)?[сц]к(?:ая|ой|ий|ого),? "
                rf"(?!\d+ ?(?:г|гр|кг|мл|л|шт|руб|грамм)\b)(?:дом |д\. ?)?{_HOUSE}"
            ),
            0,
        ),
        (r"(?<!\w)(?:дом|д\.|кв(?:артира|\.)?|корп(?:ус|\.)|подъезд|этаж) ?\d+\w?", re.IGNORECASE),
        (rf"(?<!\w)(?:D-)?\d{{5}},? {_CAPITAL}", 0),
        (r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[ABD-HJLNP-UW-Z]{2}\b", 0),
        (r"\b[a-z]{1,2}\d[a-z\d]? \d[abd-hjlnp-uw-z]{2}\b", 0),
    )
)
_CLOSING = (
    r"(?:all the |all my )?(?:best|love)|cheers|yours(?: truly| faithfully)?|take care|(?:many )?thanks|thank you|ciao"
    r"|tschüss|servus|bis (?:bald|dann)|(?:vielen |besten )?danke?|ваша?|всего доброго|до свидания|(?:большое )?спасибо"
)
NAMES = (
    names.ANNOUNCED,
    *(
        re.compile(pattern, flags)
        for pattern, flags in (
            (
                (
                    r"(?P<before>\b(?:[Ii] am|[Ii]['’]?m|[Tt]his is|[Ii]ch bin(?: d(?:ie|er))?|[Hh]ier ist|[Ээ]то|Я) )"
                    rf"(?P<name>{_CAPITAL} {_CAPITAL})"
                ),
                0,
            ),
            (rf"(?P<before>(?:^|[.!?,\n])\s{{0,3}}[Bb]in(?: d(?:ie|er))? )(?P<name>{_CAPITAL} {_CAPITAL})", 0),
            (rf"(?P<before>(?i:\bhier (?:spricht|schreibt(?: ihnen)?) ))(?P<name>{_ANY_NAME})", 0),
            (rf"(?P<before>\b(?:[Ii] am|[Ii]['’]m) )(?P<name>{_CAPITAL})(?=[ ,.!?]|$)", 0),
            (rf"(?P<before>\b(?:Mr|Mrs|Ms|Dr|Herrn?|Frau|г-н|г-жа|господин|госпожа)\.? )(?P<name>{_NAME})", 0),
            (
                (
                    r"(?P<before>(?<!eine )(?<!ihre )(?<!nsere )(?<!die )(?<!der )(?<!den )(?<!dem )(?<!ein )"
                    rf"\b(?:mrs|mr|herrn?|frau|г-н|г-жа|господин|госпожа)\.? )(?P<name>{_UNCOMMON})"
                ),
                re.IGNORECASE,
            ),
            (rf"(?P<before>(?i:\b(?:thanks|thank you|danke|dank|спасибо),? ))(?P<name>{_NAME})(?=[.!]?\s*$)", 0),
            (
                (
                    rf"(?P<before>(?:^|[.!?\n])\s{{0,3}}(?i:{_CLOSING})(?:[,!.]?[ ]?\n\s{{0,3}}|, ?))"
                    rf"(?P<name>{_NAME})(?=[.!]?\s*$)"
                ),
                0,
            ),
            (
                (
                    r"(?P<before>(?:regards|gr(?:ü|u|ue)(?:ss|ß)(?:en?)?|lg|mfg|vg|с уважением|best wishes|sincerely)"
                    r",?\s+)"
                    r"(?P<name>(?!\[)[^\W\d_]\S*(?: [^\W\d_]\S*){0,2})\s*$"
                ),
                re.IGNORECASE,
            ),
        )
    ),
)


def mask(text: str) -> str:
    """Return the question as it may be kept: at most 2,000 characters, personal data as marks such as `[phone]`.

    What was masked before comes out as it is.
    """
    text = clean(INVISIBLE.sub("", clean(text)))[:LONGEST]
    for pattern, put in _STEPS:
        text = pattern.sub(put, text)
    text = INVISIBLE.sub("", text)
    return text.strip()[:LONGEST]


def without_marks(text: str) -> str:
    """Return a masked question without its marks: a phrasing, in which a mark would count as a word."""
    bare = _MARK.sub(" ", text)
    bare = re.sub(r"\s+([,.!?;:])", r"\1", " ".join(bare.split()))
    return re.sub(r"([,;:])(?=[,.!?;:]|$)", "", bare).strip(" ,;:")


def with_stand_ins(text: str) -> str:
    """Return a masked question with something of its kind for each mark, to be matched as it was when it was asked.

    A mark would count as a word of the question, and nothing in its place as a question without it.
    """
    return _MARK.sub(lambda found: STAND_INS[found[0]], text)


def _put(mark: str) -> Callable[[re.Match[str]], str]:
    return lambda _: mark


def _card(found: re.Match[str]) -> str:
    digits = [int(char) for char in found[0] if char.isdecimal()]
    doubled = [digit if place % 2 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits), 1)]
    return "[card]" if sum(doubled) % 10 == 0 else "[number]"


def _iban(found: re.Match[str]) -> str:
    """Return a mark by the check digits (ISO 13616): a parcel's number has the same shape."""
    plain = re.sub("[ -]", "", found[0]).upper()
    digits = "".join(str(int(char, 36)) for char in plain[4:] + plain[:4])
    return "[iban]" if int(digits) % 97 == 1 else "[number]"


def _number(found: re.Match[str]) -> str:
    """Return a mark for what may be the number of an order, a customer or a parcel; amounts and years stay."""
    digits = sum(char.isdecimal() for char in found[0])
    alone = found[0].strip(" #№")
    if digits < SHORTEST_NUMBER or YEAR.fullmatch(alone) or MONEY.match(found.string, found.end()):
        return found[0]
    return found[0][: len(found[0]) - len(found[0].lstrip())] + "[number]"


def _number_of(found: re.Match[str]) -> str:
    """Return a mark for what is called the number of an order or the like, however short it is; an amount stays."""
    digits = sum(char.isdecimal() for char in found["number"])
    if MONEY.match(found.string, found.end()) or (not found["order"] and digits < SHORTEST_NUMBER - 1):
        return found[0]
    return f"{found['before']}[number]"


def _name(found: re.Match[str]) -> str:
    return f"{found['before']}[name]"


_STEPS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (LINK, _put("[link]")),
    (EMAIL, _put("[e-mail]")),
    (SPELLED_EMAIL, _put("[e-mail]")),
    (BARE_EMAIL, _put("[e-mail]")),
    (HANDLE, _put("[name]")),
    (IP, _put("[number]")),
    (IBAN, _iban),
    (CARD, _card),
    (DATE, _put("[date]")),
    (WRITTEN_DATE, _put("[date]")),
    (PHONE, _put("[phone]")),
    *((address, _put("[address]")) for address in ADDRESSES),
    (NUMBER_OF, _number_of),
    (ORDER_NUMBER, _number_of),
    (SPACED_NUMBER, _number),
    (NUMBER, _number),
    *((name, _name) for name in NAMES),
)
