"""The items that a file of any version holds: one of 2.x and 3.0, any number of 1.2."""

from shared.standards.qti import Document, parse, read_questestinterop


def items_in(content: bytes, file: str) -> list[Document]:
    """Return the items of a file, those of 1.2 as trees of 3.0. Raises QtiError when one can't be read."""
    document = parse(content, file=file)
    if document.kind != "questestinterop":
        return [document]
    imported = read_questestinterop(document)
    if imported.refused:
        raise imported.refused[0]
    return [item.document for item in imported.items]
