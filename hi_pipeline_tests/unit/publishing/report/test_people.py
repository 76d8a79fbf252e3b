"""The pages of people and pockets: their numbers from the small areas, and a second count of each sentence."""

from dataclasses import replace
from pathlib import Path

import pytest

from hi_pipeline.publishing.report.building import document_of
from hi_pipeline.publishing.report.document import Table
from hi_pipeline.publishing.report.people import People, people_of
from hi_pipeline.publishing.report.verifying.audit import audit, too_long
from hi_pipeline.publishing.report.workbook import sheets_of
from hi_pipeline_tests.unit.publishing.report import made_up

PUBLISHED = made_up.published(made_up.rows_of(7))
PACK = made_up.pack(made_up.rows_of(7))
OF_PEOPLE = {"people", "core20", "minority", "pockets"}


def people() -> People:
    found = people_of(PUBLISHED, icb=made_up.ICB, year=made_up.YEAR, vintage=made_up.VINTAGE)
    assert found is not None
    return found


def table(anchor: str) -> Table:
    (found,) = (b for b in PACK.document.blocks if isinstance(b, Table) and b.anchor == anchor)
    return found


def test_shares_are_of_the_boards_residents_beside_englands() -> None:
    found = people()
    assert found.residents == sum(1_500 + n for n in range(12))
    # Tenths 1 and 2 are the areas 0, 1, 10 and 11 of the board; England has none of its own besides.
    assert (found.core20.number, found.core20.england) == (1_500 + 1_501 + 1_510 + 1_511,) * 2
    assert found.minority.number == sum(300 + n for n in range(12))
    assert sum(part.number for part in found.ethnic) == found.residents
    assert sum(part.number for part in found.national) == found.residents
    assert sum(fifth.areas for fifth in found.local) == found.areas == 12


def test_ages_are_put_into_bands_that_hold_everybody() -> None:
    found = people()
    assert found.mid_year == 2022
    assert [part.name for part in found.ages][0] == "0 to 14"
    assert found.ages[0].number == 2 * (1_000 + 1_050 + 1_100)
    assert found.ages[-1].number == 2 * (1_800 + 1_850 + 1_900)
    assert sum(part.number for part in found.ages) == found.ages[0].of
    assert found.ages[0].england == 2 * found.ages[0].number


def test_an_authority_that_lies_in_two_boards_is_said_to_be_a_part() -> None:
    names = [row[0] for row in table("places").rows]
    assert names == ["Place 0", "Place 1 (part)"]


def test_pockets_are_those_of_the_board_in_their_order() -> None:
    ranked = [(pocket.place, pocket.code) for pocket in people().pockets]
    assert ranked == [(1, "E01000000"), (2, "E01000010"), (3, "E01000001"), (4, "E01000011")]
    assert [row[1] for row in table("pockets").rows] == [code for _, code in ranked]


def test_without_small_areas_the_pages_say_so() -> None:
    bare = replace(PUBLISHED, small_areas=None, pockets=None)
    assert people_of(bare, icb=made_up.ICB, year=made_up.YEAR, vintage=made_up.VINTAGE) is None
    no_ages = people_of(
        replace(PUBLISHED, population=None), icb=made_up.ICB, year=made_up.YEAR, vintage=made_up.VINTAGE
    )
    assert no_ages is not None and no_ages.mid_year is None and no_ages.ages == ()


def test_every_sentence_about_people_is_counted_again() -> None:
    assert audit(PACK.document, PACK.facts) == []
    said = {s.kind for s in PACK.document.sentences if s.kind in OF_PEOPLE}
    assert said == OF_PEOPLE


@pytest.mark.parametrize("kind", sorted(OF_PEOPLE))
def test_a_changed_number_in_a_sentence_about_people_is_named(kind: str) -> None:
    blocks = list(PACK.document.blocks)
    for place, block in enumerate(blocks):
        for n, sentence in enumerate(getattr(block, "sentences", ())):
            if sentence.kind == kind:
                digit = max(i for i, c in enumerate(sentence.text) if c.isdigit())
                other = "1" if sentence.text[digit] != "1" else "2"
                wrong = replace(sentence, text=sentence.text[:digit] + other + sentence.text[digit + 1 :])
                every = (*block.sentences[:n], wrong, *block.sentences[n + 1 :])
                blocks[place] = replace(block, sentences=every)
    faults = audit(replace(PACK.document, blocks=tuple(blocks)), PACK.facts)
    assert len(faults) == 1 and "counted again" in faults[0]


def test_the_workbook_holds_the_tables_of_people() -> None:
    names = {sheet.name for sheet in sheets_of(PACK.document, PACK.facts)}
    assert {"Ages", "Ethnic groups", "Fifths", "Places", "Pockets"} <= names


@pytest.mark.parametrize(
    ("both", "said"),
    [
        (1, "1 of them lies in an authority of low deprivation."),
        (0, "None of them lies in an authority of low deprivation."),
    ],
)
def test_where_the_board_alone_makes_pockets_that_is_said(both: int, said: str) -> None:
    found = people()
    places = tuple(replace(p, lies_in="both" if n < both else "board") for n, p in enumerate(found.pockets))
    made = replace(PACK.facts, people=replace(found, pockets=places))
    document = document_of(made, {}, words_path=Path("words.md"))
    texts = [s.text for s in document.sentences if s.kind.startswith("pockets")]
    assert texts == [
        "As Staffordshire and Stoke-on-Trent is among the least deprived boards, all 4 of its small areas in the most "
        "deprived fifth count as pockets (6,022 residents).",
        said,
    ]
    assert audit(document, made) == [] and too_long(document, made) == []
    assert len(audit(document, PACK.facts)) >= 1
