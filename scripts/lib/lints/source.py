"""What the rules look at, one parsed file, and what they report."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Self


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule at one place. `subject` (`module:name`) is what an exemption may name."""

    rule: str
    path: PurePosixPath
    line: int
    message: str
    subject: str = ""

    @property
    def subject_class(self) -> str:
        """The subject without the method."""
        module, _, name = self.subject.partition(":")
        return f"{module}:{name.partition('.')[0]}"

    def __str__(self) -> str:
        """Render as compilers do, so that editors can jump to the place."""
        return f"{self.path}:{self.line}: {self.rule}: {self.message}"


@dataclass(frozen=True, slots=True)
class Source:
    """A Python file of the project. `path` is relative to the project's folder."""

    path: PurePosixPath
    text: str
    tree: ast.Module

    @classmethod
    def parse(cls, path: str, text: str) -> Self:
        """Parse a file's text; `SyntaxError`."""
        return cls(PurePosixPath(path), text, ast.parse(text, filename=path))

    @property
    def module(self) -> str:
        """The dotted name under which the file is imported."""
        return ".".join(self.path.with_suffix("").parts).removesuffix(".__init__")

    def within(self, *folders: str) -> bool:
        """Tell whether the file is one of `folders` or lies in one of them."""
        return any(self.path == PurePosixPath(it) or PurePosixPath(it) in self.path.parents for it in folders)

    def finding(self, rule: str, node: ast.AST, message: str, name: str = "") -> Finding:
        """Report `node`; `name` is the name within the module that an exemption may use."""
        line: int = getattr(node, "lineno", 1)
        return Finding(rule, self.path, line, message, f"{self.module}:{name}")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield every call below `tree`."""
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def last_name(expression: ast.expr) -> str:
    """Return the last part of a dotted name, `""` for any other expression."""
    match expression:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""
