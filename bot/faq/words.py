"""Word lists in English, German and Russian: what tells a language, and what is small talk.

All in small letters without accents on e, `ё` as `е`, `ß` as `ss`, the way `bot.faq.text.tokens` gives them.
"""

from __future__ import annotations

from collections.abc import Mapping


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Frequent words that only one of the three languages has.
FUNCTION_WORDS: Mapping[str, frozenset[str]] = {
    "en": _set("""
        the is are do does did how what when where why who which can could would should i'm i my me you your we our it
        this that these have has had of to for from with and or not don't doesn't isn't can't there please been get
        i'd i've if but about out much many long any some
    """),
    "de": _set("""
        der die das den dem des ein eine einen einem einer ist sind war wird werden wie wo wann warum wer welche
        welcher welches ich mir mich mein meine meinen meiner du sie ihr euch wir uns und oder nicht kein keine keinen
        mit für von zu zum zur auf aus bei nach über auch noch schon habe hat haben kann können könnt muss möchte
        bitte gibt es im ins am bin euer eure wenn dass man viel lange
    """),
    "ru": _set("""
        и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по мне мой моя мои где когда
        почему сколько можно нужно есть ли это если или для до от из вас вам мы нет еще уже какой какая какие
    """),
}

GREETINGS: Mapping[str, frozenset[str]] = {
    "en": _set("""
        hi hello hey hiya howdy yo greetings good morning afternoon evening day there all everyone team dear again bot
        sir madam guys folks support hola bonjour ciao privet zdravstvuyte zdravstvujte helo
    """),
    "de": _set("""
        hallo hallöchen hi hey moin servus grüezi grüss guten tag morgen abend gott grüsse liebe lieber liebes team
        zusammen na hallihallo hallole tach leute mitenand allerseits bot supportteam support damen herren und sehr
        geehrte
    """),
    "ru": _set("""
        привет приветик приветствую здравствуйте здравствуй здрасте здрасьте добрый доброе доброго день утро вечер дня
        утра вечера времени суток хай салют всем бот уважаемая уважаемые поддержка коллеги ребята приветики
    """),
}
THANKS: Mapping[str, frozenset[str]] = {
    "en": _set("""
        thanks thank you thx ty cheers very much so a lot many great perfect ok okay cool super nice good that's all
        helped appreciated got it for the help your tysm quick answer reply were helpful u merci gracias spasibo that
        works worked fine now then and now bunch mate no
    """),
    "de": _set("""
        danke dankeschön vielen dank schön sehr besten herzlichen super toll perfekt ok okay alles klar gut prima
        tausend für die hilfe ihre deine lieben dir ihnen im voraus schnelle antwort auskunft hat geklappt funktioniert
        jetzt und ja merci gerne das war alles nein recht
    """),
    "ru": _set("""
        спасибо спс спасибочки благодарю большое огромное вам тебе за помощь ок окей понятно понял поняла супер
        отлично хорошо все ясно очень
    """),
}
THANKING: frozenset[str] = _set("""
    thanks thank thx ty tysm cheers appreciated merci gracias spasibo danke dankeschön dank спасибо спс спасибочки
    спасибки пасиб благодарю
""")
GREETING: frozenset[str] = _set("""
    hi hello hey hiya howdy yo greetings morning afternoon evening hola bonjour privet zdravstvuyte zdravstvujte helo
    hallihallo hallole tach hallo hallöchen moin servus grüezi grüss tag morgen
    abend grüsse привет приветик приветствую здравствуйте здравствуй здрасте здрасьте день утро вечер дня утра вечера
    суток хай салют
""")
GOODBYES: frozenset[str] = _set("""
    bye goodbye byebye cu ciao tschüss tschüs tschau wiedersehen wiederschauen пока свидания прощайте
""")
GOODBYE_COMPANY: frozenset[str] = _set("bye good auf bis dann bald see you later до всего доброго хорошего дня")
OPENING_NO: frozenset[str] = _set("no nope nein nee нет неа")
DENYING: frozenset[str] = _set("no nope none nein nee ne keins keine keines nichts нет неа ни одна один ничего")
CONFIRMING: frozenset[str] = _set("""
    none keins keine nichts ничего
    ok okay okey k yes yep yeah yup sure no nope fine good great cool super perfect alright understood got it ja jep
    jo nein nee gut prima toll klar alles passt perfekt да ага угу нет неа ок окей хорошо отлично понятно понял поняла
    ясно супер ладно jawohl haha hahaha lol hm hmm well ахах ахаха ахахах хаха ха mhm aha yay wow
""")
PERSON: frozenset[str] = _set("""
    human humans person people operator operators agent representative employee staff somebody someone support manager
    consultant mensch menschen mitarbeiter mitarbeiterin mitarbeitern mitarbeitenden person operator berater beraterin
    kundenberater jemand jemandem jemanden ansprechpartner kundenservice support оператор оператора оператору
    оператором операторы человек человека человеку человеком сотрудник сотрудника сотруднику сотрудником менеджер
    менеджера менеджеру менеджером консультант консультанта консультантом специалист специалиста специалисту
    специалистом поддержка поддержки поддержку поддержкой кто-нибудь кем-нибудь живой живого живому живым
    colleague colleagues kollege kollegen kollegin ansprechpartnerin кого-нибудь кому-нибудь коллегу коллегой
""")
ASKING_FOR_ONE: frozenset[str] = _set("""
    talk speak chat connect call transfer get give want need like real live a an the to with me i would please can
    could may let you your is there this one now human person operator from of for us some actual some service i'd
    contact someone somebody directly ich möchte mochte will würde wurde bitte kann können könnte mit einem einer
    einen ein eine echten echter richtigen sprechen reden chatten verbinden verbinde sie du mich mir zu zum zur an der
    den dem und brauche gern gerne ihrem eurem lebenden direkt jetzt hier ist da weiterleiten verbunden werden я хочу
    хотел хотела бы можно нужен нужна нужно дайте дай позовите позови соедините соедини свяжите переключите переключи
    переведите пожалуйста поговорить пообщаться связаться с со на мне меня позвать общаться говорить живого живой
    живым мне к вашим любым любой реальным реальный настоящим настоящий поговорю
""")
INSISTING: frozenset[str] = _set("""
    still really finally rather prefer urgently urgent immediately again once already ever waiting wait where put
    through pass hand over on back has have bring fetch ask being someone just
    immer noch trotzdem endlich lieber wirklich unbedingt dringend sofort gleich doch mal nochmal wieder einfach nur
    auch gibt es von vom warte auf hätte wäre hole holen holt dazuholen stelle stellen durch durchstellen
    durchgestellt geben gebt gib echte dazu wo
    еще все прежнему таки равно срочно наконец лучше просто опять снова уже сейчас именно очень жду ждем ждать пусть
    ответит поговорит подойдет подключите подключится где тут здесь по из а
""")
"""What people put beside a wish for a person: that they still have it, how soon, and in which way."""
SWEARING: frozenset[str] = _set("""
    fuck fucking fucked fucker shit shitty bullshit bitch bastard asshole ass dick idiot idiots moron stupid crap damn
    wtf stfu dumb useless sucks scheisse scheiss scheiß scheisser arschloch arsch fick ficken fickt verfickt wichser
    hurensohn idiot idioten depp deppen blöd blöde dumm dumme mist verdammt kacke dummer dumme dummes blöder blödes
    dämlicher bescheuert bescheuerter scheissbot drecksbot crappy useless fck fcking блять блядь бля сука суки хуй хуйня
    хуйню нахуй нахер хер пизда пиздец ебать ебаный заебали заебал мудак мудаки идиот идиоты дебил дебилы дурак дураки
    тупой тупая тупые чёрт черт дерьмо говно гавно херня долбоеб
""")
FILLERS: frozenset[str] = _set("""
    you are your the this is a an so what it bot off of and me i just really very all such du bist ihr seid sie sind
    das ist so ein eine der die dieser dieses bot und was für echt total mal dich euch ты вы вас это просто какой
    какая что за бот и на меня вот так совсем вообще
""")
ASKING: Mapping[str, frozenset[str]] = {
    "en": _set("""
        how what when where why who which whose can could would should will shall may do does did is are am was were
        have has please tell explain i'd need want
    """),
    "de": _set("""
        wie was wo wohin woher wann warum wieso weshalb wer wen wem welche welcher welches welchen wieviel kann kannst
        können könnt könnte könnten darf dürfen soll muss müssen ist sind gibt habt haben hat nehmt nehmen macht bietet
        liefert bitte ob möchte brauche will geht
    """),
    "ru": _set("""
        как что чем когда где куда откуда почему зачем кто какой какая какие каким сколько можно можете могу могли
        есть ли принимаете доставляете возможно нужно подскажите скажите хочу почём чей
    """),
}
"""Words that a question or a wish begins with."""
WISHING: frozenset[str] = _set("""
    please need want will i'd tell bitte möchte brauche will soll пожалуйста нужно скажите подскажите хочу могу
""")
"""Those of them that begin a wish, which a form's comment may be, rather than a question."""
ASKING_HOW: frozenset[str] = _set("""
    how when where why who wie wann wo wohin woher warum wieso weshalb wer
    кто как когда где куда откуда почему зачем сколько
""")
"""Those that ask of what is done, and not of a kind of thing: two words suffice."""
DEMANDING: frozenset[str] = _set("""
    want need demand require request give refund send call ring help stop
    will möchte mochte brauche benötige verlange fordere
    хочу требую прошу нужен нужна нужно нужны надо
""")
"""Words with which something is demanded, at the start or behind who demands it: "I want", "give me", "мне нужно"."""
LEAD_INS: frozenset[str] = _set("""
    and also or but then so und auch oder aber dann außerdem ausserdem и а также или но еще ещё plus well hm
""")
"""Words that may stand before them."""
PLEASE: frozenset[str] = _set("please pls plz bitte пожалуйста плиз pozhaluysta pozhalujsta")
ADDRESSED: frozenset[str] = _set("""
    bot sir madam guys folks team support supportteam dear uh um there all everyone again бот поддержка уважаемая
    уважаемые коллеги ребята снова leute mitenand allerseits miteinander chef zusammen nochmal wieder
""")
"""Who is greeted, or how."""
QUESTION_WORDS: frozenset[str] = _set("""
    how what when where why who which much many long any wie was wo wann warum wer welche welcher welches viel lange
    gibt kann как что где когда почему сколько какой какая какие можно есть
""")
"""Small words that tell questions about one thing from each other."""
LESSER: frozenset[str] = _set("""
    a an be been got has just really very some one ever again now
    denn eigentlich gerade mal doch nun jetzt bitteschön
    ну же ли вообще вот уж просто подскажите скажите
""")
"""Words without which a question asks the same."""
PEOPLE: Mapping[str, frozenset[str]] = {
    "en": _set("i we i'm i've"),
    "de": _set("ich wir"),
    "ru": _set("я мы вы у мне нам"),
}
"""Who begins a clause of their own behind an "and": "and I need an invoice"."""
BEHIND_A_VERB: frozenset[str] = _set("sie ihr er es man ich wir du das")
"""German: a verb, then one of these, is a question: "kommt er auch nach Wien"."""
PRONOUNS: Mapping[str, frozenset[str]] = {
    "en": _set("it they them its their this that these those there one ones"),
    "de": _set("""
        er ihn ihm es ihnen dies diese dieser dieses diesen dafür damit davon dazu darauf daran dabei dort dorthin dahin
    """),
    "ru": _set("он она оно они его ее ей ему их им это этого этим этой эту туда там них нее него"),
}
"""Words that stand for what was named before."""
MEASURES: Mapping[str, frozenset[str]] = {
    "en": _set("cost costs price take takes taking expensive cheap offer get"),
    "de": _set("kostet kosten teuer dauert dauern preis dauer bekomme bekommt"),
    "ru": _set("стоит стоят стоить стоимость цена идет занимает длится дорого"),
}
"""Words that ask of a thing rather than name it."""
