"""Says who may send files for a tenant: keys of SFTP logins, senders of mail, keys of appliances."""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from scripts.lib.complaints import complain
from scripts.lib.connected import connected, run_connected
from scripts.lib.owners import tenants
from shared.bootstrap import Services
from shared.ingestion.working.pseudonyms import tenant_key
from shared.platform.disk.appliances import Handover, write_secret
from shared.tenancy.ways import ApplianceKey, SenderRule, SftpKey, WaysIn

_SCRIPT = "ways"

type _Change = Callable[[WaysIn], WaysIn]


def main(arguments: list[str]) -> int:
    """Return 0, or 2 with a sentence that says what is wrong."""
    wish = _parse(arguments)
    try:
        return run_connected(_retry(wish) if wish.verb == "retry-mail" else _apply(wish, wish.change(wish)))
    except ValidationError as fault:
        complain(fault.errors(include_input=False)[0]["msg"].removeprefix("Value error, "))
    except (OSError, UnicodeDecodeError) as fault:
        complain(fault)
    return 2


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/ways", description=__doc__)
    verbs = parser.add_subparsers(required=True, dest="verb")
    _verb(verbs, "list", "show who may send", _nothing)
    adding = _verb(verbs, "add-key", "let a machine log in to SFTP as the tenant", _added_key)
    adding.add_argument("name", help="what to call the key, for one the machine that has it")
    adding.add_argument("file", type=Path, help="the public key, as ssh-keygen writes it: id_ed25519.pub")
    removing = _verb(verbs, "remove-key", "let it log in no more", _removed_key)
    removing.add_argument("name", help="as shown by list")
    sending = _verb(verbs, "add-sender", "take mail from an address or a domain", _added_sender)
    sending.add_argument("name", metavar="sender", help="nightly@example.org, or @example.org for all of it")
    sending.add_argument("--feed", help="take files of this feed only")
    sending.add_argument(
        "--unproven", action="store_true", help="also when no relay of ours vouches for the sender's domain"
    )
    dropping = _verb(verbs, "remove-sender", "take no more mail from them", _removed_sender)
    dropping.add_argument("name", metavar="sender", help="as shown by list")
    _verb(verbs, "retry-mail", "receive once more what was put aside, after a change", _nothing)
    adding = _verb(
        verbs, "add-appliance", "take bundles that the district's own machine signs", _added_appliance
    )
    adding.add_argument("name", help="what to call the machine")
    adding.add_argument("public", help="its public key, as `scripts/appliance enrol` prints it")
    adding.add_argument(
        "--handover",
        type=Path,
        required=True,
        metavar="FILE",
        help="where to write what the machine needs from here, a secret among it; it goes to the district",
    )
    removing = _verb(verbs, "remove-appliance", "take its bundles no more", _removed_appliance)
    removing.add_argument("name", help="as shown by list")
    return parser.parse_args(arguments)


def _verb(
    verbs: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    purpose: str,
    change: Callable[[argparse.Namespace], _Change],
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=purpose)
    parser.add_argument("--tenant", required=True, metavar="T")
    parser.set_defaults(change=change)
    return parser


def _nothing(_: argparse.Namespace) -> _Change:
    return lambda ways: ways


def _added_key(wish: argparse.Namespace) -> _Change:
    key = SftpKey(name=wish.name, public=wish.file.read_text(encoding="utf-8"))
    return lambda ways: ways.with_key(key)


def _removed_key(wish: argparse.Namespace) -> _Change:
    return lambda ways: ways.without_key(wish.name)


def _added_appliance(wish: argparse.Namespace) -> _Change:
    key = ApplianceKey(name=wish.name, public=wish.public)
    return lambda ways: ways.with_appliance(key)


def _removed_appliance(wish: argparse.Namespace) -> _Change:
    return lambda ways: ways.without_appliance(wish.name)


async def _hand_over(services: Services, tenant_id: str, path: Path) -> None:
    key = tenant_key(await services.current_key("pseudonym"), tenant_id)
    write_secret(path, Handover(tenant_id, key).to_bytes())


def _added_sender(wish: argparse.Namespace) -> _Change:
    rule = SenderRule(sender=wish.name, feed=wish.feed, proven=not wish.unproven)
    return lambda ways: ways.with_sender(rule)


def _removed_sender(wish: argparse.Namespace) -> _Change:
    return lambda ways: ways.without_sender(wish.name)


async def _apply(wish: argparse.Namespace, change: _Change) -> int:
    async with connected() as services:
        async for scope in tenants(services, wish.tenant, _SCRIPT):
            if wish.verb == "list":
                ways = (await services.tenancy.of(scope)).ways
            else:
                ways = await services.tenancy.set_ways(scope, change)
                await services.audit.allowed(scope, f"ways.{wish.verb}", f"way:{wish.name}")
            if wish.verb == "add-appliance":
                await _hand_over(services, scope.tenant_id, wish.handover)
            for key in ways.sftp_keys:
                print(f"sftp  {key.name}  {key.public}")
            for rule in ways.senders:
                print(f"mail  {rule.sender}  {rule.feed or '-'}  {'proven' if rule.proven else 'unproven'}")
            for appliance in ways.appliances:
                print(f"appliance  {appliance.name}  {appliance.public}")
    return 0


async def _retry(wish: argparse.Namespace) -> int:
    async with connected() as services:
        stamp = services.stamp_scope(_SCRIPT)
        async for scope in tenants(services, wish.tenant, _SCRIPT):
            await services.audit.allowed(scope, "ways.retry-mail", f"tenant:{scope.tenant_id}")
            async for mail in services.mailbox.of(scope):
                files = await services.mail_intake.receive(stamp, mail.path)
                left = await services.mailbox.find(stamp, mail.path)
                outcome = f"refused  {left.refused}" if left else f"taken    {files} new files"
                print(f"{mail.path}  {outcome}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
