"""Who may send files for a tenant by other ways than its people's logins: SFTP, mail, appliances."""

import base64
import binascii
import re
from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Final, Self

from pydantic import AfterValidator, Field, model_validator

from shared.kernel.errors import Forbidden
from shared.tenancy.record import Record

_ALGORITHMS: Final = frozenset(
    {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
    }
)

_ED25519_BYTES: Final = 32
_SENDER: Final = re.compile(r"[^\s@<>,;]{0,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")

type Label = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,39}$")]


def _public_key(line: str) -> str:
    """Return algorithm and key of a line as `ssh-keygen` writes it; RFC 4253 section 6.6 names the form."""
    algorithm, _, rest = line.strip().partition(" ")
    encoded = rest.partition(" ")[0]
    if algorithm not in _ALGORITHMS:
        raise ValueError(f"a public key begins with one of {', '.join(sorted(_ALGORITHMS))}")
    try:
        key = base64.b64decode(encoded, validate=True)
    except binascii.Error as fault:
        raise ValueError("the key is not written in base64") from fault
    if not key.startswith(len(algorithm).to_bytes(4) + algorithm.encode()):
        raise ValueError(f"the key is not one of {algorithm}")
    return f"{algorithm} {encoded}"


def _sender(text: str) -> str:
    """Return an address or a domain in lower case."""
    if not _SENDER.fullmatch(text):
        raise ValueError("a sender is an address (nightly@example.org) or a domain (@example.org)")
    return text.lower()


class SftpKey(Record):
    """A public key by which a machine of the tenant logs in to SFTP. It holds until it is removed."""

    name: Label
    public: Annotated[str, AfterValidator(_public_key)]
    """`{algorithm} {key in base64}`, without a comment."""


def _ed25519_key(text: str) -> str:
    """Return a key as `scripts/appliance enrol` prints it: 32 bytes (RFC 8032 section 5.1.5) in base64."""
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except binascii.Error as fault:
        raise ValueError("the key is not written in base64") from fault
    if len(key) != _ED25519_BYTES:
        raise ValueError(f"the key of an appliance has {_ED25519_BYTES} bytes")
    return text.strip()


class ApplianceKey(Record):
    """The public key of an appliance, which signs bundles of the tenant. It holds until it is removed."""

    name: Label
    public: Annotated[str, AfterValidator(_ed25519_key)]

    @property
    def public_bytes(self) -> bytes:
        """The key itself."""
        return base64.b64decode(self.public)


class SenderRule(Record):
    """From whom the tenant takes mail: one address, or (`@example.org`) everybody of a domain."""

    sender: Annotated[str, Field(max_length=320), AfterValidator(_sender)]
    feed: Label | None = None
    """The feed that the sender's files are of; None: whichever is recognised, or named by the address."""
    proven: bool = True
    """Whether our relay has to vouch that the sender's domain stands by the message (DMARC)."""

    def names(self, address: str) -> bool:
        """Tell whether the rule is about the sender of this address, which is in lower case."""
        return address == self.sender or (self.sender.startswith("@") and address.endswith(self.sender))


class WaysIn(Record):
    """Every way in of a tenant that needs somebody to be known beforehand."""

    sftp_keys: tuple[SftpKey, ...] = ()
    senders: tuple[SenderRule, ...] = ()
    appliances: tuple[ApplianceKey, ...] = ()

    def with_key(self, key: SftpKey) -> Self:
        """Return the ways with one key more; one of the same name gives way to it."""
        return self.model_copy(update={"sftp_keys": (*self.without_key(key.name).sftp_keys, key)})

    def without_key(self, name: str) -> Self:
        """Return the ways without the key of that name."""
        return self.model_copy(update={"sftp_keys": tuple(it for it in self.sftp_keys if it.name != name)})

    def with_appliance(self, key: ApplianceKey) -> Self:
        """Return the ways with one appliance more; one of the same name gives way to it."""
        return self.model_copy(update={"appliances": (*self.without_appliance(key.name).appliances, key)})

    def without_appliance(self, name: str) -> Self:
        """Return the ways without the appliance of that name."""
        return self.model_copy(update={"appliances": tuple(it for it in self.appliances if it.name != name)})

    def with_sender(self, rule: SenderRule) -> Self:
        """Return the ways with one rule more; those of the same sender and feed give way to it."""
        others = (it for it in self.senders if (it.sender, it.feed) != (rule.sender, rule.feed))
        return self.model_copy(update={"senders": (*others, rule)})

    def without_sender(self, sender: str) -> Self:
        """Return the ways without any rule of that sender."""
        left = tuple(rule for rule in self.senders if rule.sender != sender.lower())
        return self.model_copy(update={"senders": left})

    def rule_for(self, address: str, feed: str | None, *, proven: bool) -> SenderRule:
        """Return the rule by which a sender may send files of a feed, or (None) of the rule's own.

        `Forbidden` otherwise, with a stable code for its detail: `unknown-sender`, `not-for-this-feed` or
        `not-proven`.
        """
        known = [rule for rule in self.senders if rule.names(address)]
        if not known:
            raise Forbidden("unknown-sender")
        fitting = [rule for rule in known if feed is None or rule.feed in {None, feed}]
        if not fitting:
            raise Forbidden("not-for-this-feed")
        satisfied = [rule for rule in fitting if proven or not rule.proven]
        if not satisfied:
            raise Forbidden("not-proven")
        return satisfied[0]

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        _refuse_repeats("SFTP key", (key.name for key in self.sftp_keys))
        _refuse_repeats("appliance", (key.name for key in self.appliances))
        return self


def _refuse_repeats(kind: str, names: Iterable[str]) -> None:
    for name, count in Counter(names).items():
        if count > 1:
            raise ValueError(f"{kind} {name!r} is listed {count} times")
