"""The commands of scripts/qti, each a module."""

from scripts.lib.qti.command import Command
from scripts.lib.qti.commands import convert, detect, export, inspect, rescore, score, validate, vectors

COMMANDS: tuple[Command, ...] = (detect, inspect, validate, score, rescore, vectors, convert, export)
