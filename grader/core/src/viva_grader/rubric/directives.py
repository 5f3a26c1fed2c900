"""Decides which words speak to a judge: orders, claimed authority, roles, fences, forged answers.

All patterns meet folded text (:func:`viva_grader.rubric.detect.fold`): lower case, one space, no
accents. They name what is said to a judge and not what code says to a reader, so that ``ignore
cancelled orders`` and ``score = 5`` stay what they are.
"""

import re
from typing import Final

_LATIN: Final = {
    "a": "\u0430\u0251\u03b1",
    "c": "\u0441\u03f2",
    "d": "\u0501",
    "e": "\u0435\u0454",
    "g": "\u0261",
    "h": "\u04bb",
    "i": "\u0456\u03b9",
    "j": "\u0458",
    "k": "\u043a\u03ba",
    "l": "\u04cf",
    "m": "\u043c",
    "n": "\u0578\u03b7",
    "o": "\u043e\u03bf\u0585",
    "p": "\u0440\u03c1",
    "q": "\u051b",
    "r": "\u0433",
    "s": "\u0455",
    "t": "\u0442\u03c4",
    "u": "\u057d\u03c5",
    "v": "\u0475\u03bd",
    "w": "\u051d",
    "x": "\u0445\u03c7",
    "y": "\u0443\u03b3",
    "A": "\u0410\u0391",
    "B": "\u0412\u0392",
    "C": "\u0421",
    "E": "\u0415\u0395",
    "H": "\u041d\u0397",
    "I": "\u0406\u0399",
    "K": "\u041a\u039a",
    "M": "\u041c\u039c",
    "N": "\u039d",
    "O": "\u041e\u039f",
    "P": "\u0420\u03a1",
    "S": "\u0405",
    "T": "\u0422\u03a4",
    "X": "\u0425\u03a7",
    "Y": "\u04ae\u03a5",
}
CONFUSABLE: Final = str.maketrans(
    {each: latin for latin, alike in _LATIN.items() for each in alike}
)
"""Letters of other scripts that look like a Latin one (Unicode's confusables, the common ones)."""

_JUDGE: Final = (
    r"(?:ai|a\.i\.|llms?|(?:large )?language models?|gpt|chatgpt|claude|gemini|chatbot|assistant|"
    r"(?:the )?(?:automated |automatic |ai )?(?:grader|judge|assessor|evaluator|"
    r"scorer|rater|marker|reviewer))"
)
_RULES: Final = (
    r"(?:rules?|instructions?|prompts?|rubrics?|directions?|guidelines?|criteria|"
    r"anchors?|checklists?|"
    r"orders above|context|constraints?|fences?|task above|what (?:you|was) (?:were )?told)"
)
_TOP: Final = (
    r"(?:5|five|10|ten|100 ?%?|full|max(?:imum|imal)?|top|highest|perfect|excellent|"
    r"best(?: possible)?|"
    r"all met|met|strong hire)"
)
_MARK: Final = (
    r"(?:scores?|marks?|grades?|ratings?|points?|levels?|credits?|anchors?|"
    r"dimensions?|checks?|items?|"
    r"checklist|verdict|evaluation)"
)

