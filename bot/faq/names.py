"""Where somebody says their name, and where only of a name is spoken: "my name is anna", "my name is wrong".

In English, German and Russian, in capitals, in small letters or as it should be. In doubt a word is taken for a name: a
phrasing of a word less does no harm. Pure.
"""

from __future__ import annotations

import re

from bot.faq.words import ASKING, FUNCTION_WORDS, GREETINGS, THANKS

# What comes behind "my name is" when no name does. Small words that are names as well, such as will, are not here.
_NO_NAMES = """
    a the this that these those my your our his her their it its it's they we you i me not no never nowhere none isn't
    on in at by under above below from of to for with without as like because since after before when where why what
    which who how if but or than then and is are was were be been being has had have can can't could would should does
    do did doesn't wrong wrongly incorrect incorrectly correct correctly right spelled spelt misspelled misspelt
    spelling written printed misprinted engraved embroidered pronounced mispronounced abbreviated listed shown showing
    displayed mentioned entered registered recorded saved stored attached linked associated connected missing
    different still too already also always again now currently so very just really actually only both either common
    short hard difficult complicated hyphenated double foreign there here required needed necessary visible invisible
    private public cut truncated changed taken used unknown okay ok fine same blank empty gone lost deleted removed
    going supposed required first last second next twice once unclear illegible unreadable mixed swapped reversed
    switched garbled capitalised capitalized lowercase uppercase incomplete complete accepted rejected refused invalid
    valid available unavailable protected possible impossible mandatory optional everywhere out off over up down all
    completely totally slightly partly half somehow apparently probably maybe badly legally officially more less about
    important confidential irrelevant nothing something back quite almost yet later today tomorrow please any
    falsch verkehrt richtig korrekt unvollständig vollständig anders jetzt nun nicht nie noch schon seit seitdem auf in
    im am an zu zum zur sehr ganz auch doch nur leider immer mittlerweile inzwischen eigentlich aber wie genauso gleich
    geändert geschrieben gedruckt abgeschnitten verloren vergessen unbekannt bekannt gesperrt vergeben belegt lang kurz
    kompliziert schwierig doppelt ein eine einer eines einen der die das dem den des mit ohne bei unter über von vom
    weg hier dort drauf darauf drin offenbar angeblich wohl vielleicht nirgends nirgendwo überall teilweise komplett
    völlig total etwas bisschen zwar mal eben halt wieder nach vor bald künftig ab er es sie dich euch uns alle
    willkommen gut egal wichtig nötig fehlerhaft verschwunden gelöscht sichtbar unsichtbar lesbar unleserlich
    öffentlich hinterlegt gespeichert eingetragen vertauscht verdreht erforderlich möglich gültig ungültig privat und
    oder als wenn dass weil wo wann warum wer was ist sind war wird werden worden hat habe kann könnt können soll muss
    kein keine keinen mein meine meinen dein ihr ihre für aus aufgrund wegen ich wir du man falschgeschrieben
    heute morgen später bitte
    не ни нет так иначе по-другому по-разному неправильно неправильное неправильная неверно неверное неверная верно
    верное верная правильно правильное правильная ошибочно указано указана указали указан написано написана написали
    записано записана напечатано напечатана на в во с со без под над за у и а но или как что чтобы это этот уже еще ещё
    теперь сейчас тоже также всегда очень слишком просто только вообще больше изменилось изменилась сменилась поменялось
    поменялась другое другая другой другие длинное длинная короткое короткая отсутствует пропало пропала потерялось
    есть видно где когда почему для при из от до по после перед к ко о об обо про мне вам вас вы вами я мы ты он она
    они мое моё моя мой обрезано обрезана исправить изменить поменять сменить должно должна можно нужно надо нельзя
    будет было была быть стоит получателя отправителя заказчика покупателя клиента владельца полностью частично
    совпадает занято занята известно неизвестно скрыто пустое пустая пусто латиницей кириллицей русскими английскими
    однако если раньше же бы сегодня завтра потом пожалуйста вашем вашей моем моём моей заказе посылке чеке квитанции
    другого другому другую мужа жены мамы папы человека ребенка ребёнка компании фирмы организации
    other another else someone somebody anyone wife wife's husband's mother's father's company company's
    andere anderen anderer meiner deiner ihrer meines ihres unserer jemand
"""
_ALSO_NAMES = {"will", "may", "long", "lange", "do", "ли"}

