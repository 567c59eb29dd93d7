"""The services of this process, wired when a request first asks for one: indexing needs none of them."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shared.bootstrap import Services


def services() -> "Services":
    """Return the services of this process; `InvalidInput` names what its environment lacks."""
    from shared import bootstrap  # noqa: PLC0415 - loads adapters that a cold start does without

    return bootstrap.services()
