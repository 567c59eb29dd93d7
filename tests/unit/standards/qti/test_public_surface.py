"""Every public name of the library loads, and has an example that runs; importing the package is cheap."""

import ast
import doctest
import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from shared.standards import qti

_MODULES = sorted(found.name for found in pkgutil.walk_packages(qti.__path__, f"{qti.__name__}."))


@pytest.mark.parametrize("name", qti.__all__)
def test_a_public_name_loads_and_an_example_uses_it(name: str) -> None:
    assert getattr(qti, name) is getattr(importlib.import_module(qti.home_of(name)), name)
    assert any(name in _words(example) for example in _examples(qti.home_of(name)))


@pytest.mark.parametrize("module", [qti.__name__, *_MODULES])
def test_the_examples_hold(module: str) -> None:
    assert doctest.testmod(importlib.import_module(module)).failed == 0


def test_a_name_that_is_not_public_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = qti.nonsense  # type: ignore[attr-defined]


def test_types_and_loading_agree_on_what_is_public() -> None:
    tree = ast.parse(Path(qti.__file__).read_text(encoding="utf-8"))
    imported = {
        (alias.name, node.module)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith(qti.__name__)
        for alias in node.names
    }

    assert imported == {(name, qti.home_of(name)) for name in qti.__all__}


def test_importing_the_package_loads_nothing_of_it() -> None:
    code = (
        "import sys, shared.standards.qti as qti;"
        "print([name for name in sys.modules if 'lxml' in name or name.startswith(f'{qti.__name__}.')])"
    )

    told = subprocess.run(
        [sys.executable, "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(Path(qti.__file__).parents[3])},
    )

    assert told.stdout.strip() == "[]"


def _examples(home: str) -> list[str]:
    module: ModuleType = importlib.import_module(home)
    tests = doctest.DocTestFinder().find(module)
    return [example.source for test in tests for example in test.examples]


def _words(source: str) -> set[str]:
    return {
        node.id if isinstance(node, ast.Name) else node.attr
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Name | ast.Attribute)
    } | {
        alias.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