_TRADE = """
    order orders parcel package delivery shipment invoice email mail phone number address account card payment refund
    bestellung bestellungen paket lieferung sendung rechnung kundennummer bestellnummer telefon handy nummer adresse
    konto karte zahlung заказ заказа заказы посылка посылку доставка доставку счет счёт почта телефон номер адрес
    карта оплата возврат
"""
_KNOWN = {word for words in (*FUNCTION_WORDS.values(), *ASKING.values()) for word in words}
_POLITE = {word for words in (*GREETINGS.values(), *THANKS.values()) for word in words}


def _any_of(words: set[str]) -> str:
    """Return a pattern that holds before one of these words, as a whole word."""
    return rf"(?:{'|'.join(re.escape(word) for word in sorted(words, key=len, reverse=True))})(?![\w'’-])"


_UNNAMED = _any_of((set(_NO_NAMES.split()) | _KNOWN) - _ALSO_NAMES)
_ENDS = _any_of(set(_NO_NAMES.split()) | set(_TRADE.split()) | _KNOWN | _POLITE)
_ASKS = _any_of({word for words in ASKING.values() for word in words})
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĘĚĞĢĪİĶŁŃŇŌŐŘŚŞŠŤŪŮŰŹŻŽА-ЯЁІЇЄҐ"
_GAP = r"[ \t\u00a0]{1,3}"
_WORD = rf"(?:[^\W\d_]\.[ ]?)*[^\W\d_]+(?:[-'’.](?!(?i:{_ENDS}))[^\W\d_]+)*"
_TITLE = rf"(?=[{_UPPER}][\w'’-]*[^\W\d_{_UPPER}]){_WORD}"
_PARTICLES = (
    rf"(?:(?i:von|van|vom|zu|zur|der|den|dem|de|del|della|di|da|dos|du|la|le|ter|ten|al|el|bin|ibn|abu){_GAP}){{0,3}}"
)
_FIRST = rf"(?:(?!(?:Sie|Ihnen|Euch)\b){_TITLE}|(?!(?i:{_UNNAMED})){_WORD})"
_NEXT = rf"(?:(?!(?i:{_ASKS})){_TITLE}|(?!(?i:{_ENDS})){_WORD})"
SAID = rf"{_FIRST}(?:{_GAP}{_PARTICLES}{_NEXT}){{0,2}}"
"""A name of up to three words and their particles, in any case, behind words that announce it."""
_CUES = (
    r"my (?:full |first |last |family |sur|user)?name(?:s|['’]s| is|(?=:))",
    r"(?<!\w )(?:the )?name(?:['’]s| is)",
    r"(?:under|in|on|by) the name(?: of)?",
    r"(?:full |first |last |sur|family )?name(?= ?:)",
    r"(?:i am|i['’]?m) called",
    r"ich hei(?:ss|ß)e",
    r"(?:meine?|unser|der) (?:vor|nach|familien)?name(?: ist| lautet|(?=:))",
    r"(?:auf|unter) (?:den|dem) namen",
    r"(?:vor|nach|familien|zu)?name(?= ?:)",
    r"меня (?:зовут|звать)|зовут меня",
    r"мо[её] имя|(?:моя )?фамилия|имя(?= ?[:—–-])|на (?:имя|фамилию)",
    r"ф\.?[ ]?и\.?[ ]?о\.?",
)
_MARKS = r"[\s:,\"'«„“”(–—-]{1,4}(?i:(?:uh+|um+|ähm?|hm+|э+м?),? )?"
ANNOUNCED = re.compile(rf"(?P<before>(?i:(?<!\w)(?:{'|'.join(_CUES)})){_MARKS})(?P<name>{SAID})")
