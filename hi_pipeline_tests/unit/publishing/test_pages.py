"""The generated pages are those that the declarations give now."""

import importlib.util
from pathlib import Path

REPOSITORY = Path(__file__).parents[3]


def test_the_generated_pages_are_current() -> None:
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs" / "generate.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = module.pages()
    assert len(made) > 30
    for path, text in made.items():
        assert path.exists() and path.read_text(encoding="utf-8") == text, f"{path} is out of date: run `make docs`"
    for folder in ("sources", "indicators"):
        kept = set((REPOSITORY / "docs" / folder).glob("*.md"))
        assert kept == {p for p in made if p.parent.name == folder}, f"docs/{folder} holds pages nobody makes"
