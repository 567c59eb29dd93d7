"""Seeds for each place that draws by chance, from the one seed of a session."""

from hashlib import blake2b


def seed_of(seed: int, place: str) -> int:
    """Return the seed of a place: always the same, and as good as unrelated to those of other places."""
    return int.from_bytes(blake2b(f"{seed}/{place}".encode(), digest_size=8).digest())
