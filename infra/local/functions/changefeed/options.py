"""The members of a Cosmos trigger, read and checked."""

from dataclasses import dataclass
from datetime import timedelta

from infra.local.functions.changefeed.feed import FeedStart
from infra.local.functions.changefeed.leases import LeaseTimes
from infra.local.functions.definitions import Binding, FunctionDefinition
from infra.local.functions.errors import InvalidBinding
from infra.local.functions.settings import Settings


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """The members of the trigger.

    Default lease times are shorter than the cloud's: a laptop's host is ended more often.
    """

    database: str
    container: str
    lease_database: str
    lease_container: str
    lease_prefix: str
    creates_lease_container: bool
    start: FeedStart
    poll_delay: timedelta
    at_most: int
    times: LeaseTimes


def feed_options(function: FunctionDefinition, settings: Settings) -> FeedOptions:
    """Read the trigger's members; `InvalidBinding` for a mode that is not served."""
    trigger = function.trigger
    if trigger.option("changeFeedMode", "LatestVersion") != "LatestVersion":
        raise InvalidBinding(function.name, "changeFeedMode AllVersionsAndDeletes is not served")
    if "startFromTime" in trigger.options:
        raise InvalidBinding(function.name, "startFromTime is not served")
    database = settings.resolve(trigger.option("databaseName"))
    return FeedOptions(
        database=database,
        container=settings.resolve(trigger.option("containerName")),
        lease_database=settings.resolve(trigger.option("leaseDatabaseName", database)),
        lease_container=settings.resolve(trigger.option("leaseContainerName", "leases")),
        lease_prefix=settings.resolve(trigger.option("leaseContainerPrefix")),
        creates_lease_container=trigger.options.get("createLeaseContainerIfNotExists") is True,
        start="Beginning" if trigger.options.get("startFromBeginning") else "Now",
        poll_delay=_milliseconds(trigger, "feedPollDelay", 5000),
        at_most=int(trigger.options.get("maxItemsPerInvocation", 100)),
        times=LeaseTimes(
            expiration=_milliseconds(trigger, "leaseExpirationInterval", 6_000),
            renewal=_milliseconds(trigger, "leaseRenewInterval", 2_000),
            acquisition=_milliseconds(trigger, "leaseAcquireInterval", 1_000),
        ),
    )


def _milliseconds(trigger: Binding, name: str, default: int) -> timedelta:
    return timedelta(milliseconds=int(trigger.options.get(name, default)))
