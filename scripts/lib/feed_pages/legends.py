"""What the words of a closed list mean, as the list itself says it."""

import ast
import inspect
from enum import StrEnum
from itertools import pairwise


def meanings(words: type[StrEnum]) -> dict[str, str]:
    """Return the sentence under each word of the list; a word that explains itself has none."""
    body = ast.parse(inspect.getsource(words)).body[0]
    told = dict.fromkeys(words.__members__, "")
    for statement, below in pairwise(ast.iter_child_nodes(body)):
        match statement, below:
            case ast.Assign(targets=[ast.Name(id=name)]), ast.Expr(value=ast.Constant(value=str(text))):
                told[name] = " ".join(text.split())
            case _:
                pass
    return {words[name].value: text for name, text in told.items()}
