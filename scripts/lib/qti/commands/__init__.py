"""The commands of scripts/qti, each a module."""

from scripts.lib.qti.command import Command
from scripts.lib.qti.commands import score, vectors

COMMANDS: tuple[Command, ...] = (score, vectors)
