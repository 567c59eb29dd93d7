"""What a verb says on standard error when it cannot do its work."""

import sys

from shared.kernel.errors import TermtideError


def complain(sentence: object) -> None:
    """Print a plain sentence for the person at the terminal."""
    print(f"termtide: {sentence}", file=sys.stderr)


def told(error: TermtideError) -> str:
    """Return what an error says, with a line for each faulty place."""
    places = (f"\n  {violation.place}: {violation.message}" for violation in error.violations)
    return f"{error}{''.join(places)}"
