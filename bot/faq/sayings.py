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
