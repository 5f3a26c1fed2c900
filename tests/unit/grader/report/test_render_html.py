"""Decides that a report's page shows hostile text as text, and every state with its word."""

import base64
import hashlib
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from viva_grader.domain.evaluation import DimensionScore, Evaluation
from viva_grader.domain.grade import Grade, Status
from viva_grader.report import (
    Answer,
    DimensionDecision,
    InterviewFacts,
    Moment,
    QuestionFacts,
    Remark,
    Report,
    build_report,
    question_facts,
    render_fragment,
    render_html,
    stylesheet,
)
from viva_grader.rubric.evaluate import NO_MODEL, unscored
from viva_grader.score.fusion import fuse

from tests.fakes.sample_grades import (
    evaluation,
    python_grade,
    question,
    refused_grade,
    rubric,
    sql_grade,
)

RUBRIC = rubric()
HOSTILE = (
    "</code></script><script>alert(1)</script><img src=x onerror=alert(1)>"
    "\"'><a href='javascript:alert(1)'>x</a>{{ 700*7 }}{% raw %}&lt;\ud800\x00"
)
LEVELS = {"efficiency": 4, "code_quality": 2, "communication": 5}


def report(
    grade: Grade | None = None, scored: Evaluation | None = None, alias: str = "candidate-blue"
) -> Report:
    grade = grade or sql_grade()
    scored = scored or evaluation(RUBRIC, LEVELS)
    answer = Answer(
        question_facts(question(grade.question)),
        grade.document(),
        grade.sha256,
        scored,
        fuse(grade, scored, RUBRIC),
    )
    moments = (Moment("Begun", "2026-11-20T11:00:00+01:00"), Moment("Consented", "2026-11-09"))
    return build_report(
        InterviewFacts("iv-1", alias, "Role", moments, 45),
        [answer],
        RUBRIC,
        made_at="2026-11-20T10:00:00+00:00",
    )


EMPTY = {"meta", "img", "br", "path", "rect", "line", "circle", "polygon"}


