"""The one error tree. Whatever Termtide refuses, it refuses with one of these.

    TermtideError
    ├── InvalidInput            400  the request or file breaks a rule; says where
    ├── Unauthenticated         401  no token, or one that does not hold
    ├── Forbidden               403  the caller's role or scope does not reach this operation
    ├── NotFound                404  unknown, foreign and unlisted objects alike
    │   ├── TenantBreach        404  an object of another tenant surfaced: audited, alarming
    │   └── WrongStamp          404  the tenant is homed on another stamp
    ├── Conflict                409  the state of the object forbids the operation
    ├── PreconditionFailed      412  the object changed since the caller read it
    ├── TooLarge                413  beyond a stated limit
    ├── UnsupportedMedia        415  a content type or format that is not read
    ├── IdempotencyMismatch     422  an Idempotency-Key came again with another payload
    ├── TooCostly               422  the question is beyond a bound; says which, and what to narrow
    ├── TooManyRequests         429  the rate budget is used up; says when to come back
    └── Unavailable             503  a service behind us is down or throttling; retry

`code` is stable and public (it ends the problem type URI of RFC 9457), `detail` is safe to show: it never
holds personal data, a secret, or a word about another tenant. `retryable` decides between back-off and
quarantine for messages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken rule and its place.

    `place` is a JSON pointer (`/tenant/name`), a header or query name (`header:If-Match`, `query:cursor`), or
    a position in a file (`grades.csv, record 12, column 3, byte 4711`).
    """

    place: str
    message: str


class TermtideError(Exception):
    """The root: carries a stable code, an HTTP status, and a detail that is safe to show."""

    code: str = "internal"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, violations: Sequence[Violation] = ()) -> None:
        places = "; ".join(f"{violation.place}: {violation.message}" for violation in violations)
        super().__init__(": ".join(part for part in (detail or self.title, places) if part))
        self.detail = detail
        self.violations = tuple(violations)


class InvalidInput(TermtideError):
    """The request or the file breaks a rule; every broken rule is listed with its place."""

    code = "invalid-input"
    status = 400
    title = "The input breaks a rule"

    @classmethod
    def at(cls, place: str, message: str) -> "InvalidInput":
        """Build the error for a single broken rule."""
        return cls(message, violations=(Violation(place, message),))


class Unauthenticated(TermtideError):
    """No token, or a token that does not hold. The detail never tells which check failed to the caller."""

    code = "unauthenticated"
    status = 401
    title = "A valid access token is needed"


class Forbidden(TermtideError):
    """The caller is known, but no role or scope of theirs reaches this operation."""

    code = "forbidden"
    status = 403
    title = "Your role does not reach this operation"


class NotFound(TermtideError):
    """Nothing here for this caller: unknown, foreign and unlisted objects look the same."""

    code = "not-found"
    status = 404
    title = "Nothing was found here"


class TenantBreach(NotFound):
    """A store returned an object of another tenant. Looks like 404 outside, is audited inside."""

    def __init__(self, expected_tenant: str, container: str) -> None:
        super().__init__()
        self.expected_tenant = expected_tenant
        self.container = container


class WrongStamp(NotFound):
    """The tenant lives on another stamp; nothing of it may be read or written here."""


class Conflict(TermtideError):
    """The state of the object forbids the operation, such as creating what exists."""

    code = "conflict"
    status = 409
    title = "The object's state forbids this"


class PreconditionFailed(TermtideError):
    """The object changed since the caller read it (If-Match, RFC 9110 section 13.1.1)."""

    code = "precondition-failed"
    status = 412
    title = "The object has changed"


class TooLarge(TermtideError):
    """Beyond a stated limit of size or count."""

    code = "too-large"
    status = 413
    title = "Too large"


class UnsupportedMedia(TermtideError):
    """A content type or file format that is not read here."""

    code = "unsupported-media-type"
    status = 415
    title = "This kind of content is not read here"


class IdempotencyMismatch(TermtideError):
    """An Idempotency-Key came again with another payload."""

    code = "idempotency-mismatch"
    status = 422
    title = "The Idempotency-Key was used with another request"


class TooCostly(TermtideError):
    """Answering would cost more than one question may: `bound` names the limit, `needed` what is known of it.

    `advice` says what to narrow; nothing about the data but sizes is told.
    """

    code = "too-costly"
    status = 422
    title = "The question is beyond a bound"

    def __init__(self, bound: str, limit: int, advice: str, *, needed: int | None = None) -> None:
        found = "more" if needed is None else str(needed)
        super().__init__(f"at most {limit} {bound}, this takes {found}: {advice}")
        self.bound = bound
        self.limit = limit
        self.needed = needed


class TooManyRequests(TermtideError):
    """The rate budget is used up; `retry_after` says in how many seconds it is not."""

    code = "too-many-requests"
    status = 429
    title = "Too many requests"
    retryable = True

    def __init__(self, detail: str = "", *, retry_after: int = 1) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(TermtideError):
    """A service behind us is down or throttling; the same call may succeed in `retry_after` seconds."""

    code = "unavailable"
    status = 503
    title = "Temporarily unavailable"
    retryable = True

    def __init__(self, detail: str = "", *, retry_after: int = 2) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
