"""Sentences over random facts: they agree with their rows, with each other, and with the language of the field."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hi_pipeline.core.beside import Verdict
from hi_pipeline.core.groups import ETHNIC_BROAD, QUINTILES
from hi_pipeline.publishing.report import overall, sentences
from hi_pipeline.publishing.report.building import document_of
from hi_pipeline.publishing.report.document import Paragraph, Sentence, Table
from hi_pipeline.publishing.report.facts import IndicatorFacts
from hi_pipeline.publishing.report.judged import JudgedTarget
from hi_pipeline.publishing.report.pages import opening
from hi_pipeline.publishing.report.verifying.audit import audit, too_long
from hi_pipeline.publishing.report.wording import TEMPLATES
from hi_pipeline_tests.unit.publishing.report import made_up

SOURCE = "".join(
    path.read_text() for path in Path(sentences.__file__).parent.rglob("*.py") if path.name != "wording.py"
)
SEEDS = st.integers(min_value=0, max_value=1_000_000)
CAUSAL = re.compile(r"\b(because of|caused?|due to|leads? to|stark|alarming|drives?|driven|thanks to)\b", re.I)


def fact(name: str, *rows: dict[str, object], total: float = 40.0) -> IndicatorFacts:
    first = made_up.figure(name, total, 2.0, 50.0)
    (found,) = made_up.pack([first, *rows]).facts.indicators
    return found


def gap(name: str, most: float, least: float, low: float, high: float) -> IndicatorFacts:
    """An indicator with both ends, their gap and its limits as the results give them."""
    top = {"recovery": "Decile 10 (least deprived)", "detention": "Quintile 5 (least deprived)"}[name]
    first = {"recovery": "Decile 1 (most deprived)", "detention": "Quintile 1 (most deprived)"}[name]
    order = {"recovery": 10, "detention": 5}[name]
    shape = {"dimension": "deprivation"}
    whole = {**shape, "category_order": 0, "unit": "pp" if name == "recovery" else "per_100k"}
    return fact(
        name,
        made_up.figure(name, most, 1.0, None, category=first, category_order=1, **shape),
        made_up.figure(name, least, 1.0, None, category=top, category_order=order, **shape),
        made_up.row(name, measure="gap", value=(low + high) / 2, lower_95=low, upper_95=high, **whole),
        made_up.row(
            name, measure="ratio", value=most / least, lower_95=most / least / 1.1, upper_95=most / least * 1.1, **shape
        )
        | {"category_order": 0, "unit": "ratio"},
    )


def texts(said: list[Sentence]) -> list[str]:
    return [sentence.text for sentence in said]


def of_others(**changes: object) -> IndicatorFacts:
    """Everybody of one publication; two groups of another, with its own reach and month."""
    note = "provider based: trusts that lie in the area; one thing more"
    shape = {"dimension": "deprivation", "source_releases": "another:2024-03", "note": note} | changes
    groups = [
        made_up.figure("recovery", 30.0 + n, 1.0, None, category=f"Decile {n}", category_order=n) | shape
        for n in (2, 3)
    ]
    return fact("recovery", *groups)


def test_groups_of_other_people_than_everybody_say_whose_they_are() -> None:
    first, second = sentences.apart(of_others())
    assert first.text.startswith("The figures by group are of other people than that for everybody: trusts that lie in")
    assert "one thing more" not in first.text
    assert second.text == "By deprivation they add up to 200, and everybody to 100."
    (alone,) = sentences.apart(of_others(denominator=None, numerator=None))
    assert alone.kind == "apart"


def test_a_pack_whose_groups_are_of_others_is_read_back_and_their_sum_is_added_up_again() -> None:
    shape = {"dimension": "deprivation", "source_releases": "another:2024-03", "note": "provider based: trusts"}
    groups = [made_up.figure("recovery", 30.0 + n, 1.0, None, category=f"Decile {n}") | shape for n in (2, 3)]
    pack = made_up.pack([made_up.figure("recovery", 40.0, 2.0, 50.0), *groups])
    assert not audit(pack.document, pack.facts)
    (block,) = [b for b in pack.document.blocks if isinstance(b, Paragraph) and "add up to 200" in b.text]
    wrong = Paragraph(sentences=tuple(replace(s, text=s.text.replace("200", "201")) for s in block.sentences))
    document = replace(pack.document, blocks=tuple(wrong if b is block else b for b in pack.document.blocks))
    assert ["added up again" in fault for fault in audit(document, pack.facts)] == [True]


def test_groups_of_the_same_publication_say_nothing_of_it() -> None:
    assert not sentences.apart(of_others(source_releases="made_up:1"))
    assert not sentences.apart(of_others(source_releases="made_up:1;another:2024-03"))


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_the_second_look_finds_nothing_to_contradict(seed: int) -> None:
    pack = made_up.pack(made_up.rows_of(seed))
    assert audit(pack.document, pack.facts) == []


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_every_sentence_is_short_and_says_no_cause(seed: int) -> None:
    pack = made_up.pack(made_up.rows_of(seed))
    assert too_long(pack.document, pack.facts) == []
    templated = [s.text for s in pack.document.sentences if s.kind != "plain"]
    assert not [text for text in templated if CAUSAL.search(text)]


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_a_title_its_sentences_and_the_overview_name_the_same_direction(seed: int) -> None:
    pack = made_up.pack(made_up.rows_of(seed))
    counted = {"worse": 0}
    for found in pack.facts.shown:
        stands = sentences.direction(found)
        counted["worse"] += (found.card.id, stands) in {("recovery", "lower"), ("detention", "higher")}
        said = " ".join(texts(sentences.gap(found)))
        assert ("higher in the most deprived group" in said) == (stands == "higher")
        assert ("lower in the most deprived group" in said) == (stands == "lower")
        assert ("is not clear." in said) == (stands == "unclear")
        title = sentences.title_of(found)
        assert (stands in ("higher", "lower")) == (f": {stands} in the most deprived group" in title)
    text = " ".join(texts(overall.summary(pack.facts)))
    assert f"clearly worse off in {counted['worse']}" in text or not counted["worse"]


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_no_figure_is_without_a_sentence_or_a_stated_reason(seed: int) -> None:
    pack = made_up.pack(made_up.rows_of(seed))
    spoken = {key for sentence in pack.document.sentences for key in sentence.rows}
    for found in pack.facts.indicators:
        assert found.total is not None
        assert found.total.id in spoken
        if found.gap is not None and found.shown:
            assert found.gap.id in spoken


def test_a_gap_of_an_indicator_of_which_more_is_better_is_turned_round_in_words() -> None:
    found = gap("recovery", most=40.0, least=55.0, low=10.0, high=20.0)
    assert texts(sentences.gap(found))[:2] == [
        "It was 40.0% in the most deprived tenth and 55.0% in the least deprived tenth.",
        "That is 15.0 percentage points lower in the most deprived group (95% CI 10.0 to 20.0).",
    ]


def test_a_gap_whose_limits_hold_none_is_not_called_clear() -> None:
    found = gap("detention", most=50.0, least=49.0, low=-3.0, high=5.0)
    said = "The difference of 1.0 per 100,000 (95% CI \u22123.0 to 5.0) is not clear."
    assert texts(sentences.gap(found))[1] == said


def test_a_limit_that_is_printed_as_none_is_not_called_clear() -> None:
    found = gap("detention", most=50.0, least=49.0, low=0.04, high=2.0)
    assert sentences.direction(found) == "unclear"


def test_better_is_said_only_where_the_row_says_so() -> None:
    found = fact("recovery", total=80.0)
    assert texts(sentences.level(found, "X")) == [
        "Made-up recovery: 80.0% (95% CI 78.0 to 82.0) in X in 2023-24.",
        "That is better than England (50.0%).",
    ]
    assert "higher than England" in texts(sentences.level(fact("list", total=80.0), "X"))[1]


def test_a_suppressed_figure_is_said_to_be_hidden_and_never_zero() -> None:
    pack = made_up.pack([made_up.figure("recovery", None, None, 50.0)])
    assert sentences.level(pack.facts.indicators[0], "X") == []
    said = texts(list(pack.document.sentences))
    assert "Not shown for Staffordshire and Stoke-on-Trent in 2023-24: Made-up recovery." in said
    assert "Reason: hidden by the publisher." in said


def test_indicators_without_a_figure_are_named_in_one_sentence() -> None:
    (found,) = made_up.pack([made_up.figure("recovery", None, None, 50.0)]).facts.indicators
    (said,) = sentences.absent([found] * 2, "X", "2023-24")
    assert (said.text, len(said.rows)) == ("Not shown for X in 2023-24: Made-up recovery; Made-up recovery.", 2)


def test_the_audit_sees_a_word_turned_round_and_a_loose_numeral() -> None:
    pack = made_up.pack(made_up.rows_of(1))
    first = next(s for s in pack.document.sentences if s.kind == "summary")
    wrong = [s if s is not first else Sentence(kind="summary", text="Of 9 1 2 3 4", rows=s.rows) for s in
             pack.document.sentences]  # fmt: skip
    blocks = tuple(type(b)(sentences=tuple(wrong), role="body") for b in pack.document.blocks[2:3])
    document = type(pack.document)(**{**vars(pack.document), "blocks": blocks})
    assert any("counted again" in fault for fault in audit(document, pack.facts))


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_every_template_is_said_somewhere(kind: str) -> None:
    assert (
        f'say("{kind}"' in SOURCE
        or f'_say("{kind}"' in SOURCE
        or f'        "{kind}",\n' in SOURCE
        or f'say(\n            "{kind}"' in SOURCE
    )


def test_the_overview_and_the_sentence_have_one_sign() -> None:
    found = gap("recovery", most=46.0, least=50.0, low=-13.0, high=41.4)
    minus = "\u2212"
    assert texts(sentences.gap(found))[1] == (
        f"The difference of {minus}14.2 percentage points (95% CI {minus}41.4 to 13.0) is not clear."
    )
    pack = made_up.pack(made_up.rows_of(7))
    shown = replace(pack.facts, indicators=(found,))
    said = sentences.gap(found)[1]
    for text, faults in ((said.text, 0), (said.text.replace(f"of {minus}", "of "), 1)):
        blocks = (Paragraph(sentences=(replace(said, text=text),)),)
        assert len(audit(replace(pack.document, blocks=blocks), shown)) == faults
    rows = [row for b in opening.overview(shown) if isinstance(b, Table) for row in b.rows]
    assert rows[0][3] == f"{minus}14.2 percentage points ({minus}41.4 to 13.0)"


@pytest.mark.parametrize(
    ("most", "least", "said"),
    [
        (
            40.0,
            None,
            "the figure for the least deprived fifth of practices is suppressed, as few people are counted",
        ),
        (
            None,
            40.0,
            "the figure for the most deprived fifth of practices is suppressed, as few people are counted",
        ),
        (None, None, "the figures for both ends are suppressed, as few people are counted"),
    ],
)
def test_what_is_hidden_is_an_end(most: float | None, least: float | None, said: str) -> None:
    shape = {"dimension": "deprivation"}
    pack = made_up.pack(
        [
            made_up.figure("detention", 40.0, 2.0, 50.0),
            made_up.figure("detention", most, 1.0, None, category=QUINTILES[0], category_order=1, **shape),
            made_up.figure("detention", 45.0, 1.0, None, category=QUINTILES[1], category_order=2, **shape),
            made_up.figure("detention", least, 1.0, None, category=QUINTILES[-1], category_order=5, **shape),
            made_up.row("detention", measure="gap", status="suppressed", category_order=0, **shape),
        ]
    )
    (found,) = pack.facts.indicators
    assert texts(sentences.gap(found)) == [f"The two ends of deprivation are not compared: {said}."]
    assert audit(pack.document, pack.facts) == []
    assert texts(overall.summary(pack.facts))[1] == "The two ends are not compared in 1 (an end is suppressed)."


def ethnic(*differences: float | None) -> IndicatorFacts:
    """Broad groups that differ so much from White, with limits 5 apart; None is suppressed."""
    rows = []
    for order, (group, value) in enumerate(zip(ETHNIC_BROAD[1:], differences, strict=False), start=2):
        place = {"dimension": "ethnicity", "category": group, "category_order": order}
        limits = {} if value is None else {"lower_95": value - 5, "upper_95": value + 5}
        status = "suppressed" if value is None else "ok"
        rows.append(made_up.figure("recovery", 40.0, 1.0, 50.0, **place))
        rows.append(
            made_up.row("recovery", measure="difference", value=value, unit="pp", status=status, **place, **limits)
        )
    return fact("recovery", *rows)


@pytest.mark.parametrize(
    ("differences", "said"),
    [
        (
            (1.0, None, None),
            "The one ethnic group that can be compared did not clearly differ from White; 2 are suppressed.",
        ),
        ((-9.0,), "The one ethnic group that can be compared was clearly lower than White."),
        ((1.0, 2.0), "Neither of the 2 ethnic groups clearly differed from White."),
        ((1.0, 2.0, 3.0, None), "None of 3 ethnic groups clearly differed from White; 1 is suppressed."),
        (
            (9.0, 2.0, None),
            "Of 2 ethnic groups compared with White, 1 had a clearly higher figure and 1 had no clear difference; "
            "1 is suppressed.",
        ),
    ],
)
def test_ethnic_groups_are_counted_in_words_that_suit_their_number(
    differences: tuple[float | None, ...], said: str
) -> None:
    found = ethnic(*differences)
    first = sentences.ethnicity(found)[0]
    assert first.text == said
    facts = replace(made_up.pack(made_up.rows_of(7)).facts, indicators=(found,))
    document = replace(made_up.pack(made_up.rows_of(7)).document, blocks=(Paragraph(sentences=(first,)),))
    assert audit(document, facts) == []
    other = first.text.replace("lower", "higher").replace("did not clearly differ from", "was clearly higher than")
    if other != first.text:
        wrong = replace(document, blocks=(Paragraph(sentences=(replace(first, text=other),)),))
        assert len(audit(wrong, facts)) == 1


def test_a_difference_that_rounding_hides_is_said_to_be_one_before_rounding() -> None:
    near = made_up.figure("recovery", 50.1, 0.04, 50.051)
    (found,) = made_up.pack([near]).facts.indicators
    assert texts(sentences.level(found, "the board"))[1] == "Before rounding, that is better than England (50.1%)."
    (plainly,) = made_up.pack([made_up.figure("recovery", 50.4, 0.04, 50.0)]).facts.indicators
    assert texts(sentences.level(plainly, "the board"))[1] == "That is better than England (50.0%)."


def test_a_count_of_unknown_records_is_not_said_to_be_missing() -> None:
    place = {"dimension": "ethnicity", "unknown_share": None}
    white = made_up.figure("recovery", 40.0, 2.0, 50.0, category="White", category_order=1, **place)
    unknown = made_up.figure("recovery", 40.0, 2.0, 50.0, category="Unknown", category_order=2, **place)
    said = texts(sentences.ethnicity(fact("recovery", white, unknown)))
    assert said[-1] == "“Data quality” gives the share of records for which ethnicity was not known."
    said = texts(sentences.ethnicity(fact("recovery", white)))
    assert said[-1] == "The source does not say for how many records ethnicity was not known."


def test_several_ratios_of_no_agreed_direction_are_one_sentence_that_is_checked() -> None:
    both = [gap("detention", 60.0, 30.0, 25.0, 35.0), gap("recovery", 30.0, 60.0, 25.0, 35.0)]
    contested = tuple(replace(found, card=replace(found.card, contested=True)) for found in both)
    facts = replace(made_up.pack(made_up.rows_of(7)).facts, indicators=contested)
    document = document_of(facts, {}, words_path=Path("words.md"))
    said = next(s for s in document.sentences if s.kind == "largest_contested")
    assert said.text == (
        "Left out, as the direction is not agreed: Made-up detention (2.00 times); Made-up recovery (0.50 times)."
    )
    assert audit(document, facts) == []
    wrong = Paragraph(sentences=(replace(said, text=said.text.replace("recovery (0.50", "recovery (0.51")),))
    assert audit(replace(document, blocks=(wrong,)), facts) != []


def test_a_target_that_the_verdict_says_more_closely_is_not_said_twice() -> None:
    found = fact("recovery")
    judged = JudgedTarget(
        words="50% for every group (of adults)", dimension="total", verdict=Verdict.MET, recalled=False, groups={}
    )
    assert texts(sentences.targets(replace(found, targets=(judged,)))) == [
        "Target: 50% for every group (of adults): met."
    ]
