"""What stopping does, in plain words (B1), in Dutch, English and Arabic: for the preview and for what was done."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.consent.effects import Code, Effect
from gateway.consent.erasure import Basis

LANGUAGES = ("nl", "en", "ar")

# {creditor} is the name of the creditor, {days} a number of days, {article} the law.
WORDS: Mapping[Code, tuple[str, str, str]] = {
    Code.GRANT_ENDED: (
        "Wij delen hiervoor geen gegevens van u meer met {creditor}.",
        "We no longer share your data with {creditor} for this.",
        "لن نشارك بياناتك مع {creditor} لهذا الغرض بعد الآن.",
    ),
    Code.OBJECTION_RECORDED: (
        "Dit moeten wij doen volgens de wet ({article}). Wij schrijven op dat u het er niet mee eens bent. "
        "Uw hulpverlener kijkt ernaar.",
        "The law says that we must do this ({article}). We record that you object. Your counsellor looks at it.",
        "القانون يُلزمنا بهذا ({article}). نسجّل اعتراضك، وسينظر فيه مرشدك.",
    ),
    Code.MESSAGE_CANCELLED: (
        "Een bericht aan {creditor} gaat niet meer weg.",
        "A message to {creditor} will not leave any more.",
        "لن تُرسل رسالة كانت موجهة إلى {creditor}.",
    ),
    Code.SENDING_UNDER_WAY: (
        "Een bericht aan {creditor} was al onderweg. Dat halen wij niet terug.",
        "A message to {creditor} was on its way already. We cannot take it back.",
        "كانت رسالة إلى {creditor} في طريقها بالفعل، ولا يمكننا استرجاعها.",
    ),
    Code.CONVERSATION_STOPPED: (
        "Wij vragen niets meer aan {creditor} en stellen niets meer voor.",
        "We ask {creditor} nothing more and propose nothing more.",
        "لن نطلب من {creditor} شيئًا آخر ولن نقترح شيئًا.",
    ),
    Code.TERM_ENDED: (
        "De termijn voor {creditor} stopt.",
        "The term for {creditor} ends.",
        "تتوقف المهلة المحددة لـ {creditor}.",
    ),
    Code.PRESUMPTION_CANCELLED: (
        "Geen antwoord van {creditor} telt niet meer als ja.",
        "No answer from {creditor} no longer counts as yes.",
        "عدم رد {creditor} لن يُعتبر موافقة بعد الآن.",
    ),
    Code.STOP_NOTICE: (
        "Wij sturen {creditor} bericht om te stoppen. Daarin staat alleen een nummer, niet waarom.",
        "We tell {creditor} to stop. The message holds a number only, not why.",
        "نخبر {creditor} بالتوقف. تحتوي الرسالة على رقم فقط، دون ذكر السبب.",
    ),
    Code.LATE_ANSWERS_UNREAD: (
        "Komt er toch nog een antwoord van {creditor}? Dan lezen wij het niet. Wij vernietigen het.",
        "If {creditor} still answers, we do not read it. We destroy it.",
        "إذا أجاب {creditor} لاحقًا فلن نقرأ الرد، بل سنتلفه.",
    ),
    Code.ANSWER_ERASED: (
        "Wij wissen wat {creditor} ons stuurde.",
        "We erase what {creditor} sent us.",
        "نمحو ما أرسله {creditor} إلينا.",
    ),
    Code.ANSWER_KEPT: (
        "Wat {creditor} ons al stuurde, moeten wij bewaren volgens de wet ({article}), tot {days} dagen na het "
        "einde van uw zaak.",
        "What {creditor} already sent us, the law makes us keep ({article}), until {days} days after your case ends.",
        "ما أرسله {creditor} إلينا سابقًا يُلزمنا القانون بحفظه ({article}) حتى {days} يومًا بعد انتهاء ملفك.",
    ),
    Code.AGREEMENT_STANDS: (
        "De afspraak met {creditor} blijft gelden. Wilt u daarover praten? Bel ons.",
        "The agreement with {creditor} stands. Do you want to talk about it? Call us.",
        "يبقى الاتفاق مع {creditor} قائمًا. هل تريد التحدث عنه؟ اتصل بنا.",
    ),
    Code.PLAN_INCOMPLETE: (
        "Uw plan is niet meer compleet. De andere schuldeisers gaan gewoon door.",
        "Your plan is no longer complete. The other creditors simply go on.",
        "خطتك لم تعد كاملة. يستمر الدائنون الآخرون كما هم.",
    ),
    Code.OTHERS_GO_ON: (
        "Uw andere keuzes blijven zoals ze zijn.",
        "Your other choices stay as they are.",
        "تبقى خياراتك الأخرى كما هي.",
    ),
    Code.PARTNER_TOLD: (
        "Uw partner krijgt een neutraal bericht. Daarin staat niet wie er stopt, bij wie en waarom.",
        "Your partner gets a neutral message. It does not say who stops, with whom or why.",
        "يتلقى شريكك رسالة محايدة لا تذكر من توقف ولا مع من ولا لماذا.",
    ),
    Code.PARTNER_NOT_TOLD: (
        "Uw partner krijgt hierover geen bericht.",
        "Your partner gets no message about this.",
        "لن يتلقى شريكك أي رسالة عن هذا.",
    ),
    Code.COUNSELLOR_TOLD: (
        "Uw hulpverlener krijgt bericht dat u stopt. U hoeft niet te zeggen waarom.",
        "Your counsellor is told that you stop. You need not say why.",
        "يُبلَّغ مرشدك بأنك توقفت. لست مضطرًا لذكر السبب.",
    ),
}

# An answer that stays for another reason than the law of its own flow.
KEPT: Mapping[Basis, tuple[str, str, str]] = {
    Basis.AGREEMENT: (
        "Wat {creditor} ons stuurde, bewaren wij zolang de afspraak loopt die daarop is gemaakt.",
        "What {creditor} sent us, we keep while the agreement that was made from it lasts.",
        "نحتفظ بما أرسله {creditor} ما دام الاتفاق المبني عليه ساريًا.",
    ),
    Basis.OTHER_FLOW: (
        "Wat {creditor} ons stuurde, is nog nodig voor iets waar u ja op zei. Daarom bewaren wij het nog.",
        "What {creditor} sent us is still needed for something that you said yes to. So we still keep it.",
        "ما أرسله {creditor} لا يزال لازمًا لشيء وافقت عليه، لذلك نحتفظ به.",
    ),
    Basis.UNKNOWN_FLOW: (
        "Een medewerker kijkt of wij mogen bewaren wat {creditor} stuurde.",
        "A member of staff looks whether we may keep what {creditor} sent.",
        "ينظر موظف فيما إذا كان يجوز لنا حفظ ما أرسله {creditor}.",
    ),
}


def say(effect: Effect, creditor: str) -> dict[str, str]:
    """
    One effect in each language; *creditor* is the name of the organisation that it is about.

    In Arabic what is filled in stands in Unicode isolates, so that Latin letters do not turn the sentence around.
    """
    sentences = WORDS[effect.code]
    if effect.basis is not None:
        sentences = KEPT.get(effect.basis, sentences)
    filled = {"creditor": creditor, "days": effect.days or "", "article": effect.article or ""}
    isolated = {name: f"\u2068{value}\u2069" for name, value in filled.items()}
    return {
        language: sentence.format(**(isolated if language == "ar" else filled))
        for language, sentence in zip(LANGUAGES, sentences, strict=True)
    }
