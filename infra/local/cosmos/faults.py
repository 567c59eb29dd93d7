"""Faults on demand: a test asks for the next requests of a container to be refused.

`POST /_local/faults` with `{"database", "container", "status", "count", "retry_after_ms", "operation"}` adds
a rule, where status is 412, 429 or 449 and the operation may be left out to mean any; `GET` lists the rules
that are left, `DELETE` clears them.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from infra.local.cosmos.errors import CosmosError, bad_request, precondition_failed

type Operation = Literal[
    "create",
    "upsert",
    "replace",
    "patch",
    "delete",
    "read",
    "batch",
    "query",
    "feed",
    "changes",
    "delete_partition",
]
THROTTLED = 3200


class FaultRule(BaseModel):
    """Which requests are refused, how, and how many of them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    database: str
    container: str
    status: Literal[412, 429, 449]
    count: Annotated[int, Field(ge=1)] = 1
    retry_after_ms: Annotated[int, Field(ge=0)] = 0
    operation: Operation | None = None

    def concerns(self, database: str, container: str, operation: Operation) -> bool:
        """Tell whether a request is to be refused."""
        return (
            self.database == database and self.container == container and self.operation in {None, operation}
        )

    def error(self) -> CosmosError:
        """Return the refusal."""
        if self.status == 412:
            return precondition_failed()
        headers = {"x-ms-retry-after-ms": str(self.retry_after_ms)}
        if self.status == 429:
            return CosmosError(429, "Request rate is large.", THROTTLED, headers)
        return CosmosError(
            449, "Conflicting request to resource has been attempted. Retry to avoid conflicts.", 0, headers
        )


class FaultBoard:
    """The rules that are in force. They live in memory: a restarted server is healthy."""

    def __init__(self) -> None:
        self.rules: list[FaultRule] = []

    def add(self, body: bytes) -> FaultRule:
        """Add a rule from its JSON; 400 names the faulty members."""
        try:
            rule = FaultRule.model_validate_json(body)
        except ValidationError as error:
            raise bad_request(f"The fault rule is not valid: {error}") from error
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Remove all rules."""
        self.rules.clear()

    def strike(self, database: str, container: str, operation: Operation) -> None:
        """Refuse the request if the first rule that concerns it says so, and count that rule down."""
        for position, rule in enumerate(self.rules):
            if rule.concerns(database, container, operation):
                if rule.count > 1:
                    self.rules[position] = rule.model_copy(update={"count": rule.count - 1})
                else:
                    del self.rules[position]
                raise rule.error()
