"""The commands of scripts/qti, each a module."""

from scripts.lib.qti.command import Command

COMMANDS: tuple[Command, ...] = ()
