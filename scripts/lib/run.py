"""Runs Termtide on this machine: the local cloud with its logs, until Ctrl-C."""

import sys

from infra.local.launcher.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
