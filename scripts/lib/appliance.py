"""Works on a district's own machine: makes signed bundles of files, in which nobody is named, and sends them.

Packing needs no service and no network. The folder of the appliance holds its signing key, the handover file
of its enrolment as `handover.json`, and the bundles that wait to be sent.
"""

import argparse
import asyncio
import base64
import json
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path

import aiohttp

from scripts.lib.api import Api, ApiError
from scripts.lib.complaints import complain, told
from shared.ingestion.bundles.packing import Packer
from shared.ingestion.bundles.refusals import NOT_TAKEN
from shared.ingestion.mapping.catalogue import Catalogue
from shared.ingestion.model import Way
from shared.ingestion.refusal import FailureCode
from shared.kernel.clock import SystemClock
from shared.kernel.errors import TermtideError
from shared.platform.disk.appliances import Enrolment
from shared.platform.disk.bundles import DiskShelf, Outbox
from shared.platform.disk.files import DiskFile
from shared.platform.disk.stage import DiskStage

_WAITS = NOT_TAKEN | {FailureCode.TOO_LARGE, FailureCode.REPLACED}
"""The next bundle can follow only when this one was taken."""
_TOKEN = "TERMTIDE_TOKEN"  # noqa: S105 - the name of a variable, not a token


def main(arguments: Sequence[str]) -> int:
    """Return 0, 1 when a bundle was not taken or came to nothing, 2 when the work could not be done."""
    wish = _parse(arguments)
    verb: Callable[[argparse.Namespace], Coroutine[None, None, int]] = wish.verb
    try:
        return asyncio.run(verb(wish))
    except TermtideError as error:
        complain(told(error))
    except (ApiError, aiohttp.ClientError) as error:
        complain(error)
    return 2


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/appliance", description=__doc__)
    verbs = parser.add_subparsers(required=True)
    enrolling = verbs.add_parser("enrol", help="make the signing key, once, and print its public half")
    enrolling.set_defaults(verb=_enrol)
    packing = verbs.add_parser("pack", help="make a bundle of each file")
    packing.set_defaults(verb=_pack)
    packing.add_argument("files", nargs="+", type=Path, metavar="FILE")
    feeds = [feed.id for feed in Catalogue.built_in().newest]
    packing.add_argument("--feed", choices=feeds, help="the only feed to try")
    sending = verbs.add_parser("send", help="send the bundles that wait, in order, and wait for each")
    sending.set_defaults(verb=_send)
    sending.add_argument(
        "--to", required=True, metavar="URL", help=f"where Termtide answers; {_TOKEN} holds the access token"
    )
    for verb in (enrolling, packing, sending):
        verb.add_argument("--home", type=Path, required=True, metavar="DIR", help="folder of the appliance")
    return parser.parse_args(arguments)


async def _enrol(wish: argparse.Namespace) -> int:
    print(base64.b64encode(Enrolment(wish.home).enrol()).decode())
    return 0


async def _pack(wish: argparse.Namespace) -> int:
    appliance, outbox = Enrolment(wish.home).appliance(), Outbox(wish.home)
    with DiskStage() as stage:
        feeds = [feed for feed in Catalogue.built_in().newest if wish.feed in {None, feed.id}]
        packer = Packer(appliance=appliance, feeds=feeds, stage=stage, clock=SystemClock())
        for path in wish.files:
            with DiskFile(path) as file, DiskShelf() as shelf:
                manifest = await packer.pack(file, await outbox.next_place(), shelf)
                bundle = await asyncio.to_thread(outbox.add, manifest, appliance, shelf)
            counts = {"records": manifest.records, "rejected": sum(it.rejected for it in manifest.chunks)}
            print(json.dumps({"file": str(path), "bundle": str(bundle), "feed": manifest.feed, **counts}))
    return 0


async def _send(wish: argparse.Namespace) -> int:
    outbox, status = Outbox(wish.home), 0
    async with Api(wish.to, os.environ.get(_TOKEN, "")) as api:
        for path in outbox.waiting():
            with path.open("rb") as content:
                ingest = await api.follow(await api.upload(content, path.name, Way.APPLIANCE))
            code = ingest.failure.code if ingest.failure else None
            print(json.dumps({"bundle": path.name, "ingest": ingest.id, "state": ingest.state, "code": code}))
            if code in _WAITS:
                complain(f"{path.name} was not taken ({code}); it and all after it wait")
                return 1
            outbox.taken(path)
            if code is not None:
                complain(
                    f"{path.name} came to nothing ({code}); pack its file once more, or look at the ingest"
                )
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