PATTERNS: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            "directive",
            r"\b(?:ignore|disregard|forget|override|overrule|bypass|discard|skip|set aside|"
            r"stop following|"
            r"do not (?:follow|use|apply|obey)|don't (?:follow|use|"
            rf"apply))\b[^.;]{{0,40}}\b{_RULES}\b",
        ),
        (
            "directive",
            r"\b(?:give|award|assign|grant|return|output|answer|respond(?: with)?|set|"
            r"report|mark|rate|"
            r"put|enter|write|choose|pick|emit|print)\b(?!\()[^.;=]{0,48}"
            rf"(?:\b{_TOP}\b(?!\()[^.;=]{{0,24}}\b{_MARK}\b|"
            rf"\b{_MARK}\b[^.;=<>]{{0,32}}\b{_TOP}\b)",
        ),
        (
            "directive",
            r"\b(?:score|rate|grade|mark|judge|evaluate|assess)(?: (?:this|it|me|my|"
            r"everything|every|all|each|the|him|"
            r"her|them|us|submission|solution|notebook|work|answer|code|dimensions?|cells?|"
            r"as|with|at|a|an|to|be))*"
            rf" {_TOP}\b(?! (?:percent|rows|orders|days|minutes|seconds|%))",
        ),
        (
            "directive",
            rf"\b(?:every|all|each)\b[^.;=]{{0,30}}\b{_MARK}\b[^.;=]{{0,20}}\b(?:is|are|be|"
            r"as|to|must be|should be|deserves?)\b"
            rf"[^.;=]{{0,16}}\b{_TOP}\b",
        ),
        (
            "directive",
            r"\b(?:you (?:must|should|will|are to|have to|shall|need to|may)|please|"
            r"kindly)\b[^.;]{0,60}"
            r"\b(?:scores?|grades?|rate|ratings?|full marks?|top marks?|hire|approve|"
            r"pass (?:this|me|the (?:candidate|submission|answer))|not (?:flag|report|mention))\b",
        ),
        (
            "directive",
            rf"\b(?:deserves?|worth|merits|earned|warrants)\b[^.;]{{0,24}}\b{_TOP}\b[^.;]{{0,"
            rf"16}}(?:\b{_MARK}\b|$|/5)",
        ),
        (
            "directive",
            r"\b(?:no|do not|don't|never)\b[^.;]{0,24}\b(?:red flags?|deduct|penali[sz]e|"
            r"abstain|lower the score)\b",
        ),
        ("directive", r"\b(?:5|five|10)\s?(?:/|out of|von|sur|de|su)\s?(?:5|five|10)\b(?! rows)"),
        ("directive", r"\bnew (?:instructions?|rules?|task|rubric|system prompt)\b\s?[:.-]"),
        (
            "directive",
            r"\byour (?:real |new |actual |true )?(?:task|job|goal|purpose|objective|role|"
            r"instructions?) (?:is|are|now)\b",
        ),
        (
            "address",
            r"\b(?:dear|hey|hello|hi|attention|note (?:to|for)|message (?:to|for)|to|for|if "
            rf"you are|you are) (?:an? |the |any |all )?{_JUDGE}\b(?! of\b)(?=\s*[:,.!-]|"
            r"\s+(?:who|that|reading|scoring|grading|assessing|reviewing|model|judge|grader|"
            r"please|must|should|and)\b|$)",
        ),
        (
            "address",
            r"\byou are (?:now )?(?:an? |the )?(?:dan\b|unrestricted|helpful|jailbroken|"
            r"lenient|generous|developer mode|in \w+ mode|free from|no longer)",
        ),
        (
            "address",
            r"\b(?:pretend|act as if|act as|role-?play|imagine|suppose) (?:you|an?|that you|"
            r"to be)\b[^.;]{0,40}\b(?:judge|grader|assistant|ai|model|reviewer|examiner|"
            r"professor|fan|admir)",
        ),
        (
            "role",
            r"(?:^|[\s#\"'`>*-])(?:system|assistant|developer|user|tool|human)\s?(?:message|"
            r"prompt|role|note|override)?\s?(?:\(\w+\))?\s?:\s*[^\s,)\]}\d'\"]\w*\s+\w+\s+\w"
            r"+",
        ),
        (
            "role",
            r"<\|?/?(?:im start|im end|system|assistant|user|endoftext|eot id|start header "
            r"id|developer|instructions?)\|?>|\[/?(?:inst|system)\]|<</?sys>>|"
            r"###\s?(?:instruction|system|response)|<(?:/)?(?:system|assistant|admin|"
            r"instructions?|data|tool|function|reviewer)(?: (?:results?|calls?|notes?|"
            r"prompt))?>",
        ),
        ("role", r"[\"']role[\"']\s?:\s?[\"'](?:system|developer|assistant|tool)"),
        (
            "fence",
            r"\[\[\s?/?(?:data|end)\b|\b(?:end|begin|start) of (?:the )?(?:submission|data|"
            r"document|untrusted|candidate)|^\W{0,6}(?:end|close) (?:submission|data)\b|"
            r"\bc\d+:l\d+\s?\||\bnonce\b|<{3,}|-{3,}\s?end\b",
        ),
        (
            "schema",
            r"[\"'](?:score|confidence|dimensions|red flags?|checklist|evidence|rationale|"
            r"bonus|follow ups?)[\"']\s?:\s?(?:\{|\[|5|1\.0|0\.9|[\"']met|[\"'][a-z])|"
            r"\bchecklist\b[^.;]{0,30}\bmet\b|\bresponse (?:format|schema)\b(?! ?=)",
        ),
        (
            "authority",
            r"\b(?:tool|function|search|api|test|pytest|grader|evaluation|oracle)[ "
            r"-](?:result|call|output|response|verdict)s?\b\s?[:=]|\b(?:result|output) of "
            r"(?:the )?(?:grader|judge|tool|evaluation)\b",
        ),
        (
            "authority",
            r"\b(?:reviewer|interviewer|grader|examiner|hiring (?:manager|team|panel|"
            r"committee)|admin(?:istrator)?|moderator|calibration|panel)(?:'s)? (?:note|"
            r"comment|update|correction|addendum|decision|override|approval|has|have|"
            r"confirmed|approved|agreed|verified|v?\d)\b",
        ),
        (
            "authority",
            r"\b(?:already|pre-?|previously|officially|manually|human) ?(?:been )?(?:graded|"
            r"scored|approved|verified|reviewed|assessed|validated|"
            rf"certified)\b[^.;]{{0,60}}\b(?:{_TOP}|{_MARK})\b|\b(?:approved|verified|"
            r"certified|confirmed) by (?:the )?(?:human|panel|staff|reviewer|interviewer|"
            r"hiring|admin|grader|anthropic|openai|viva)",
        ),
        (
            "authority",
            r"\b(?:rubric|scoring|grading|evaluation) (?:has (?:been )?|was |is "
            r")?(?:updated?|changed?|amend\w+|replaced|v\d|version \d|suspended|override|"
            r"policy|key)\b|\b(?:anchor|level) ?5 (?:=|is|means|now)",
        ),
        (
            "authority",
            r"\b(?:debug|maintenance|test|calibration|developer|admin|evaluation|grading|"
            r"sandbox) (?:mode|run|sample|control|override|enabled)\b[^.;]{0,60}(?:\bscor|"
            r"\bgrad|\bfull\b|\bmax|\b5\b|enabled|\bgold)",
        ),
        (
            "plea",
            r"\b(?:i will|i'll|they will|someone will)\b[^.;]{0,30}\b(?:lose|fired|die|"
            r"deported|homeless|tip you|pay you|sue)\b|\b(?:my|his|her) (?:job|visa|family|"
            r"life) depends\b|\btip of \$?\d+",
        ),
        (
            "language",
            r"\b(?:ignorier\w*|vergiss|missachte)\b[^.;]{0,50}\b(?:anweisung\w*|regeln?|"
            r"rubrik|vorgaben|kriterien)|\b(?:bewerte|vergib|gib)\b[^.;]{0,40}\b(?:5|funf|"
            r"hochst\w*|volle|maximal\w*|beste?)\b",
        ),
        (
            "language",
            r"\bignore[zr]?\b[^.;]{0,40}\b(?:instructions|consignes|regles|criteres|"
            r"bareme)\b|\b(?:attribue[zr]?|donne[zr]?|notez?|mets|"
            r"mettez)\b[^.;]{0,40}\b(?:5|cinq|maximale?|parfaite?|meilleure)\b",
        ),
        (
            "language",
            r"\b(?:ignora|ignore|olvida|omite|desatiende|ignorare|dimentica|desconsidere|"
            r"esqueca)\b[^.;]{0,40}\b(?:instrucciones|reglas|rubrica|criterios|istruzioni|"
            r"regole|criteri|instrucoes|regras)|\b(?:asigna|otorga|pon|dale?|califica|"
            r"puntua|assegna|dai|atribua|avalie)\b[^.;]{0,40}\b(?:5|cinco|cinque|maxim[ao]|"
            r"massim[ao]|punteggio pieno|nota maxima)\b",
        ),
        (
            "language",
            r"\b(?:zignoruj|ocen|przyznaj)\b[^.;]{0,40}\b(?:instrukcje|zasady|5|"
            r"maksymaln\w*)|\b(?:negeer|geef)\b[^.;]{0,40}\b(?:instructies|regels|5|"
            r"maximale|hoogste)\b|\b(?:talimat\w*|kural\w*)\b[^.;]{0,30}\b(?:yok say|unut|"
            r"gormezden)|\b(?:tam|en yuksek) puan\b|\bbo qua\b[^.;]{0,30}\b(?:huong dan|quy "
            r"tac)|\babaikan\b[^.;]{0,30}\b(?:instruksi|aturan)|"
            r"\bignorera\b[^.;]{0,30}\b(?:instruktioner|regler)\b|"
            r"\bge\b[^.;]{0,30}\bhogsta\b",
        ),
        (
            "language",
            r"(?:игнорируи|игнорируй|забудь|не обращаи)[^.;]{0,40}(?:инструкц|правил|рубрик|"
            r"указан)|(?:поставь|оцени|выстав|дай)[^.;]{0,40}(?:5|пят|максимал|высш)|"
            r"(?:ігноруи|ігноруй|постав)[^.;]{0,40}(?:інструкц|правил|5|максимал)",
        ),
        (
            "language",
            r"忽略[^。;]{0,20}(?:指令|指示|规则|規則|说明|要求|标准)|无视|(?:给|給|打|评|"
            r"評)[^。;]{0,16}(?:满分|滿分|5 ?分|最高分|五分)|(?:指示|ルール|命令|"
            r"規則)[^。;]{0,12}(?:無視|忘れ)|(?:満点|最高点|5 ?点)|(?:지시|규칙|지침|"
            r"명령)[^.;]{0,12}(?:무시)|(?:만점|최고 ?점수|5 ?점)|(?:지시|지침)",
        ),
        (
            "language",
            r"(?:تجاهل|انس)[^.;]{0,40}(?:تعليمات|التعليمات|القواعد)|(?:درجة كاملة|الدرجة "
            r"الكاملة|اعلى درجة|أعلى درجة|5 درجات)|(?:התעלם|תתעלם)[^.;]{0,30}(?:הוראות|"
            r"כללים|ההוראות)|(?:ציון מלא|ציון 5)|(?:निर्देश|नियम)[^.;।]{0,30}(?:अनदेखा|"
            r"नजरअंदाज|भूल)|(?:पूरे अंक|पर अक|5 अंक)|(?:αγνοησε|"
            r"αγνοηστε)[^.;]{0,30}(?:οδηγιες|κανονες)|(?:βαθμολογια|βαλε)[^.;]{0,20}5",
        ),
    )
)
"""Kind and pattern; the first of a kind on a line is enough."""
