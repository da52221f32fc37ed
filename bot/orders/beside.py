"""What words mean at a question beside the form, as its buttons and a plain yes or no do.

"Shall I keep what you have filled in?": "Keep it", "yes please", "ja, bitte behalten" and "да, сохраните" keep it,
"throw it away please" and "don't keep it" do not, and "not now" leaves everything as it is. Pure.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bot.orders.words import NO, POLITE, YES, word_set, words_of

KEEP, REMIND, BEGUN, SAME, READ, GO, FIX = "keep", "remind", "begun", "same", "read", "go", "fix"
"""What is asked beside a form."""
ON, ANEW, DROP, LATER, TOMORROW, QUIET = "on", "anew", "drop", "later", "tomorrow", "quiet"
AGAIN, MINE, EMPTY = "again", "mine", "empty"
RIGHT, CHANGE, WRONG, CANCEL = "right", "change", "wrong", "cancel"

ASKED: dict[str, tuple[str, ...]] = {
    KEEP: (KEEP, DROP, ON, LATER),
    REMIND: (TOMORROW, QUIET, LATER),
    BEGUN: (ON, ANEW, DROP, LATER),
    GO: (ON, DROP, LATER),
    SAME: (AGAIN, MINE, EMPTY, CANCEL, LATER),
    READ: (RIGHT, CHANGE, CANCEL, LATER),
    FIX: (RIGHT, CANCEL, LATER),
}
"""The answers to each, the likeliest first."""
YES_NO = {
    KEEP: (KEEP, DROP),
    REMIND: (TOMORROW, QUIET),
    BEGUN: (ON, ANEW),
    GO: (ON, LATER),
    SAME: (AGAIN, EMPTY),
    READ: (RIGHT, CHANGE),
    FIX: (RIGHT, ""),
}
"""What yes and no are to each question."""
SAID: dict[str, frozenset[str]] = {
    KEEP: word_set(
        "keep save draft store behalten behalte aufheben speichern speichere aufbewahren entwurf "
        "сохранить сохранять сохрани сохраните сохраняйте оставить оставьте оставь храните"
    ),
    DROP: word_set(
        "throw away delete discard drop remove bin forget "
        "wegwerfen wegschmeissen weg werfen verwerfen verwirf loschen losche entfernen vergessen vergiss "
        "удалить удали удалите выбросить выброси выбросите выкинуть сотри сотрите забудь забудьте"
    ),
    ON: word_set(
        "go on continue proceed resume carry weiter weitermachen weitergehen fortsetzen mach machen wir gehts geht's "
        "los продолжить дальше продолжим продолжай продолжайте продолжаем давай давайте"
    ),
    ANEW: word_set("anew new again over start restart begin fresh scratch neu nochmal vorn vorne anfangen beginnen "
                   "заново сначала начать начнем снова новый с"),
    AGAIN: word_set(
        "same again as last time usual order dasselbe gleiche gleichen nochmal noch mal einmal genauso wie letztes "
        "beim то же самое снова опять еще раз как в прошлый раз повторить повторите"
    ),
    MINE: word_set("only my just details data address nur meine daten angaben adresse только мои данные адрес"),
    EMPTY: word_set("all anew new empty everything other else different scratch start from alles neu leer anderes "
                    "anfangen von vorn все заново новое другое сначала пустой"),
    RIGHT: word_set("right correct fine good perfect exactly great looks stimmt richtig korrekt passt genau so gut "
                    "верно правильно точно так именно подходит"),
    CHANGE: word_set("change wrong something incorrect edit andern aendern falsch etwas was korrigieren "
                     "изменить изменим поменять исправить неверно неправильно что-то что нибудь то"),
    TOMORROW: word_set("tomorrow remind reminder morgen erinnern erinnere erinnerung завтра напомнить напомни "
                       "напомните"),
    QUIET: word_set("no reminder thanks brauche need needed necessary notig danke не надо нужно напоминать"),
    LATER: word_set("not now later yet another time nicht jetzt spater noch ein andermal не сейчас потом позже "
                    "попозже"),
    CANCEL: word_set("cancel stop abort abbrechen abbruch stornieren lassen отмена отменить отмените отменяю стоп"),
}  # fmt: skip
"""Words that are an answer as well as the button is."""
MORE_YES = word_set("""
    absolutely definitely course of do will thing exactly fine great perfect all good right that thats that's is looks
    naturlich selbstverstandlich unbedingt sehr gut so es das ist alles gern prima super bestens in ordnung korrekt
    все всё правильно точно так давай давайте можно именно отлично конечно же это верно подходит
""")
MORE_NO = word_set("way not really need nicht danke lieber keinesfalls не надо нужно не стоит")
AROUND = word_set("""
    it them this that that's thats is the a an i i'd i'm want like would you can could do let's lets let me my
    order form for us we to just then ok okay well so please up all everything
    es sie das ihn me mich meine bestellung formular die den ich mochte will wir uns bitte mal doch ruhig dann also mir
    alles einfach gerne gern kann konnen kannst
    его это её ее меня мне мой мою заказ форму анкету о об пожалуйста хочу я мы нам лучше тогда ну просто все всё
""")
"""Words that say nothing by themselves."""
NEGATED = word_set("not dont don't never nicht kein keine не ни")
OPPOSITE = {KEEP: DROP, TOMORROW: QUIET, ON: LATER, RIGHT: CHANGE, AGAIN: EMPTY, DROP: KEEP}
"""What the denial of an answer is."""


def verb_said(about: str, text: str, labels: Mapping[str, Collection[str]]) -> str:
    """Return the answer that words mean, empty for none.

    Args:
        about: what is asked.
        text: the customer's words.
        labels: answer -> what stands on its button, in each language.
    """
    words, verbs = words_of(text), ASKED[about]
    for verb in verbs:
        if words and words in [words_of(label) for label in labels.get(verb, ())]:
            return verb
    said = set(words) - POLITE
    whole = [verb for verb in verbs if said and said <= SAID[verb] and (verb != QUIET or said & (NO | NEGATED))]
    if LATER in whole and not said <= NEGATED:
        return LATER
    return _plainly(about, said) or next(iter(whole), "") or _with_more(about, said)


def agreed(text: str, labels: Iterable[str]) -> bool:
    """Return whether words agree to the one thing that is offered: its button's label, or a yes with more words."""
    words = words_of(text)
    said = set(words) - POLITE
    yes = said & YES and not said & (NO | NEGATED) and said <= YES | MORE_YES | AROUND
    return bool(words) and (bool(yes) or words in [words_of(label) for label in labels])


def _plainly(about: str, said: set[str]) -> str:
    """Return what a yes or a no is, also one with more words: "yes, that's right", "nein danke"."""
    yes, no = YES_NO[about]
    if said & YES and not said & (NO | NEGATED) and said <= YES | MORE_YES | AROUND:
        return yes
    return no if said & NO - NEGATED and not said & YES and said <= NO | MORE_NO | AROUND else ""


def _with_more(about: str, said: set[str]) -> str:
    """Return the one answer that is left when yes, no and what says nothing are put aside; its opposite if denied."""
    yes, _ = YES_NO[about]
    rest = said - AROUND - NEGATED - (YES | NO)
    denied = bool(said & NEGATED)
    meant = next((verb for verb in ASKED[about] if rest and rest <= SAID[verb]), "")
    if not rest and denied and said & YES:
        meant = yes  # "stimmt nicht"
    if not denied:
        return meant
    opposite = OPPOSITE.get(meant, "")
    return opposite if opposite in ASKED[about] else ""
