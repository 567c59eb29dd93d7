"""Finds groups by the words of their titles and ids, whatever their case."""


def holds(query: str, *texts: str) -> bool:
    """Tell whether every word of `query` stands somewhere in `texts`."""
    text = " ".join(texts).casefold()
    return all(word in text for word in query.casefold().split())
