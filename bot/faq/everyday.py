"""What people say to machines about anything else: weather, sports, homework, the heart, in three languages.

A question that is nearer to these sentences than to every phrasing of a base is hardly one that the base answers. Where
a base does hold an entry about the weather, its own phrasings are nearer. Written for this purpose.
"""

from __future__ import annotations

EVERYDAY: tuple[str, ...] = tuple(
    line.strip()
    for line in """
    Will it rain tomorrow afternoon?
    How cold does it get up north in January?
    Is a storm coming this weekend?
    Who won the match last night?
    When does the football season start again?
    How many players are in a handball team?
    Who is going to win the election?
    What do you think of the new government?
    Who was the first president?
    Tell me the latest news.
    What is the capital of Mongolia?
    How high is the tallest mountain on earth?
    How far away is the moon?
    Why is the sky blue?
    How old is the universe?
    What is the square root of 144?
    Solve this equation for me.
    How many grams are in a pound?
    What time is it in Tokyo right now?
    What day is it in two weeks?
    Set an alarm for half past six.
    Remind me to call my mother tonight.
    Turn off the lights in the bedroom.
    Play some jazz from the fifties.
    Sing me a song.
    Tell me a joke about a priest.
    Write me a poem about autumn.
    Who wrote War and Peace?
    Which film won the most prizes last year?
    What is on television this evening?
    Recommend me a good crime novel.
    How do I cook a soft-boiled egg?
    What can I make from leftover rice?
    How long do potatoes have to boil?
    Is it healthy to skip breakfast?
    I have had a headache for three days.
    What helps against a sore throat?
    Should I see a doctor about my knee?
    How do I lose weight quickly?
    How many push-ups should a beginner do?
    My dog does not want to eat.
    How do I teach a cat to stay off the table?
    When should roses be cut back?
    Why do the leaves of my lemon tree turn yellow?
    What does a used car cost?
    How often should the oil in a car be changed?
    My tyre is flat, what now?
    When does the next train to the airport leave?
    Find me a cheap flight to Lisbon.
    Do I need a visa for India?
    Book a table for four at an Italian place.
    Which hotel is close to the beach?
    How do I get to the town hall by bus?
    Is there a traffic jam on the motorway?
    How do you say good night in Spanish?
    What does this word mean?
    Translate this sentence into French.
    Help me with my homework in chemistry.
    When was the Berlin wall built?
    Which exam do I need to become a nurse?
    How do I write a letter of application?
    How much does a teacher earn?
    My boss does not like me.
    How do I hand in my notice?
    How do I file my tax return?
    What is the interest rate on a mortgage?
    Should I buy shares or gold?
    How do I open a bank account for my son?
    Is bitcoin going up?
    The flat above us is too loud at night.
    How do I get a stain out of the carpet?
    The washing machine is leaking.
    How do I hang a shelf on plaster?
    How do I install a printer on my laptop?
    My phone does not charge any more.
    What is the best programming language?
    Write a function that sorts a list.
    Which game should I play next?
    What is the meaning of life?
    Do you believe in god?
    Are you married?
    How old are you?
    What is your favourite colour?
    I am bored, talk to me.
    I feel lonely today.
    She does not answer my messages any more.
    What should I wear to a wedding?
    How do I tie a tie?
    What name suits a baby girl?
    How much sleep does a child need?
    When is the next full moon?
    Which star sign am I?
    Flip a coin for me.
    Who invented the telephone?
    Do fish sleep?
    How fast can a cheetah run?
    Where can I watch birds near the river?
    How do I learn to play the guitar?
    How many people live in Brazil?
    Regnet es morgen Nachmittag?
    Wie kalt wird es im Januar in den Bergen?
    Kommt am Wochenende ein Sturm?
    Wer hat gestern Abend das Spiel gewonnen?
    Wann fängt die Bundesliga wieder an?
    Wie viele Spieler hat eine Handballmannschaft?
    Wer wird die Wahl gewinnen?
    Was hältst du von der neuen Regierung?
    Wer war der erste Bundeskanzler?
    Erzähl mir die neuesten Nachrichten.
    Was ist die Hauptstadt der Mongolei?
    Wie hoch ist der höchste Berg der Welt?
    Wie weit ist es bis zum Mond?
    Warum ist der Himmel blau?
    Was ist die Wurzel aus 144?
    Löse diese Gleichung für mich.
    Wie viel Gramm hat ein Pfund?
    Wie spät ist es gerade in Tokio?
    Stell den Wecker auf halb sieben.
    Erinnere mich heute Abend daran, meine Mutter anzurufen.
    Mach das Licht im Schlafzimmer aus.
    Spiel etwas Jazz aus den Fünfzigern.
    Sing mir ein Lied vor.
    Erzähl mir einen Witz.
    Schreib mir ein Gedicht über den Herbst.
    Wer hat den Faust geschrieben?
    Was läuft heute Abend im Fernsehen?
    Empfiehl mir einen guten Krimi.
    Wie kocht man ein weiches Ei?
    Was kann ich aus übrigem Reis machen?
    Wie lange müssen Kartoffeln kochen?
    Ist es gesund, das Frühstück auszulassen?
    Ich habe seit drei Tagen Kopfschmerzen.
    Was hilft gegen Halsschmerzen?
    Soll ich mit meinem Knie zum Arzt?
    Wie nehme ich schnell ab?
    Mein Hund will nicht fressen.
    Wann schneidet man Rosen zurück?
    Warum werden die Blätter meines Zitronenbaums gelb?
    Was kostet ein gebrauchtes Auto?
    Wie oft muss man beim Auto das Öl wechseln?
    Ich habe einen Platten, was jetzt?
    Wann fährt der nächste Zug zum Flughafen?
    Such mir einen billigen Flug nach Lissabon.
    Brauche ich ein Visum für Indien?
    Reservier einen Tisch für vier beim Italiener.
    Welches Hotel liegt nah am Strand?
    Ist auf der Autobahn Stau?
    Was heißt gute Nacht auf Spanisch?
    Was bedeutet dieses Wort?
    Übersetz diesen Satz ins Französische.
    Hilf mir bei den Hausaufgaben in Chemie.
    Wann wurde die Mauer gebaut?
    Welchen Abschluss brauche ich als Krankenpfleger?
    Wie schreibe ich eine Bewerbung?
    Wie viel verdient eine Lehrerin?
    Mein Chef mag mich nicht.
    Wie mache ich meine Steuererklärung?
    Wie hoch sind die Zinsen für einen Hauskredit?
    Soll ich Aktien oder Gold kaufen?
    Die Nachbarn über uns sind nachts zu laut.
    Wie bekomme ich einen Fleck aus dem Teppich?
    Die Waschmaschine läuft aus.
    Wie hänge ich ein Regal an eine Gipswand?
    Wie richte ich einen Drucker am Laptop ein?
    Mein Handy lädt nicht mehr.
    Welche Programmiersprache ist die beste?
    Was ist der Sinn des Lebens?
    Glaubst du an Gott?
    Bist du verheiratet?
    Wie alt bist du?
    Was ist deine Lieblingsfarbe?
    Mir ist langweilig, rede mit mir.
    Ich fühle mich heute einsam.
    Sie antwortet nicht mehr auf meine Nachrichten.
    Was ziehe ich zu einer Hochzeit an?
    Wie bindet man eine Krawatte?
    Welcher Name passt zu einem Mädchen?
    Wie viel Schlaf braucht ein Kind?
    Wann ist wieder Vollmond?
    Welches Sternzeichen bin ich?
    Wirf eine Münze für mich.
    Schlafen Fische?
    Wie schnell läuft ein Gepard?
    Wie lerne ich Gitarre spielen?
    Wie viele Menschen leben in Brasilien?
    Завтра днём будет дождь?
    Какие морозы бывают на севере в январе?
    На выходных обещают бурю?
    Кто вчера выиграл матч?
    Когда снова начнётся футбольный сезон?
    Сколько игроков в команде по гандболу?
    Кто победит на выборах?
    Что ты думаешь о новом правительстве?
    Кто был первым президентом?
    Расскажи последние новости.
    Какая столица у Монголии?
    Какова высота самой высокой горы?
    Сколько километров до Луны?
    Почему небо голубое?
    Чему равен корень из 144?
    Реши мне это уравнение.
    Сколько граммов в фунте?
    Который час сейчас в Токио?
    Поставь будильник на половину седьмого.
    Напомни вечером позвонить маме.
    Выключи свет в спальне.
    Включи джаз пятидесятых годов.
    Спой мне песню.
    Расскажи анекдот.
    Напиши стихотворение про осень.
    Кто написал «Войну и мир»?
    Что сегодня вечером по телевизору?
    Посоветуй хороший детектив.
    Как сварить яйцо всмятку?
    Что приготовить из вчерашнего риса?
    Сколько варить картошку?
    Вредно ли не завтракать?
    У меня третий день болит голова.
    Что помогает от боли в горле?
    Идти ли мне к врачу с коленом?
    Как быстро похудеть?
    Моя собака не хочет есть.
    Когда обрезают розы?
    Почему у лимона желтеют листья?
    Сколько стоит подержанная машина?
    Как часто менять масло в машине?
    У меня спустило колесо, что делать?
    Когда следующий поезд в аэропорт?
    Найди дешёвый билет на самолёт в Лиссабон.
    Нужна ли виза в Индию?
    Забронируй столик на четверых в итальянском ресторане.
    Какая гостиница ближе к пляжу?
    Есть ли пробки на трассе?
    Как сказать по-испански спокойной ночи?
    Что означает это слово?
    Переведи это предложение на французский.
    Помоги с домашним заданием по химии.
    В каком году построили стену?
    Какое образование нужно медсестре?
    Как написать резюме?
    Сколько зарабатывает учитель?
    Мой начальник меня не любит.
    Как заполнить налоговую декларацию?
    Какой процент по ипотеке?
    Что купить, акции или золото?
    Соседи сверху шумят по ночам.
    Как вывести пятно с ковра?
    Стиральная машина протекает.
    Как повесить полку на гипсокартон?
    Как подключить принтер к ноутбуку?
    Телефон больше не заряжается.
    Какой язык программирования лучше?
    В чём смысл жизни?
    Ты веришь в бога?
    Ты женат?
    Сколько тебе лет?
    Какой у тебя любимый цвет?
    Мне скучно, поговори со мной.
    Мне сегодня одиноко.
    Она больше не отвечает на мои сообщения.
    Что надеть на свадьбу?
    Как завязать галстук?
    Как назвать девочку?
    Сколько должен спать ребёнок?
    Когда будет полнолуние?
    Кто я по знаку зодиака?
    Подбрось монетку.
    Спят ли рыбы?
    С какой скоростью бегает гепард?
    Как научиться играть на гитаре?
    Сколько людей живёт в Бразилии?
""".strip().splitlines()
)
