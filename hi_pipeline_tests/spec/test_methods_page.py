"""Every public statistic explains itself, and its worked example holds: the page of methods."""

import doctest
import inspect
from collections.abc import Callable

import polars as pl
import pytest

from docs.methods_page import ROOMS, methods_page, public_functions

FUNCTIONS = [function for room in ROOMS for function in public_functions(room)]
SECTIONS = ("Formula:", "Symbols:", "Units:", "Shapes:", "Args:", "Returns:", "Raises:", "Example:", "Reference:")


def label(function: Callable[..., object]) -> str:
    return f"{function.__module__.removeprefix('hi_pipeline.stats.')}.{function.__name__}"


def test_there_are_statistics() -> None:
    assert len(FUNCTIONS) >= 32


@pytest.mark.parametrize("function", FUNCTIONS, ids=label)
def test_docstring_is_complete(function: Callable[..., object]) -> None:
    text = inspect.getdoc(function) or ""
    assert [section for section in SECTIONS if section not in text] == []
    arguments = text.split("Args:")[1].split("Returns:")[0]
    for parameter in inspect.signature(function).parameters.values():
        assert f"{parameter.name}: " in arguments
        assert parameter.kind is parameter.KEYWORD_ONLY or parameter.name == "frame"


@pytest.mark.parametrize("function", FUNCTIONS, ids=label)
def test_worked_example(function: Callable[..., object]) -> None:
    names = {**inspect.unwrap(function).__globals__, "pl": pl}
    runner = doctest.DocTestRunner(verbose=False)
    examples = doctest.DocTestFinder(recurse=False).find(inspect.unwrap(function), function.__name__, globs=names)
    assert len(examples) == 1
    for example in examples:
        assert example.examples
        assert runner.run(example).failed == 0


def test_the_page_holds_every_function() -> None:
    page = methods_page()
    for function in FUNCTIONS:
        assert f".{function.__name__}(" in page
