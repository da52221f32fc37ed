"""The words by which a first message is judged: what makes a sentence doubtful, and towns that need no postcode."""

from __future__ import annotations

import re

from bot.orders.words import word_set

DOUBTING = word_set("""
    not no never don't dont won't can't cant cannot didn't didnt isn't hasn't wasn't or if unless except instead maybe
    perhaps
    how what when why who which whether was were had ordered received arrived got bought paid last since every each ago
    yesterday already still cancel return refund another other more less least most
    nicht kein keine keinen nie oder wenn falls ausser sondern statt vielleicht eventuell ob wie was wann warum wer
    welche welcher welches war waren bestellt bekommen erhalten gekauft bezahlt letzte letzten letzter letztes seit
    jeden jede jedes gestern schon noch storniere stornieren zuruck retoure andere anderen mehr weniger mindestens
    hochstens etwa ungefahr
    не нет ни или если либо кроме вместо может возможно наверное как что когда почему сколько кто какой какая какие
    был была было были заказывал заказывала заказал заказала получил получила пришел пришла пришло купил купила оплатил
    прошлый прошлую прошлой прошлом каждый каждую каждое вчера уже еще отменить отмена вернуть возврат другой другую
    больше меньше около примерно
""")
"""A sentence with one of these tells, asks or hedges: nothing is taken from it."""
BEFORE_A_DAY = word_set("""
    by until till before after since from around about every to bis vor nach seit ab gegen до к после с со около
    от через hinter
""")
"""Such a word before a day alone means other days."""
ADDRESS_LEAD = re.compile(
    r"\b(?:to|at|into|nach|an|in|zu|в|во|на|по адресу|на адрес|адрес|address|adresse|lieferadresse|anschrift)"
    r"(?: is| ist)?\s*:?\s+(?=\w)",
    re.IGNORECASE,
)
LEAD = re.compile(r"\b(?:to|on|at|by|in|for|an|am|um|für|nach|bis|zum|на|в|во|к|ко|по|для)\s+$", re.IGNORECASE)
"""A little word that says nothing any more when what stood behind it is gone."""
TOWN_LEAD = re.compile(r"\b(?:to|nach|in|into|в|во)\s+$", re.IGNORECASE)
GREETING = re.compile(
    r"^\s*(?:hi|hello|hey|hallo|moin|guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening)|"
    r"привет|здравствуйте|доброе утро|добрый (?:день|вечер)|доброго дня)(?: (?:all|there|zusammen|team))?(?=[\s,.!]|$)",
    re.IGNORECASE,
)
"""Its morning is no time of delivery."""
ACCUSATIVE = {
    "вену": "Вена", "женеву": "Женева", "барселону": "Барселона", "прагу": "Прага", "варшаву": "Варшава",
    "ригу": "Рига", "москву": "Москва", "самару": "Самара", "уфу": "Уфа", "одессу": "Одесса", "астану": "Астана",
}  # fmt: skip
"""Towns as they stand behind "в" where that changes them."""
TOWNS = frozenset(ACCUSATIVE) | word_set("""
    berlin hamburg munchen muenchen munich koln koeln cologne leipzig dresden stuttgart dusseldorf duesseldorf dortmund
    bremen hannover hanover nurnberg nuernberg nuremberg bonn potsdam kiel lubeck luebeck rostock erfurt weimar jena
    wien vienna graz salzburg linz innsbruck zurich zuerich basel bern genf geneva amsterdam rotterdam brussels brussel
    paris lyon madrid barcelona london manchester edinburgh dublin mailand milan prag prague brno warschau warsaw
    warszawa krakau krakow budapest kopenhagen copenhagen stockholm oslo helsinki riga vilnius tallinn moskau moscow
    minsk kiew kyiv kiev odessa almaty chicago boston seattle
    берлин гамбург мюнхен кельн лейпциг дрезден штутгарт дюссельдорф бремен ганновер нюрнберг бонн потсдам вена грац
    зальцбург цюрих женева амстердам брюссель париж лион мадрид барселона лондон милан прага варшава краков будапешт
    стокгольм хельсинки рига вильнюс таллин москва казань самара уфа новосибирск екатеринбург петербург краснодар сочи
    минск киев одесса львов харьков алматы астана
""")
"""Large towns, folded; none that is a common word too, as Essen and Nice."""
