"""How coverage names the releases that are not in hand: by the title of their publication and their editions."""

import pytest

from hi_pipeline.engine.pipeline import load_catalogue
from hi_pipeline.engine.year_facts import named

SOURCES = load_catalogue().sources


@pytest.mark.parametrize(
    ("source", "editions", "said"),
    [
        ("qof", ("2022-23",), "Quality and Outcomes Framework: prevalence and achievement by practice, 2022-23"),
        (
            "talking_therapies",
            ("2021-22", "2022-23", "2023-24"),
            "NHS Talking Therapies, for anxiety and depression, annual reports, 2021-22, 2022-23 and 2023-24",
        ),
    ],
)
def test_a_few_editions_are_named_one_by_one(source: str, editions: tuple[str, ...], said: str) -> None:
    found = SOURCES[source]
    assert named([(found, r) for r in found.releases if r.edition in editions]) == said


def test_many_editions_are_counted() -> None:
    found = SOURCES["maternity_monthly"]
    year = [(found, r) for r in found.releases if "2023-24" in r.financial_years]
    assert named(year) == f"{found.title}, {len(year)} editions from 2023-04-data to 2024-03-measures"


def test_no_release_is_named_by_its_id() -> None:
    for name, source in SOURCES.items():
        assert f"{name}:" not in named([(source, r) for r in source.releases])
