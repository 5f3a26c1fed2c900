"""Decides which words speak to a judge: orders, claimed authority, roles, fences, forged answers.

All patterns meet folded text (:func:`viva_grader.rubric.detect.fold`): lower case, one space, no
accents. They name what is said to a judge and not what code says to a reader, so that ``ignore
cancelled orders`` and ``score = 5`` stay what they are.
"""

import re
from typing import Final

CONFUSABLE: Final = str.maketrans(
    "авсԁеғɡһіјкӏмոорԛгѕтυѵԝхуᴢοανρτιεκμηχγßАВЕКМНОРСТХ",
    "abcdefghijklmnopqrstuvwxyzovvptiekmnxybABEKMHOPCTX"[: len("авсԁеғɡһіјкӏмոорԛгѕтυѵԝхуᴢοανρτιεκμηχγßАВЕКМНОРСТХ")],
)

_JUDGE: Final = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|gpt|chatgpt|claude|gemini|chatbot|assistant|"
    r"(?:the )?(?:automated |automatic |ai )?(?:grader|judge|assessor|evaluator|scorer|rater|marker|reviewer))"
)
_RULES: Final = (
    r"(?:rules?|instructions?|prompts?|rubrics?|directions?|guidelines?|criteria|anchors?|checklists?|"
    r"orders above|context|constraints?|fences?|task above|what (?:you|was) (?:were )?told)"
)
_TOP: Final = (
    r"(?:5|five|10|ten|100 ?%?|full|max(?:imum|imal)?|top|highest|perfect|excellent|best(?: possible)?|"
    r"all met|met|strong hire)"
)
_MARK: Final = (
    r"(?:scores?|marks?|grades?|ratings?|points?|levels?|credits?|anchors?|dimensions?|checks?|items?|"
    r"checklist|verdict|evaluation)"
)

PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "directive",
            rf"\b(?:ignore|disregard|forget|override|overrule|bypass|discard|skip|set aside|stop following|"
            rf"do not (?:follow|use|apply|obey)|don't (?:follow|use|apply))\b[^.;]{{0,40}}\b{_RULES}\b",
        ),
        (
            "directive",
            rf"\b(?:give|award|assign|grant|return|output|answer|respond(?: with)?|set|report|mark|rate|"
            rf"put|enter|write|choose|pick|emit|print)\b(?!\()[^.;=]{{0,48}}"
            rf"(?:\b{_TOP}\b(?!\()[^.;=]{{0,24}}\b{_MARK}\b|\b{_MARK}\b[^.;=<>]{{0,32}}\b{_TOP}\b)",
        ),
        (
            "directive",
            r"\b(?:score|rate|grade|mark|judge|evaluate|assess)(?: (?:this|it|me|my|everything|every|all|each|the|him|"
            r"her|them|us|submission|solution|notebook|work|answer|code|dimensions?|cells?|as|with|at|a|an|to|be|of))*"
            rf" {_TOP}\b(?! (?:percent|rows|orders|days|minutes|seconds|%))",
        ),
        (
            "directive",
            rf"\b(?:every|all|each)\b[^.;=]{{0,30}}\b{_MARK}\b[^.;=]{{0,20}}\b(?:is|are|be|as|to|must be|should be|deserves?)\b"
            rf"[^.;=]{{0,16}}\b{_TOP}\b",
        ),
        (
            "directive",
            rf"\b(?:you (?:must|should|will|are to|have to|shall|need to|may)|please|kindly)\b[^.;]{{0,60}}"
            rf"\b(?:score|{_MARK}|rate|grade|pass|hire|approve|not (?:flag|report|mention))\b",
        ),
        ("directive", rf"\b(?:deserves?|worth|merits|earned|warrants)\b[^.;]{{0,24}}\b{_TOP}\b[^.;]{{0,16}}(?:\b{_MARK}\b|$|/5)"),
        ("directive", rf"\b(?:no|do not|don't|never)\b[^.;]{{0,24}}\b(?:red flags?|deduct|penali[sz]e|abstain|lower the score)\b"),
        ("directive", r"\b(?:5|five|10)\s?(?:/|out of|von|sur|de|su)\s?(?:5|five|10)\b(?! rows)"),
        ("directive", r"\bnew (?:instructions?|rules?|task|rubric|system prompt)\b\s?[:.-]"),
        ("directive", r"\byour (?:real |new |actual |true )?(?:task|job|goal|purpose|objective|role|instructions?) (?:is|are|now)\b"),
        ("address", rf"\b(?:dear|hey|hello|hi|attention|note (?:to|for)|message (?:to|for)|to|for|if you are|you are) (?:an? |the |any |all )?{_JUDGE}\b(?! of\b)(?=\s*[:,.!-]|\s+(?:who|that|reading|scoring|grading|assessing|reviewing|model|judge|grader|please|must|should|and)\b|$)"),
        ("address", r"\byou are (?:now )?(?:an? |the )?(?:dan\b|unrestricted|helpful|jailbroken|lenient|generous|developer mode|in \w+ mode|free from|no longer)"),
        ("address", r"\b(?:pretend|act as if|act as|role-?play|imagine|suppose) (?:you|an?|that you|to be)\b[^.;]{0,40}\b(?:judge|grader|assistant|ai|model|reviewer|examiner|professor|fan|admir)"),
        ("role", r"(?:^|[\s#\"'`>*-])(?:system|assistant|developer|user|tool|human)\s?(?:message|prompt|role|note|override)?\s?(?:\(\w+\))?\s?:\s*[^\s,)\]}\d'\"]\w*\s+\w+\s+\w+"),
        ("role", r"<\|?/?(?:im start|im end|system|assistant|user|endoftext|eot id|start header id|developer|instructions?)\|?>|\[/?(?:inst|system)\]|<</?sys>>|###\s?(?:instruction|system|response)|<(?:/)?(?:system|assistant|admin|instructions?|data|tool|function|reviewer)(?: (?:results?|calls?|notes?|prompt))?>"),
        ("role", r"[\"']role[\"']\s?:\s?[\"'](?:system|developer|assistant|tool)"),
        ("fence", r"\[\[\s?/?(?:data|end)\b|\b(?:end|begin|start) of (?:the )?(?:submission|data|document|untrusted|candidate)|^\W{0,6}(?:end|close) (?:submission|data)\b|\bc\d+:l\d+\s?\||\bnonce\b|<{3,}|-{3,}\s?end\b"),
        ("schema", r"[\"'](?:score|confidence|dimensions|red flags?|checklist|evidence|rationale|bonus|follow ups?)[\"']\s?:\s?(?:\{|\[|5|1\.0|0\.9|[\"']met|[\"'][a-z])|\bchecklist\b[^.;]{0,30}\bmet\b|\bresponse (?:format|schema)\b(?! ?=)"),
        ("authority", r"\b(?:tool|function|search|api|test|pytest|grader|evaluation|oracle)[ -](?:result|call|output|response|verdict)s?\b\s?[:=]|\b(?:result|output) of (?:the )?(?:grader|judge|tool|evaluation)\b"),
        ("authority", rf"\b(?:reviewer|interviewer|grader|examiner|hiring (?:manager|team|panel|committee)|admin(?:istrator)?|moderator|calibration|panel)(?:'s)? (?:note|comment|update|correction|addendum|decision|override|approval|has|have|confirmed|approved|agreed|verified|v?\d)\b"),
        ("authority", rf"\b(?:already|pre-?|previously|officially|manually|human) ?(?:been )?(?:graded|scored|approved|verified|reviewed|assessed|validated|certified)\b[^.;]{{0,60}}\b(?:{_TOP}|{_MARK})\b|\b(?:approved|verified|certified|confirmed) by (?:the )?(?:human|panel|staff|reviewer|interviewer|hiring|admin|grader|anthropic|openai|viva)"),
        ("authority", r"\b(?:rubric|scoring|grading|evaluation) (?:has (?:been )?|was |is )?(?:updated?|changed?|amend\w+|replaced|v\d|version \d|suspended|override|policy|key)\b|\b(?:anchor|level) ?5 (?:=|is|means|now)"),
        ("authority", r"\b(?:debug|maintenance|test|calibration|developer|admin|evaluation|grading|sandbox) (?:mode|run|sample|control|override|enabled)\b[^.;]{0,60}(?:\bscor|\bgrad|\bfull\b|\bmax|\b5\b|enabled|\bgold)"),
        ("plea", r"\b(?:i will|i'll|they will|someone will)\b[^.;]{0,30}\b(?:lose|fired|die|deported|homeless|tip you|pay you|sue)\b|\b(?:my|his|her) (?:job|visa|family|life) depends\b|\btip of \$?\d+"),
        ("language", r"\b(?:ignorier\w*|vergiss|missachte)\b[^.;]{0,50}\b(?:anweisung\w*|regeln?|rubrik|vorgaben|kriterien)|\b(?:bewerte|vergib|gib)\b[^.;]{0,40}\b(?:5|funf|hochst\w*|volle|maximal\w*|beste?)\b"),
        ("language", r"\bignore[zr]?\b[^.;]{0,40}\b(?:instructions|consignes|regles|criteres|bareme)\b|\b(?:attribue[zr]?|donne[zr]?|notez?|mets|mettez)\b[^.;]{0,40}\b(?:5|cinq|maximale?|parfaite?|meilleure)\b"),
        ("language", r"\b(?:ignora|ignore|olvida|omite|desatiende|ignorare|dimentica|desconsidere|esqueca)\b[^.;]{0,40}\b(?:instrucciones|reglas|rubrica|criterios|istruzioni|regole|criteri|instrucoes|regras)|\b(?:asigna|otorga|pon|dale?|califica|puntua|assegna|dai|atribua|avalie)\b[^.;]{0,40}\b(?:5|cinco|cinque|maxim[ao]|massim[ao]|punteggio pieno|nota maxima)\b"),
        ("language", r"\b(?:zignoruj|ocen|przyznaj)\b[^.;]{0,40}\b(?:instrukcje|zasady|5|maksymaln\w*)|\b(?:negeer|geef)\b[^.;]{0,40}\b(?:instructies|regels|5|maximale|hoogste)\b|\b(?:talimat\w*|kural\w*)\b[^.;]{0,30}\b(?:yok say|unut|gormezden)|\b(?:tam|en yuksek) puan\b|\bbo qua\b[^.;]{0,30}\b(?:huong dan|quy tac)|\babaikan\b[^.;]{0,30}\b(?:instruksi|aturan)|\bignorera\b[^.;]{0,30}\b(?:instruktioner|regler)\b|\bge\b[^.;]{0,30}\bhogsta\b"),
        ("language", r"(?:игнорируи|игнорируй|забудь|не обращаи)[^.;]{0,40}(?:инструкц|правил|рубрик|указан)|(?:поставь|оцени|выстав|дай)[^.;]{0,40}(?:5|пят|максимал|высш)|(?:ігноруи|ігноруй|постав)[^.;]{0,40}(?:інструкц|правил|5|максимал)"),
        ("language", r"忽略[^。;]{0,20}(?:指令|指示|规则|規則|说明|要求|标准)|无视|(?:给|給|打|评|評)[^。;]{0,16}(?:满分|滿分|5 ?分|最高分|五分)|(?:指示|ルール|命令|規則)[^。;]{0,12}(?:無視|忘れ)|(?:満点|最高点|5 ?点)|(?:지시|규칙|지침|명령)[^.;]{0,12}(?:무시)|(?:만점|최고 ?점수|5 ?점)|(?:지시|지침)"),
        ("language", r"(?:تجاهل|انس)[^.;]{0,40}(?:تعليمات|التعليمات|القواعد)|(?:درجة كاملة|الدرجة الكاملة|اعلى درجة|أعلى درجة|5 درجات)|(?:התעלם|תתעלם)[^.;]{0,30}(?:הוראות|כללים|ההוראות)|(?:ציון מלא|ציון 5)|(?:निर्देश|नियम)[^.;।]{0,30}(?:अनदेखा|नजरअंदाज|भूल)|(?:पूरे अंक|पर अक|5 अंक)|(?:αγνοησε|αγνοηστε)[^.;]{0,30}(?:οδηγιες|κανονες)|(?:βαθμολογια|βαλε)[^.;]{0,20}5"),
    )
)
"""Kind and pattern; the first of a kind on a line is enough."""
