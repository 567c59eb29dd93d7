"""Looks into the quarantine and replays what is held there, once its cause is gone."""

import argparse
import sys
from collections import Counter

from scripts.lib.connected import connected, run_connected
from scripts.lib.owners import add_owner_options, owners
from shared.bootstrap import Services
from shared.kernel.clock import rfc3339
from shared.messaging.envelope import EnvelopeRefused, open_envelope
from shared.messaging.quarantine import Quarantined
from shared.messaging.replay import Outcome, Replay

_SCRIPT = "replay"


def main(arguments: list[str]) -> int:
    """Return 0, or 1 when some record could not be replayed, or 2 with a sentence that says what is wrong."""
    wish = _parse(arguments)
    return run_connected(wish.verb(wish))


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/replay", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    listing = verbs.add_parser("list", help="show what is in quarantine, oldest first")
    listing.set_defaults(verb=_list)
    explaining = verbs.add_parser("explain", help="show all that is known of one message")
    explaining.set_defaults(verb=_explain)
    replaying = verbs.add_parser("run", help="send what is held once more")
    replaying.set_defaults(verb=_run)
    add_owner_options(listing, required=False)
    add_owner_options(explaining, required=True)
    add_owner_options(replaying, required=True)
    listing.add_argument("--queue", help="only this queue")
    replaying.add_argument("--queue", help="only this queue")
    explaining.add_argument("--queue", required=True)
    explaining.add_argument("digest", help="as shown by list")
    replaying.add_argument("--rate", type=_rate, default=10.0, help="messages per second, default 10")
    replaying.add_argument("--dry-run", action="store_true", help="verify every message and send none")
    return parser.parse_args(arguments)


def _rate(text: str) -> float:
    rate = float(text)
    if not 0 < rate <= 1_000:
        raise argparse.ArgumentTypeError("more than 0 and at most 1000")
    return rate


async def _list(wish: argparse.Namespace) -> int:
    async with connected() as services:
        async for owner in owners(services, wish, _SCRIPT):
            async for record in services.quarantine.records(owner, wish.queue):
                print(
                    f"{owner.tenant_id}  {record.queue}  {record.digest}  {rfc3339(record.held_at)}  "
                    f"{record.state}  {record.reason}  {record.event_type or '-'}"
                )
    return 0


async def _explain(wish: argparse.Namespace) -> int:
    async with connected() as services:
        async for owner in owners(services, wish, _SCRIPT):
            record = await services.quarantine.read(owner, wish.queue, wish.digest)
            for name, value in _facts(record).items():
                print(f"{name:<14} {'-' if value is None else value}")
            print(f"{'envelope':<14} {await _envelope(services, record)}")
            return 0
    return 1


def _facts(record: Quarantined) -> dict[str, object]:
    return {
        "queue": record.queue,
        "digest": record.digest,
        "state": record.state,
        "reason": record.reason,
        "held at": rfc3339(record.held_at),
        "event": record.event_id,
        "type": record.event_type,
        "message id": record.message_id,
        "session": record.session_id,
        "attempts": record.attempts,
        "replays": record.replays,
        "correlation": record.correlation_id,
        "trace": record.trace_id,
        "bytes": None if record.body is None else len(record.body),
    }


async def _envelope(services: Services, record: Quarantined) -> str:
    if record.body is None:
        return "not kept here"
    try:
        open_envelope(record.body, services.settings.stamp, await services.keys("envelope")())
    except EnvelopeRefused as refused:
        return f"does not verify: {refused.reason}"
    return "verifies"


async def _run(wish: argparse.Namespace) -> int:
    outcomes: Counter[Outcome] = Counter()
    async with connected() as services:
        replay = Replay(
            services.settings.stamp,
            services.keys("envelope"),
            services.sender,
            services.quarantine,
            services.clock,
        )
        async for owner in owners(services, wish, _SCRIPT):
            if not wish.dry_run:
                await services.audit.allowed(owner, "quarantine.replay", f"queue:{wish.queue or 'all'}")
            async for done in replay.run(owner, wish.queue, per_second=wish.rate, dry_run=wish.dry_run):
                outcomes[done.outcome] += 1
                told = (done.record.queue, done.record.digest, done.outcome, done.refusal or "")
                print("  ".join(told).rstrip())
    print(", ".join(f"{count} {outcome}" for outcome, count in outcomes.items()) or "nothing is held")
    return 1 if outcomes[Outcome.REFUSED] or outcomes[Outcome.NO_BODY] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
