"""What a revision changed, by key and figure."""

import polars as pl

from hi_pipeline.core.revisions import changed_figures

BEFORE = pl.DataFrame(
    {"area": ["E54000010", "E54000011", None], "value": [1.0, None, 3.0], "status": ["ok", "suppressed", "ok"]}
)


def test_the_same_table_in_another_order_has_no_changes() -> None:
    assert changed_figures(BEFORE, BEFORE.reverse(), key=["area"]).is_empty()


def test_changed_hidden_new_and_gone_figures_are_told_apart() -> None:
    after = pl.DataFrame(
        {"area": ["E54000010", "E54000011", "E54000013"], "value": [1.5, 2.0, 0.0], "status": ["ok"] * 3}
    )
    assert changed_figures(BEFORE, after, key=["area"]).rows() == [
        ("E54000010", "value", "1.0", "1.5"),
        ("E54000011", "status", "suppressed", "ok"),
        ("E54000011", "value", None, "2.0"),
        ("E54000013", "status", None, "ok"),
        ("E54000013", "value", None, "0.0"),
        (None, "status", "ok", None),
        (None, "value", "3.0", None),
    ]
