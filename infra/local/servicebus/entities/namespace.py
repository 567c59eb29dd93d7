"""All entities by path, as clients name them: case does not count."""

from collections.abc import Iterator

from infra.local.servicebus.entities.entity import Entity
from infra.local.servicebus.entities.message import MessageState
from infra.local.servicebus.entities.queue import Queue
from infra.local.servicebus.faults import EntityNotFound, NotImplementedHere

DEAD_LETTER_SUFFIX = "/$DeadLetterQueue"
_TRANSFER_SUFFIX = "/$transfer/$deadletterqueue"


class Namespace:
    """Finds entities and moves their time on."""

    def __init__(self, entities: list[Entity]) -> None:
        self._entities = {entity.path.lower(): entity for entity in entities}

    def __iter__(self) -> Iterator[Entity]:
        return iter(self._entities.values())

    def find(self, path: str) -> Entity:
        """Return the entity of a path.

        Raises `EntityNotFound`, or `NotImplementedHere` for transfer dead-letter queues.
        """
        if path.lower().endswith(_TRANSFER_SUFFIX):
            raise NotImplementedHere(f"Transfer dead-letter queues are not implemented: '{path}'.")
        entity = self._entities.get(path.lower())
        if entity is None:
            raise EntityNotFound(f"The messaging entity '{path}' could not be found.")
        return entity

    def advance(self, now: int) -> None:
        """Let every entity do what has become due."""
        for entity in self._entities.values():
            entity.advance(now)

    def counts(self) -> dict[str, dict[str, int]]:
        """Return the number of messages of each entity by state; dead letters count with their entity."""
        return {
            entity.path: _counts(entity)
            for entity in self._entities.values()
            if not entity.path.endswith(DEAD_LETTER_SUFFIX)
        }


def _counts(entity: Entity) -> dict[str, int]:
    counted = dict.fromkeys(MessageState, 0)
    locked = 0
    for message in entity.messages.values():
        counted[message.state] += 1
        locked += message.lock_token is not None
    dead_letters = entity.dead_letters if isinstance(entity, Queue) else None
    return {
        "active": counted[MessageState.ACTIVE],
        "locked": locked,
        "deferred": counted[MessageState.DEFERRED],
        "scheduled": counted[MessageState.SCHEDULED],
        "deadLetter": 0 if dead_letters is None else len(dead_letters.messages),
    }
