"""The exceptions to the rules: `exemptions.toml`, by rule and subject, each with its reason."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

from scripts.lib.lints.source import Finding

FILE = Path(__file__).with_name("exemptions.toml")

type Exemptions = Mapping[str, Mapping[str, str]]
"""Rule -> `module:name` -> reason."""


def read_exemptions(file: Path = FILE) -> Exemptions:
    """Read the file; `tomllib.TOMLDecodeError`."""
    return tomllib.loads(file.read_text(encoding="utf-8"))


def remaining(findings: Iterable[Finding], exemptions: Exemptions) -> Iterator[Finding]:
    """Yield the findings that are not exempt, then one for each exemption without need or without reason.

    An exemption names a method (`module:Class.method`) or a whole class (`module:Class`).
    """
    used = set()
    for finding in findings:
        exempt = exemptions.get(finding.rule, {}).keys() & {finding.subject, finding.subject_class}
        used |= {(finding.rule, subject) for subject in exempt}
        if not exempt:
            yield finding
    path = PurePosixPath(FILE.name)
    for rule, subjects in exemptions.items():
        for subject, reason in subjects.items():
            if (rule, subject) not in used:
                yield Finding(rule, path, 1, f"the exemption of {subject} is not needed any more")
            elif not reason.strip():
                yield Finding(rule, path, 1, f"the exemption of {subject} gives no reason")