class Page(HTMLParser):
    """Which elements, attributes and words a page really has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def hostile_everywhere() -> Report:
    grade = sql_grade(HOSTILE + "\n" + HOSTILE, written=HOSTILE)
    item = replace(grade.items[0], message=HOSTILE)
    fact = replace(grade.evidence[0], kind="test", data={HOSTILE: HOSTILE, "n": [HOSTILE]})
    diff = replace(
        grade.evidence[1],
        data=grade.evidence[1].data
        | {"variant": HOSTILE, "columns": [HOSTILE, "b"], "missing": [[HOSTILE, None]]},
    )
    grade = replace(grade, items=(item, *grade.items[1:]), evidence=(fact, diff))
    scores = tuple(
        replace(
            each,
            rationale=HOSTILE,
            red_flags=(HOSTILE, f"high: {HOSTILE}"),
            follow_ups=(HOSTILE,),
            checklist={"first": HOSTILE, "second": "met"},
            contradictions=(HOSTILE,),
            reason=HOSTILE,
        )
        for each in evaluation(RUBRIC, LEVELS).dimensions
    )
    scored = replace(evaluation(RUBRIC, LEVELS), dimensions=scores, reason=HOSTILE)
    built = report(grade, scored, alias=HOSTILE)
    remarks = (
        Remark("comment", HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        Remark("override", HOSTILE, HOSTILE, "verdict", HOSTILE, HOSTILE, HOSTILE),
        Remark("comment", HOSTILE, HOSTILE, "efficiency", HOSTILE, question="late_orders"),
    )
    word = DimensionDecision("late_orders", "efficiency", HOSTILE, HOSTILE, 4, 2, HOSTILE)
    first = replace(built.questions[0].dimensions[0], decisions=(word,))
    question = built.questions[0]
    question = replace(question, dimensions=(first, *question.dimensions[1:]))
    summary = replace(built.dimensions[1], title=HOSTILE, decided=2.0, decided_percent=25.0)
    return replace(
        built,
        remarks=remarks,
        made_at=HOSTILE,
        interview=replace(built.interview, decisions=(word,)),
        questions=(question, *built.questions[1:]),
        dimensions=(built.dimensions[0], summary, *built.dimensions[2:]),
        decided=built.final,
    )


def test_hostile_text_becomes_no_element_and_no_attribute() -> None:
    html = render_html([hostile_everywhere(), hostile_everywhere()])
    html.encode("utf-8")  # no half of a surrogate pair is left
    page = Page(html)
    assert not {"script", "img", "iframe", "object", "form", "input", "link"} & set(page.tags)
    assert page.open == []
    names = {name for _, name, _ in page.attributes}
    assert not {name for name in names if name.startswith("on")}
    assert "style" not in names
    links = [value for _, name, value in page.attributes if name in {"href", "src"}]
    assert all(re.fullmatch(r"#[A-Za-z0-9-]+", each) for each in links)
    assert "{{ 700*7 }}" in page.text
    assert "4900" not in page.text


def test_page_asks_for_nothing_and_its_policy_forbids_it() -> None:
    html = render_html([report()])
    digest = base64.b64encode(hashlib.sha256(stylesheet().encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}'" in html.replace("&#39;", "'")
    assert not re.search(r"https?://|url\(|@import", html)


def test_unseen_characters_are_named() -> None:
    source = "total = 1 \u202e\u2066# evil\u200b \x1b[31m\x07 e" + "\u0301" * 30
    text = Page(render_html([report(sql_grade(source))])).text
    for name in ("U+202E", "U+2066", "U+200B", "U+001B", "U+0007", "U+0301"):
        assert name in text
    assert not set("\u202e\u2066\u200b\x1b\x07") & set(render_html([report(sql_grade(source))]))


def test_long_texts_are_bounded() -> None:
    grade = sql_grade("x" * 100_000)
    grade = replace(grade, items=(replace(grade.items[0], message="m" * 100_000),))
    html = render_html([report(grade, alias="a" * 100_000)])
    assert len(html) < 200_000
    assert "more characters" in html


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (Status.PASS, "passed"),
        (Status.FAIL, "failed"),
        (Status.CANDIDATE_ERROR, "error in the answer"),
        (Status.TIMEOUT, "timed out"),
        (Status.INFRA_ERROR, "not decided: our fault"),
        (Status.UNSUPPORTED, "a person decides"),
        (Status.UNSCORED, "unscored"),
    ],
)
def test_every_status_has_its_word_and_its_icon(status: Status, word: str) -> None:
    grade = sql_grade()
    points = 1.0 if status.has_points else None
    grade = replace(grade, items=(replace(grade.items[0], status=status, points=points),))
    html = render_html([report(grade)])
    assert re.search(rf'<span class="vr-state vr-\w+"><svg [^>]*>.*?</svg>{word}</span>', html)


def test_unscored_report_shows_the_tests_score_with_that_word() -> None:
    text = Page(render_html([report(scored=unscored(RUBRIC, NO_MODEL))])).text
    assert "Overall unscored" in text
    assert "Tests alone 50 of 100" in text
    assert NO_MODEL in text


def test_scored_report_says_why_at_the_place_of_the_score() -> None:
    text = Page(render_html([report()])).text
    assert "49.37 of 100" in text or "49.38 of 100" in text
    assert "A recommendation; a person decides." in text
    assert "Because of what stands there about efficiency." in text
    assert "The rubric's level 4: efficiency at level 4" in text
    assert "the quoted words" in text
    assert "11:00" not in text
    assert "20 November 2026, 10:00 UTC" in text
    assert "9 November 2026" in text


def test_differing_rows_and_null_are_told_apart() -> None:
    html = render_html([report()])
    text = Page(html).text
    assert "late_events : 3 rows expected, 4 returned" in text.replace(
        "late_events:", "late_events :"
    )
    assert "2 of 2 missing and 2 of 12 unexpected rows are shown." in text
    assert '<mark><span class="vr-null">NULL</span></mark>' in html


def test_queries_that_gave_no_rows_say_why_once() -> None:
    grade = sql_grade()
    failed = tuple(
        replace(each, data={"variant": variant, "outcome": "error", "detail": "no such table"})
        for each, variant in zip(grade.evidence, ("plain", "ties"), strict=True)
    )
    text = Page(render_html([report(replace(grade, evidence=failed))])).text
    assert "error plain, ties. no such table" in text
    assert text.count("no such table") == 1


def test_written_answer_is_shown_unfolded() -> None:
    html = render_html([report()])
    shown = re.search(r"<details open>\s*<summary>Cites cell <code>monitor</code>", html)
    assert shown is not None


@pytest.mark.parametrize(
    "built",
    [
        report(refused_grade(), unscored(RUBRIC, "Refused.")),
        report(python_grade()),
        report(sql_grade(right=True), evaluation(RUBRIC, dict.fromkeys(LEVELS, 5))),
        build_report(InterviewFacts("iv", "x"), [], RUBRIC, made_at="never"),
        build_report(
            InterviewFacts("iv", "x"), [Answer(QuestionFacts("q", "Q"), None)], RUBRIC, made_at=""
        ),
        report(scored=replace(evaluation(RUBRIC, LEVELS), record={})),
        report(
            scored=replace(
                unscored(RUBRIC, "x"),
                dimensions=(DimensionScore("efficiency", None, "said", reason="no citation"),),
            )
        ),
    ],
)
def test_every_kind_of_report_renders_well_formed(built: Report) -> None:
    page = Page(render_html([built]))
    assert page.open == []
    assert page.tags.count("h1") == 1
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))


def test_several_reports_begin_with_a_comparison() -> None:
    html = render_html([report(alias="blue"), report(alias="green")])
    page = Page(html)
    assert html.index("2 candidates") < html.index('id="r1"') < html.index('id="r2"')
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    anchors = {value for _, name, value in page.attributes if name == "href"}
    assert {each.removeprefix("#") for each in anchors} <= set(ids)


def test_comparison_of_other_rubrics_leaves_dimensions_to_the_reports() -> None:
    html = render_html([report(), replace(report(), rubric="other/1")])
    assert 'data-label="Overall"' in html
    assert 'data-label="Efficiency"' not in html
    assert 'data-label="Efficiency"' in render_html([report(), report()])


READ = {"efficiency": (4, 4, 3), "code_quality": (2, 2, 2), "communication": (None,) * 3}
WORD = DimensionDecision(
    "late_orders", "efficiency", "lead", "2026-11-21T09:00:00+00:00", 4, 2, "It reads it twice."
)


def reviewed() -> Report:
    scored = evaluation(RUBRIC, {**LEVELS, "communication": None}, samples=READ)
    first, *others = scored.dimensions
    first = replace(
        first,
        checklist={"first": "met", "second": "not_shown"},
        twin=4,
        contradictions=("The model's own number is 1; its checklist gives 4.",),
        red_flags=("medium: It leans on a default.",),
    )
    scored = replace(scored, dimensions=(first, *others))
    grade = sql_grade()
    answer = Answer(
        question_facts(question(grade.question)), grade.document(), grade.sha256, scored,
        fuse(grade, scored, RUBRIC),
    )  # fmt: skip
    facts = InterviewFacts("iv-1", "blue", "Role", decisions=(WORD,))
    remarks = (
        Remark("comment", "second", "2026-11-21T10:00:00+00:00", "efficiency", "Ask for the plan."),
        Remark(
            "override",
            "lead",
            "2026-11-21T11:00:00+00:00",
            "verdict",
            "Seen.",
            "Hire",
            "Borderline",
        ),
    )
    return build_report(facts, [answer], RUBRIC, made_at="", remarks=remarks)


def test_dimension_says_all_that_its_level_rests_on() -> None:
    text = Page(render_html([reviewed()])).text
    assert "3 readings: 4, 4, 3; range 1; neutral twin 4, difference 0" in text
    assert "2 checks: 1 met, 1 not shown" in text
    assert "one thing to look forweight 1met" in text
    assert "contradiction The model's own number is 1; its checklist gives 4." in text
    assert "medium flag It leans on a default." in text
    assert "Which index would help?" in text


def test_decisions_and_comments_stand_beside_the_original() -> None:
    text = Page(render_html([reviewed()])).text
    assert "decided lead: 2 of 5, instead of 4. It reads it twice." in text
    assert "2 of 5 as people decided." in text
    assert "As decided by people 37.5 of 100" in text
    assert "Overridden by lead Borderline Seen." in text
    assert "comment second: Ask for the plan." in text
    assert "Efficiency: 2 of 5, decided by lead (was 4)" in text
    assert "Overall 43.75 of 100" in text


def test_several_questions_show_how_they_became_one_score() -> None:
    def answer(grade: Grade) -> Answer:
        scored = evaluation(RUBRIC, LEVELS, cell=grade.cells[0]["cell"])
        facts = question_facts(question(grade.question))
        return Answer(facts, grade.document(), grade.sha256, scored, fuse(grade, scored, RUBRIC))

    facts = InterviewFacts("iv-1", "blue", "Role", decisions=(WORD,))
    answers = [answer(sql_grade()), answer(python_grade())]
    text = Page(render_html([build_report(facts, answers, RUBRIC, made_at="")])).text
    assert "All questions together" in text
    assert "Tests, all questions, as decided" in text


def test_interval_and_bounds_stand_beside_the_overall_score() -> None:
    built = reviewed()
    assert built.final is not None
    assert built.final.interval is not None
    text = Page(render_html([built])).text
    span = f"{built.final.interval.low:g} to {built.final.interval.high:g} 90 % interval"
    assert span in text
    assert "Were all that is unscored a 1, it would be" in text
    assert "one reading shows no spread" in Page(render_html([report()])).text


def test_radar_has_words_and_its_figures_in_a_table() -> None:
    page = Page(render_html([reviewed()]))
    assert (
        "Radar of the dimensions Correctness: 50 percent. Efficiency: 4 of 5, 2 as decided."
        in page.text
    )
    labelled = [v for t, n, v in page.attributes if (t, n) == ("svg", "aria-labelledby")]
    ids = {value for _, name, value in page.attributes if name == "id"}
    assert labelled
    assert set(labelled[0].split()) <= ids
    assert "Efficiency 4 of 5 2 of 5 Code quality 2 of 5 –" in page.text


def test_strengths_and_risks_cite_what_opens_at_its_place() -> None:
    html = render_html([reviewed()])
    links = re.findall(r'<a href="#([\w-]+-c1)">', html)
    assert len(links) == 4  # a failed part, two weak dimensions, a flag
    for each in links:
        folded = re.search(
            rf'<details( open)?>\s*<summary>.{{,200}}</summary>\s*<div class="vr-code" id="{each}"',
            html,
        )
        assert folded is not None, each


def test_links_of_a_single_report_lead_somewhere() -> None:
    page = Page(render_html([reviewed()]))
    ids = {value for _, name, value in page.attributes if name == "id"}
    assert {value[1:] for _, name, value in page.attributes if name == "href"} <= ids


def test_no_reports_say_what_to_do_next() -> None:
    assert "Grade a submission first" in Page(render_html([])).text


def test_fragment_is_one_article_with_headings_from_the_given_level() -> None:
    page = Page(str(render_fragment(report(), heading_level=2, prefix="q 7")))
    assert page.tags[0] == "article"
    assert not {"html", "head", "body", "style", "h1"} & set(page.tags)
    assert page.tags.count("h2") == 1
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert all(each.startswith("q-7") for each in ids)


@pytest.mark.parametrize("level", [0, 5])
def test_fragment_refuses_a_level_that_html_has_not(level: int) -> None:
    with pytest.raises(ValueError, match="heading_level"):
        render_fragment(report(), heading_level=level)
