"""Why an archive is not read, with the member and the byte."""


class ArchiveFault(Exception):
    """An archive that can't be read: `member` is its name, or `archive/member`."""

    def __init__(self, member: str, what: str) -> None:
        self.member = member
        self.what = what
        super().__init__(member, what)

    def __str__(self) -> str:
        return f"{self.member}: {self.what}"


class Unsafe(ArchiveFault):
    """No honest tool writes this, or it asks for too much."""


class UnknownMethod(ArchiveFault):
    """It is compressed in a way that is not read here."""


class Damaged(ArchiveFault):
    """It breaks at a byte."""

    def __init__(self, member: str, byte: int, what: str) -> None:
        self.byte = byte
        super().__init__(member, what)
