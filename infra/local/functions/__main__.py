"""Starts the host: `python -m infra.local.functions --port N --app DIR [--data DIR] [--topology FILE]`."""

import sys

from infra.local.functions.command_line import main

sys.exit(main(sys.argv[1:]))
