"""The words by which the parts of an address are told apart: "Straße", "кв.", "2nd floor", "c/o".

They are patterns for a stretch between commas, written as people write in English, German and Russian.
"""

from __future__ import annotations

import re

from bot.orders.words import POLITE, word_set

NO_ADDRESS = word_set("""
    tomorrow today tonight heute morgen ubermorgen uebermorgen завтра послезавтра сегодня
    not don't dont same later know no idea or what where why how maybe
    nicht kein keine weiss gleiche selbe dieselbe oder wie spater vielleicht letztes wo warum
    не знаю тот же туда или где зачем как потом прошлый раз нет может
""")
INTRODUCED = re.compile(
    r"^(?:(?:my|the|our|delivery|shipping|please|deliver(?: it)? to|send(?: it)? to|it's|address(?: is)?|is|"
    r"i live (?:at|in)|"
    r"meine?|die|lieferadresse|adresse|anschrift|ist|lautet|bitte|an|ich wohne(?: in)?|"
    r"liefern(?: sie)? (?:an|nach)|nach|"
    r"мой|адрес(?: доставки)?|доставка|доставить|по адресу|на адрес|живу|это)\b\s*[:=-]?\s*)+",
    re.IGNORECASE,
)
KIND_WORDS = re.compile(rf"(?:^|\s+)(?:{'|'.join(sorted(POLITE))}|thx)\s*[.!]*$", re.IGNORECASE)
EXTRA = re.compile(
    r"(?:m\. ?(?=\d)|lok\.|c/o|℅|bei(?=\s)|b\.|z\.? ?hd\.?|attn|hinterhaus|vorderhaus|seitenfl\w+|hh\b|vh\b|"
    r"(?:im )?\d{1,2}\. ?(?:stock|etage|og\b|obergeschoss)|"
    r"eg\b|erdgeschoss|dachgeschoss|dg\b|og\b|etage|stock\b|wohnung|whg|appartement|app?\.|stiege|treppe|"
    r"aufgang|t(?:ü|u)r\b|top\b|"
    r"klingel|flat|apt\b|apartment|unit|suite|ste\b|room|floor|#|\d{1,3}(?:st|nd|rd|th) floor|ground floor|"
    r"first floor|second floor|"
    r"third floor|top floor|buzzer|block|staircase|кв\b|квартира|подъезд|под\.|этаж|\d{1,2}[ -]?(?:й )?этаж|"
    r"домофон|офис|оф\.|комн|помещение|packstation|postfiliale|paketshop|postfach|p\.? ?o\.? ?box|а/я)",
    re.IGNORECASE,
)
_BLOCK = r"(?:к|корп|корпус|стр|строение|лит|литера)\.? ?[0-9А-Яа-яA-Za-z]{1,3}(?![\w])"
_NUMBER = (
    r"\d{1,5}(?: ?[^\W\d_](?![\w.]))?(?: ?[-/] ?\d{1,4}(?: ?[^\W\d_](?![\w.]))?){0,3}"
    rf"(?: (?:bis|ter)(?!\w))?(?:,? ?{_BLOCK}){{0,2}}"
)
_HOUSE_WORD = r"(?:д|дом|буд|no|nr|№|haus|house|number)(?:\.|(?=[\s\d]))\s?"
HOUSE_WORD_BEHIND = re.compile(r"[\s,]+(?:д|дом|буд|no|nr|№)\.?$", re.IGNORECASE)
NUMBER_ALONE = re.compile(rf"(?:{_HOUSE_WORD})?(?P<number>{_NUMBER})", re.IGNORECASE)
BLOCK_ALONE = re.compile(_BLOCK, re.IGNORECASE)
NUMBER_FIRST = re.compile(rf"(?P<number>{_NUMBER}) (?P<street>[^\W\d_].*)", re.IGNORECASE)
_STREET_AND_NUMBER = (
    rf"(?P<street>{{before}}[^\W\d_][^\d]*?)[\s,]+(?:{_HOUSE_WORD})?(?P<number>{_NUMBER})(?!\. ?[^\W\d_])"
    r"(?P<rest>(?:[\s.]+\D.*)?)"
)
NUMBER_BEHIND = re.compile(_STREET_AND_NUMBER.replace("{before}", "[^\\d]*?(?:\\d+\\.[^\\d]*?)?"), re.IGNORECASE)
"""With the first number that is no "17. Juni"."""
LAST_NUMBER_BEHIND = re.compile(_STREET_AND_NUMBER.replace("{before}", ".*"), re.IGNORECASE)
NAMED_BY_A_DATE = re.compile(
    r"\d{1,4}(?:-?[йя]|-?го|-?лет\w*|\.)?\s+(?:января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|"
    r""
    r"декабря|года|лет|линия|mai|juin|juillet|novembre|septembre|decembre|[a-zä]+)\b",
    re.IGNORECASE,
)
"""A street may be named so, and its number comes behind."""
SIMPLE_STREET = re.compile(r"\w{4,}(?:stra(?:ß|ss)e|str\.?|allee|weg|platz|gasse|ring|damm|ufer)", re.IGNORECASE)
BEFORE_A_STREET = word_set("""
    am an auf im in zum zur unter vor hinter alte alter altes alten neue neuer neues neuen grosse grosser grosses
    grossen kleine kleiner kleines kleinen obere oberer untere unterer lange langer hohe hoher innere aussere st sankt
""")
STREET_WORD = re.compile(
    r"(?:\w*(?:stra(?:ß|ss)e|str\.?|allee|weg|platz|gasse|ring|damm|ufer|chaussee|steig|graben|markt|"
    r"promenade|straat|laan|plein)"
    r"|street|st\.?|road|rd\.?|avenue|ave\.?|lane|ln\.?|drive|dr\.?|boulevard|blvd\.?|square|court|close|"
    r"way|terrace|rue|via|calle|plaza"
    r"|ул\.?|улица|вул\.?|пр-т|пр\.?|просп\.?|проспект|пер\.?|переулок|наб\.?|набережная|ш\.?|шоссе|пл\.?|"
    r"площадь|бульвар|б-р|проезд|тупик)",
    re.IGNORECASE,
)
FOREIGN_STREET = re.compile(
    r"\b(?:rue|via|viale|calle|plaza|piazza|avenue|avenida|boulevard|straat|laan|plein|ulica|ul\.|street|road)\b",
    re.IGNORECASE,
)
"""Hardly a street where German is spoken."""
TOWNS = {
    "AT": word_set(
        "wien vienna вена graz грац linz линц salzburg зальцбург innsbruck инсбрук klagenfurt villach wels dornbirn "
        "steyr bregenz feldkirch leoben krems polten"
    )
}
"""By these towns one country of two is meant, whatever else has a postcode of such a shape."""
FOREIGN_TOWNS = word_set("""
    paris lyon marseille lille nice bordeaux strasbourg toulouse madrid barcelona sevilla valencia rom rome roma milan
    milano mailand napoli neapel turin torino venezia venedig florenz firenze istanbul ankara izmir stockholm goteborg
    malmo helsinki tampere prag prague praha brno warschau warszawa krakow budapest zagreb belgrad beograd vilnius riga
    tallinn kiew kyiv kiev odessa london dublin zurich basel genf geneva bern lausanne luzern amsterdam rotterdam
    brussel bruxelles antwerpen kopenhagen oslo lissabon lisboa porto athen
    париж лион мадрид барселона рим милан стамбул стокгольм хельсинки прага варшава краков будапешт вильнюс рига таллин
    киев одесса львов харьков лондон цюрих женева амстердам брюссель москва минск
""")
"""Whose postcodes may look like a German or an Austrian one."""
STREET_LEAD = re.compile(
    r"(?:ул|улица|вул|пр-т|пр|просп|проспект|пер|переулок|наб|шоссе|площадь|rue|via|calle)\b\.?", re.IGNORECASE
)
TOWN_WORD = re.compile(
    r"(?:г|гор|город|пос|посёлок|поселок|с|село|д|дер|деревня|м|місто|town of)(?:\.\s?|\s)(?=\w)", re.IGNORECASE
)
STATE = re.compile(r"[A-Z]{2}")
ODD_CODE = re.compile(r"(?<![\w./-])(?:[A-Z]{1,2}-)?\d{3,8}(?![\w/.-])")
