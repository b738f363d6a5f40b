"""The words of the way in and the way out."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str, str]] = {
    "entering_title": ("Hoe wilt u inloggen?", "How do you want to sign in?", "كيف تريد تسجيل الدخول؟"),
    "entering_lead": (
        "Op uw pagina ziet u wie wij iets vragen over uw schulden. U zegt zelf ja of nee.",
        "On your page you see whom we ask about your debts. You say yes or no yourself.",
        "في صفحتك ترى من نسأله عن ديونك. أنت من يقول نعم أو لا.",
    ),
    "entering_over_1": (
        "U was een tijd weg. Daarom bent u uitgelogd. Wat u al had gekozen, is bewaard. Log opnieuw in om verder te gaan.",
        "You were away for a while. That is why you are signed out. What you chose has been kept. Sign in again to go on.",
        "غبت لفترة، لذلك سُجّل خروجك. ما اخترته محفوظ. سجّل الدخول من جديد للمتابعة.",
    ),
    "entering_over_2": (
        "Wij wisten niet zeker of u het bent. Daarom bent u uitgelogd. Wat u al had gekozen, is bewaard. Uw code werkt "
        "niet nog een keer. Bel ons voor een nieuwe.",
        "We were not certain that it is you. That is why you are signed out. What you chose has been kept. Your code does "
        "not work again. Call us for a new one.",
        "لم نكن متأكدين من أنك أنت، لذلك سُجّل خروجك. ما اخترته محفوظ. لن يعمل رمزك مرة أخرى. اتصل بنا لتحصل على رمز جديد.",
    ),
    "entering_with_code_title": ("Met de code uit onze brief", "With the code from our letter", "بالرمز من رسالتنا"),
    "entering_with_code": (
        "U heeft de brief nodig, en uw geboortedatum.",
        "You need the letter, and your date of birth.",
        "تحتاج إلى الرسالة وإلى تاريخ ميلادك.",
    ),
    "entering_use_code": ("Ik heb een code", "I have a code", "لديّ رمز"),
    "entering_with_login_title": ("Met {label}", "With {label}", "باستخدام {label}"),
    "entering_call_title": ("Liever bellen?", "Would you rather call?", "هل تفضّل الاتصال؟"),
    "entering_call": (
        "Dat kan altijd. Alles op deze pagina's kunt u ook aan de telefoon zeggen. U kunt dan ook een nieuwe code vragen.",
        "You always can. Everything on these pages you can also say on the phone. You can then ask for a new code, too.",
        "هذا ممكن دائمًا. كل ما في هذه الصفحات يمكنك قوله عبر الهاتف أيضًا، ويمكنك أن تطلب رمزًا جديدًا.",
    ),
    "entering_call_number": ("Bel {phone}", "Call {phone}", "اتصل بالرقم {phone}"),
    # the code
    "entering_code_title": ("Inloggen met een code", "Sign in with a code", "تسجيل الدخول برمز"),
    "entering_code_label": ("Code uit de brief", "Code from the letter", "الرمز من الرسالة"),
    "entering_code_hint": (
        "12 letters en cijfers. Streepjes mogen, en kleine letters ook.",
        "12 letters and digits. With or without dashes, in small letters too.",
        "12 حرفًا ورقمًا. يمكنك كتابة الشرطات والأحرف الصغيرة.",
    ),
    "entering_birth_label": ("Uw geboortedatum", "Your date of birth", "تاريخ ميلادك"),
    "entering_birth_hint": (
        "Bijvoorbeeld 27 3 1968.", "For instance 27 3 1968.", "مثلًا 27 3 1968.",
    ),
    "entering_go": ("Inloggen", "Sign in", "تسجيل الدخول"),
    "entering_code_form": (
        "Vul de code uit de brief in: 12 letters en cijfers.",
        "Fill in the code from the letter: 12 letters and digits.",
        "أدخل الرمز من الرسالة: 12 حرفًا ورقمًا.",
    ),
    "entering_birth_form": (
        "Vul uw geboortedatum in: de dag, de maand en het jaar.",
        "Fill in your date of birth: the day, the month and the year.",
        "أدخل تاريخ ميلادك: اليوم والشهر والسنة.",
    ),
    "entering_wrong_no_match": (
        "Deze code en geboortedatum passen niet bij elkaar. Of de code is al gebruikt.",
        "This code and date of birth do not belong together. Or the code was used already.",
        "هذا الرمز وتاريخ الميلاد غير متطابقين، أو أن الرمز استُخدم من قبل.",
    ),
    "entering_wrong_too_many": (
        "Dit klopt niet. Er zijn nu ook veel andere verkeerde codes. Wacht een minuut en probeer het nog eens. Of bel ons.",
        "This is not right. There are many other wrong codes now as well. Wait a minute and try again. Or call us.",
        "هذا غير صحيح. هناك الآن رموز خاطئة كثيرة أخرى أيضًا. انتظر دقيقة وحاول مرة أخرى، أو اتصل بنا.",
    ),
    "entering_no_code_title": ("Geen code, of lukt het niet?", "No code, or does it not work?", "لا رمز لديك أو لم ينجح الأمر؟"),
    "entering_no_code": (
        "Heeft u meer brieven? Alleen de code uit de nieuwste werkt, een maand lang en 1 keer. Bel ons als het niet lukt. "
        "Dan sturen wij een nieuwe brief, of wij doen het samen aan de telefoon.",
        "Do you have more letters? Only the code from the newest one works, for a month and once. Call us if it does not "
        "work. Then we send a new letter, or we do it together on the phone.",
        "هل لديك أكثر من رسالة؟ يعمل الرمز من أحدثها فقط، لمدة شهر ومرة واحدة. اتصل بنا إذا لم ينجح الأمر. عندها نرسل "
        "رسالة جديدة أو نُنجز الأمر معًا عبر الهاتف.",
    ),
    "entering_other_way": ("Op een andere manier inloggen", "Sign in another way", "تسجيل الدخول بطريقة أخرى"),
    # once more
    "entering_confirm_title": ("Bent u het zelf?", "Is it you?", "هل أنت صاحب الصفحة؟"),
    "entering_confirm_birth": (
        "Wij willen zeker weten dat u ja zegt, en niet iemand anders. Vul daarom uw geboortedatum nog een keer in.",
        "We want to be certain that it is you who says yes, and nobody else. So fill in your date of birth once more.",
        "نريد التأكد من أنك أنت من يوافق وليس شخصًا آخر. لذلك أدخل تاريخ ميلادك مرة أخرى.",
    ),
    "entering_confirm_login": (
        "Wij willen zeker weten dat u ja zegt, en niet iemand anders. Log daarom nog een keer in.",
        "We want to be certain that it is you who says yes, and nobody else. So sign in once more.",
        "نريد التأكد من أنك أنت من يوافق وليس شخصًا آخر. لذلك سجّل الدخول مرة أخرى.",
    ),
    "entering_confirm_stop": (
        "Nee zeggen en stoppen kan altijd, ook zonder dit.",
        "You can always say no and stop, also without this.",
        "يمكنك دائمًا أن ترفض وأن توقف، حتى دون ذلك.",
    ),
    "entering_confirm_go": ("Ga verder", "Go on", "متابعة"),
    "entering_confirm_login_go": ("Inloggen met {label}", "Sign in with {label}", "تسجيل الدخول باستخدام {label}"),
    "entering_birth_wrong": (
        "Dit is niet de geboortedatum die wij van u hebben. Kijk of er een tikfout in staat. Lukt het niet? Bel ons.",
        "This is not the date of birth that we have of you. See whether there is a typing error. Does it not work? Call us.",
        "هذا ليس تاريخ الميلاد المسجّل لدينا. تحقق من وجود خطأ في الكتابة. إذا لم ينجح الأمر، اتصل بنا.",
    ),
    "entering_back": ("Terug naar mijn pagina", "Back to my page", "العودة إلى صفحتي"),
    # out
    "entering_out_title": ("U bent uitgelogd", "You are signed out", "سجّلت الخروج"),
    "entering_out": (
        "Niemand kan nu meer bij uw pagina. Wat u heeft gekozen, is bewaard.",
        "Nobody can get to your page now. What you chose has been kept.",
        "لا يمكن لأحد الآن الوصول إلى صفحتك. ما اخترته محفوظ.",
    ),
    "entering_out_close": (
        "Is dit niet uw eigen telefoon of computer? Sluit dan ook dit venster.",
        "Is this not your own phone or computer? Then close this window, too.",
        "هل هذا ليس هاتفك أو حاسوبك؟ أغلق هذه النافذة أيضًا.",
    ),
    "entering_again": ("Opnieuw inloggen", "Sign in again", "تسجيل الدخول من جديد"),
    # who helps
    "entering_help_title": ("Helpt iemand u hierbij?", "Does somebody help you with this?", "هل يساعدك أحد في هذا؟"),
    "entering_help": (
        "Dat mag. Uw keuze blijft van u. Wij schrijven op dat er iemand bij was, zonder naam.",
        "That is fine. The choice remains yours. We record that somebody was with you, without a name.",
        "لا بأس بذلك. يبقى القرار لك. نسجّل أن شخصًا كان معك دون ذكر اسمه.",
    ),
    "entering_help_label": ("Wie helpt u nu?", "Who helps you now?", "من يساعدك الآن؟"),
    "entering_help_form": ("Kies wie u nu helpt.", "Choose who helps you now.", "اختر من يساعدك الآن."),
    "entering_help_nobody": ("Niemand, ik doe het zelf", "Nobody, I do it myself", "لا أحد، أقوم بذلك بنفسي"),
    "entering_help_counsellor": ("Mijn hulpverlener", "My counsellor", "مرشدي"),
    "entering_help_interpreter": ("Een tolk", "An interpreter", "مترجم"),
    "entering_help_volunteer": ("Een vrijwilliger", "A volunteer", "متطوع"),
    "entering_help_family": ("Familie of een vriend", "Family or a friend", "أحد الأقارب أو الأصدقاء"),
    "entering_help_go": ("Opslaan", "Save", "حفظ"),
    # the next time
    "entering_next_title": ("Een code voor de volgende keer", "A code for the next time", "رمز للمرة القادمة"),
    "entering_next": (
        "Met een nieuwe code hoeft u niet op een brief te wachten. Schrijf de code op. Bewaar hem waar alleen u erbij kunt.",
        "With a new code you do not have to wait for a letter. Write the code down. Keep it where only you can reach it.",
        "برمز جديد لن تحتاج إلى انتظار رسالة. اكتب الرمز واحفظه في مكان لا يصل إليه غيرك.",
    ),
    "entering_next_ends": (
        "Een code die u al had, werkt daarna niet meer.",
        "A code that you had already will not work after that.",
        "أي رمز كان لديك لن يعمل بعد ذلك.",
    ),
    "entering_next_make": ("Maak een code", "Make a code", "أنشئ رمزًا"),
    "entering_next_made_title": ("Dit is uw code", "This is your code", "هذا هو رمزك"),
    "entering_next_keep": (
        "Bewaar deze code voor de volgende keer. Wij laten hem maar 1 keer zien.",
        "Keep this code for the next time. We show it only once.",
        "احفظ هذا الرمز للمرة القادمة. نعرضه مرة واحدة فقط.",
    ),
    "entering_next_until": (
        "U kunt hem 1 keer gebruiken, tot {day}. U heeft dan ook uw geboortedatum nodig.",
        "You can use it once, until {day}. You then also need your date of birth.",
        "يمكنك استخدامه مرة واحدة حتى {day}. ستحتاج أيضًا إلى تاريخ ميلادك.",
    ),
    "entering_next_secret": (
        "Geef de code aan niemand. Wij vragen er nooit om.",
        "Give the code to nobody. We never ask for it.",
        "لا تعطِ الرمز لأحد. نحن لا نطلبه أبدًا.",
    ),
}  # fmt: skip
