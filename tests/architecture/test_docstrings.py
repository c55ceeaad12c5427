"""A pure function that takes or returns arrays says what no type can: their shape and unit."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PURE = ("floodcore/domain", "floodcore/wire", "forecast", "dispatch")
DRIVERS = frozenset({"asyncio", "httpx", "paho", "psycopg", "psycopg_pool", "pydantic_settings"})
ARRAY = re.compile(r"\b(\w*Array|ndarray|NDArray)\b")
UNIT = re.compile(
    r"\b(metres?|seconds?|minutes?|hours?|degrees?|share|probabilit\w+|index|indices|count|m|cm|mm|km2?|s|min|h|m3/s"
    r"|mm/h|mm/min|0 to 1|same unit)\b|%"
)


def is_pure(tree: ast.Module) -> bool:
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    return not DRIVERS & {name.partition(".")[0] for name in imported} and "floodcore.settings" not in imported


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    scopes = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    for body in scopes:
        for node in body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield node


def handles_arrays(function: ast.FunctionDef) -> bool:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    annotations = [argument.annotation for argument in arguments] + [function.returns]
    return any(ARRAY.search(ast.unparse(annotation)) for annotation in annotations if annotation)


def complaints(text: str) -> list[str]:
    """What the docstrings of one module's text leave out."""
    tree = ast.parse(text)
    found = []
    for function in public_functions(tree) if is_pure(tree) else ():
        said = ast.get_docstring(function) or ""
        if not said:
            found.append(f"{function.name} has no docstring")
        elif handles_arrays(function) and not ("shape" in said and UNIT.search(said)):
            found.append(f"{function.name} handles arrays and does not say their shape and unit")
    return found


def modules() -> list[Path]:
    return sorted(file for folder in PURE for file in (CHECKOUT / folder).rglob("*.py"))


@pytest.mark.parametrize("file", modules(), ids=lambda file: str(file.relative_to(CHECKOUT)))
def test_a_pure_module_says_what_its_types_cannot(file: Path) -> None:
    assert complaints(file.read_text()) == []


def test_the_check_itself_sees_what_is_missing() -> None:
    silent = "def rise(depth_m: FloatArray) -> FloatArray:\n    '''How fast it rises.'''"
    spoken = "def rise(depth_m: FloatArray) -> FloatArray:\n    '''Rise in mm/min, shape (n_times,).'''"
    shell = "import asyncio\ndef rise(depth_m: FloatArray) -> FloatArray: ..."
    assert [len(complaints(text)) for text in (silent, spoken, shell)] == [1, 0, 0]
