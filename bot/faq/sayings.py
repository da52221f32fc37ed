"""Fixed sayings in English, German and Russian: what people say that is no question for the FAQ.

"wie geht's", "have a nice day", "das hilft mir nicht", "are you a bot": matched as a whole, after a greeting and
a please were taken away. In the form of `bot.faq.text.tokens`: small letters, `ё` as `е`, `ß` as `ss`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping


def _any(*sayings: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one})" for one in sayings))


HOW_ARE_YOU = _any(
    r"how (are|r) (you|u)( doing| today)?|how do you do|how is it going|how's it going|what's up|whats up|sup",
    r"good day( sir| madam)?",
    r"wie geht('s| es|s)?( dir| ihnen| euch)?( so)?|alles (gut|klar)( bei (dir|ihnen|euch))?|was geht( ab)?",
    r"как (дела|ты|вы|поживаете|поживаешь|жизнь|настроение)( у (вас|тебя))?",
    r"(i'm|i am|my name is|this is|ich bin|ich heisse|mein name ist|меня зовут|это) \w+",
)
FAREWELL = _any(
    r"(have )?(a )?(nice|good|great|lovely) (day|evening|weekend|one)( too)?|good night|take care|all the best",
    r"(see|talk to|speak to) (you|u|ya)( later| soon| then| tomorrow)?|cu later|until (then|tomorrow)",
    r"(ihnen |dir |euch |noch |auch )*(einen |ein )?(schönen|guten|schönes|gutes) (tag|abend|feierabend|wochenende|rest"
    r"tag|sonntag)( noch| ihnen| dir| euch)*|gute nacht|bis (bald|dann|später|morgen|nachher|die tage)|mach's gut",
    r"auf wiederhören|alles gute|man sieht sich|bis zum nächsten mal",
    r"(всего|самого) (доброго|хорошего|наилучшего)|хорошего (дня|вечера|настроения)( вам| тебе)?|хороших выходных",
    r"до (встречи|завтра|скорого|свидания|связи)|спокойной ночи|удачи( вам)?|всех благ",
)
HELP = _any(
    r"help( me| us)?|i need help|what can (you|u) do( for me)?|what do you know|menu|start|commands",
    r"hilfe|hilf mir|helfen sie mir|ich brauche hilfe|was (kannst du|können sie|kannst du alles)( tun)?|menü",
    r"помощь|помогите|помоги|помогите мне|помоги мне|нужна помощь|что ты (умеешь|можешь)|что вы умеете|меню|старт",
)
ROBOT = _any(
    r"(are|r) (you|u) (a |an |real |really )*(bot|robot|human|machine|person|ai|program|chatbot|real)( or a? ?\w+)?",
    r"(am i|is this) (talking|chatting|speaking|writing)? ?(to |with )?(a |an )?(bot|robot|human|machine|person|ai)",
    r"(who|what) are you|do i talk to a (bot|human|person)",
    r"(bist du|sind sie|seid ihr) (ein |eine |echt ein |wirklich ein )?"
    r"(bot|roboter|mensch|maschine|ki|programm|chatbot)",
    r"(spreche|schreibe|chatte|rede) ich (hier )?mit (einem|einer) (bot|roboter|menschen|maschine|ki|mensch)",
    r"(wer|was) (bist du|sind sie)",
    r"(ты|вы|это|я говорю с|я общаюсь с) (бот|робот|человек|машина|программа|ботом|роботом|человеком|живой человек)",
    r"(ты|вы) (живой|настоящий)( человек)?|(кто|что) (ты|вы)( такой| такая| такие)?",
)
UNHELPED = _any(
    r"(this|that|it|which)? ?(doesn't|does not|didn't|did not|not|don't|doesnt|didnt) (really )?help(ed|ful)?( me)?"
    r"( at all)?|you (don't|do not|didn't|did not|dont) (understand|get)( me| it| my question)?",
    r"(this is |that's |that is )?(the )?(wrong|bad|useless) answer",
    r"(that's|that is|thats) (wrong|not right|not correct)",
    r"(that's|that is|thats|this is)? ?not (what i (asked|meant|mean|want|wanted)|my question|an answer)",
    r"(das|es|dies)? ?(hilft|half) (mir )?(leider )?(nicht|nichts|gar nicht|überhaupt nicht)( weiter)?",
    r"(das )?hat( mir)?( leider)? nicht geholfen|(du|sie) versteh(st|en) (mich |das |meine frage )?nicht",
    r"(das ist )?(die |eine )?(falsche|schlechte|unbrauchbare) antwort|das (stimmt|passt) nicht",
    r"das (war|ist) (nicht|keine) (meine frage|antwort|was ich .*)|das (habe|hab) ich nicht (gefragt|gemeint)",
    r"(это |мне |вообще |совсем )*не помог(ло|ает|ла|ли)?( мне)?|ничего не помогло",
    r"(ты|вы) (меня |мой вопрос )?не (понял|поняла|поняли|понимаешь|понимаете)( меня| вопрос| мой вопрос)?",
    r"(это )?(неправильный|неверный|не тот|плохой) ответ|это не (то|ответ)|я не (об этом|это)( спрашивал\w*| имел\w*)?",
)
CALL = _any(
    r"(can |could )?(anyone|anybody|someone|somebody)( there| here)?( help( me)?)?|(is )?(anyone|anybody) (there|here)",
    r"(can|could|will|would) (you|someone|somebody) call me( back)?|call me( back)?|i want a call( back)?",
    r"(can i |i want to |let me )?(talk|speak) to (a )?human being|customer (service|support|care)",
    r"(no|not a|no more) (bot|bots|robot|robots)( a| but a)? ?(human|person)?( please)?|get me out of here",
    r"(kann|könnte) (mir )?(bitte )?jemand( mir)? helfen|(ist|jemand) (da )?(jemand )?(da|hier)",
    r"(rufen|rufe|ruf)( sie)? mich( bitte)? (an|zurück)|(bitte )?(um )?rückruf( bitte)?",
    r"können sie mich (anrufen|zurückrufen)",
    r"kein(en)? (bot|roboter)( sondern)? ?(ein(en)? )?(mensch(en)?|mitarbeiter)?",
    r"(пере|по)звоните( мне)?|мне нужен звонок",
    r"(есть|тут есть|здесь есть) (кто|кто-нибудь|кто нибудь)( живой| тут| здесь)?",
    r"не бот( а)? ?(человек)?|(хочу|нужен) (не бота|человека|человек)",
)
NO_BOT = _any(
    r"\b(?:i )?(?:do not|don't|dont|won't|will not) (?:want|like|wish)(?: to)?(?: talk| speak| chat| write)?"
    r"(?: to| with)?(?: a| an| any| the| this)? (?:bot|robot|chatbot)s?\b",
    r"\b(?:not|no|without)(?: to| with)?(?: a| an| any| more| the| this)? (?:bot|robot|chatbot)s?\b",
    r"\b(?:ich (?:will|möchte|mag) )?(?:und )?(?:mit )?kein(?:e|en|em)? (?:bots?|chatbot|roboter)\b"
    r"(?: reden| sprechen| schreiben)?",
    r"\b(?:ich (?:will|möchte|mag) )?nicht (?:mit )?(?:einem|einen|dem|den) (?:bot|chatbot|roboter)\b"
    r"(?: reden| sprechen| schreiben)?",
    r"\b(?:я )?(?:а )?не (?:хочу |буду )?(?:говорить |общаться |разговаривать |переписываться )?"
    r"(?:с )?(?:бот|робот)\w*",
)
"""That somebody wants no bot, which is taken away before their words are looked at as a wish for a person."""
_ONE_EN = (
    r"(?:(?:a|an|some|your|the|one of your|another|real|actual|live) )*"
    r"(?:human being|human|person|operator|agent|representative|employee|colleague|colleagues|manager|consultant"
    r"|member of staff|somebody|someone|anybody|anyone)"
)
_STRONG_EN = r"(?:(?:a|an|your|real|actual|live) )+(?:human being|human|person|operator|agent|representative)"
_THEN_EN = (
    r"(?=$| (?:please|pls|plz|now|today|for|about|because|as|regarding|who|from (?:your|the|support)"
    r"|to (?:help|talk|speak)|immediately|urgently|asap|instead"
    r"|not|and|but|my|it|i|this|thanks|thank|here|in (?:english|german|russian))\b)"
)
_ONE_DE = (
    r"(?:(?:einem|einen|einer|eine|ein|ihrem|ihrer|eurem|echten|echtem|richtigen|lebenden|realen|wirklichen) )*"
    r"(?:mensch|menschen|mitarbeiter|mitarbeiterin|person|operator|berater|beraterin|kundenberater|kollegen|kollegin"
    r"|ansprechpartner|ansprechpartnerin|jemand|jemandem|jemanden)"
)
_ONE_RU = (
    r"(?:(?:живым|живого|реальным|реального|настоящим|вашим|любым|кем-то из) )*"
    r"(?:человек(?:а|ом|у)|оператор(?:а|ом|у)|сотрудник(?:а|ом|у)|менеджер(?:а|ом|у)|консультант(?:а|ом|у)"
    r"|специалист(?:а|ом|у)|кого-нибудь|кем-нибудь|кого-то|кем-то|поддержкой)"
)
WISH = _any(
    r"\b(?:i (?:want|need|wish|have|prefer|must)|would like|would rather|would prefer|i'd (?:like|rather|prefer)|let me"
    r"|can i|could i|may i|want|need|please)(?: please| now| just| finally| really)*(?: to)?(?: please)?"
    rf" (?:talk|speak|chat|write) (?:to|with) {_ONE_EN}\b{_THEN_EN}",
    rf"\b(?:please|pls|plz)(?: just)? (?:call|get|fetch|bring|give)(?: me)? {_ONE_EN}\b{_THEN_EN}",
    rf"\b(?:get|fetch|find|give|bring) me {_ONE_EN}\b{_THEN_EN}",
    rf"\b(?:call|get|fetch) {_STRONG_EN} (?:please|pls|plz|now)\b",
    rf"\b(?:connect|transfer|put|pass) me (?:through |over |on )?(?:to|with) {_ONE_EN}\b",
    rf"\b(?:i need|i want|i'd like|i would like|i prefer|i'd prefer) {_STRONG_EN}\b{_THEN_EN}",
    r"\b(?:möchte|mochte|moechte|will|würde|wuerde|wünsche|kann ich|könnte ich|darf ich|ich muss)"
    rf"(?: (?!nicht|kein|ohne)\w+){{0,4}} mit {_ONE_DE}(?! (?:im|am|bei|vor|in)\b)(?: (?!nicht|kein|ohne)\w+){{0,6}}"
    r" (?:sprechen|reden|chatten|telefonieren|verbunden)\b",
    rf"\b(?:verbinden|verbinde|verbindet)(?: sie)? mich(?: bitte)? (?:mit|zu) {_ONE_DE}\b",
    rf"\bbitte mit {_ONE_DE} verbinden\b",
    rf"\b(?:holen|hole|hol|rufen|rufe|ruf|geben|gib)(?: sie| ihr| mir| bitte| doch| endlich)* {_ONE_DE}\b"
    r"(?! (?:an|zurück|wenn|zum|zur|für|im|am|beim)\b)",
    rf"\bbitte {_ONE_DE} (?:holen|rufen|dazuholen|schicken)\b",
    r"\b(?:brauche|brauch|benötige|will|möchte)(?: bitte| jetzt| hier| dringend| endlich| sofort| nur)*"
    r" (?:einen|eine|nen) (?:echten |echte |richtigen |lebenden )*"
    r"(?:menschen|mitarbeiter|mitarbeiterin|berater|beraterin|ansprechpartner"
    r"|ansprechpartnerin|operator|person)(?=$| (?:bitte|und|jetzt|der|die|dafür|deswegen|sofort|danke|am apparat)\b)",
    r"\b(?:позовите|позови|пригласите|соедините|соедини|переключите|переключи|переведите|свяжите|дайте|дай|подключите)"
    rf"(?: (?:меня|мне|пожалуйста|плиз|срочно|сюда|уже|просто))*(?: (?:с|со|на|к))? {_ONE_RU}\b",
    r"\b(?:хочу|хотел|хотела|хотелось|можно|могу|желаю|(?:нужно|надо)(?! ли))"
    r"(?: (?:я|бы|ли|мне|сейчас|срочно|просто|лично|пожалуйста))*"
    rf" (?:поговорить|пообщаться|говорить|общаться|связаться|переговорить) (?:с|со) {_ONE_RU}\b"
    r"(?! (?:в (?!чате)|на (?!русск|немец|англий)))",
    r"\b(?:нужен|требуется)(?: живой| реальный| настоящий)* (?:человек|оператор|сотрудник|менеджер|консультант)"
    r"(?=$| (?:пожалуйста|срочно|сейчас|а не|чтобы (?:помог|разобра|поговор|ответ))\w*\b)",
)
"""A wish for a person in the middle of anything else: "my parcel burnt please call a person"."""
NOT_WISHED = re.compile(
    r"\b(?:do|does|did|must|should|will|if|why|when|how|where|whether|not|don't|dont|didn't|won't|never|without|nor"
    r"|nicht|nie|ohne|muss|soll|warum|wann|wie|wo|не|ни|без|если|когда|зачем|почему|как|где) $"
)
"""What stands right before such words where they are no wish: "do I need to talk to a person?"."""
WISHED = frozenset(
    "please pls plz talk speak chat connect transfer call get give fetch bring find want need help "  # noqa: SIM905 as people list words
    "bitte sprechen reden verbinden holen rufen brauche möchte will helfen "
    "пожалуйста позовите позови соедините переключите переведите дайте свяжите подключите поговорить пообщаться "
    "связаться хочу нужен нужна нужно позвоните перезвоните".split()
)
"""Without one of these a part of a sentence that names a person calls for none."""
CLAUSE_END = re.compile(r"\s*[,;:()–—]\s*|\s-+\s")
LATER = re.compile(r"(?:when|once|as soon|wenn|sobald|falls|когда|как только)\b", re.IGNORECASE)
"""What a part of a sentence begins with beside which "call me" is for later."""
RUDE = _any(
    r"shut up|piss off|go to hell|what the (hell|heck|fuck)|(you|u|this) (really )?suck(s)?|screw you|kiss my ass",
    r"halt (die|deine|dein) (fresse|klappe|schnauze|maul)|verpiss dich|leck mich( am arsch)?|fahr zur hölle",
    r"du kannst mich mal",
    r"заткнись|(пошел|пошла|пошли|иди|идите|катись) (ты |вы )?(на|в|к) \w+|отвали(те)?|отстань(те)?",
)
SAYINGS: Mapping[str, re.Pattern[str]] = {
    "human": CALL,
    "swearing": RUDE,
    "robot": ROBOT,
    "unhelped": UNHELPED,
    "help": HELP,
    "goodbye": FAREWELL,
    "greeting": HOW_ARE_YOU,
}
"""Kinds by their names, in the order in which they are looked for."""
MASKED_SWEARING = re.compile(
    r"\bf[*#@$.]{1,2}c?k|\bsh[*!#]t\b|\bsch?ei[*#$]+e|\bб[*#]+[тд]ь|\bх[*#]+[йя]", re.IGNORECASE
)
PLEASED = frozenset("👍❤♥🙏😊😀😃😄🙂😍🥰👌💪🎉👏💐🌹☺😁🤗✅💯😘🫶")
DISPLEASED = frozenset("👎😡😠🤬😤💩🖕😢😭☹😞😒🙄")
