"""The templates of docs/pack.md are the ones that are used."""

from pathlib import Path

import pytest

from hi_pipeline.core.status import Comparison, Status
from hi_pipeline.publishing.report.wording import AGAINST, REASONS, TEMPLATES

PAGE = (Path(__file__).parents[4] / "docs" / "pack.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
def test_the_page_prints_every_template(kind: str) -> None:
    assert f"| `{kind}` | {TEMPLATES[kind]} |" in PAGE


def test_every_absence_has_a_reason_and_every_comparison_its_words() -> None:
    assert set(REASONS) == {s.value for s in Status} - {Status.OK.value}
    assert set(AGAINST) == {c.value for c in Comparison} - {Comparison.NOT_COMPARED.value}
    assert all(f"| `{status}` | {reason} |" in PAGE for status, reason in REASONS.items())
