"""Prints a development token, signed with the local issuer's key; it passes exactly the production checks."""

import argparse
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.issuer.keys import read_signing_key
from infra.local.issuer.tokens import AUDIENCE, LIFETIME, issue_token, subject_of
from infra.local.launcher.endpoints import Endpoints
from infra.local.launcher.errors import SettingsInvalid
from infra.local.launcher.options import port_base
from scripts.lib.complaints import complain
from shared.tenancy.model import Role

_DATA = Path(__file__).resolve().parents[2] / ".local" / "issuer"
_EXPIRED = timedelta(hours=-1)


def main(arguments: list[str]) -> int:
    """Print the token; 2 when the issuer has never run, since there is no key then."""
    wish = _parse(arguments)
    try:
        issuer = wish.issuer or Endpoints.at(port_base(os.environ)).url("issuer")
        key = read_signing_key(wish.data)
    except SettingsInvalid as invalid:
        complain(invalid)
        return 2
    except FileNotFoundError:
        complain("the local issuer has no key yet: start ./scripts/run once.")
        return 2
    token = issue_token(
        key,
        issuer=issuer,
        tenant=wish.tenant,
        subject=wish.subject or subject_of(wish.role),
        audience=wish.audience,
        now=datetime.now(UTC),
        lifetime=_EXPIRED if wish.expired else LIFETIME,
    )
    sys.stdout.write(token + "\n")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/token", description=__doc__)
    parser.add_argument("--tenant", required=True, help="id of the tenant")
    parser.add_argument(
        "--role", required=True, choices=list(Role), help="login as the demo user of this role"
    )
    parser.add_argument("--subject", help="login as somebody else")
    parser.add_argument("--audience", default=AUDIENCE, help=f"default: {AUDIENCE}")
    parser.add_argument("--expired", action="store_true", help="make one that ran out an hour ago")
    parser.add_argument(
        "--issuer", help="URL of the local issuer, unless it is where TERMTIDE_PORTS_BASE puts it"
    )
    parser.add_argument("--data", type=Path, default=_DATA, help="folder of the local issuer")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
