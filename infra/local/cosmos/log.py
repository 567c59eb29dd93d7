"""The log of this server."""

from infra.local.event_log import EventLog

log = EventLog("cosmos")
