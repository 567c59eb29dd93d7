"""Finds out which version of a format something is, from independent readings that may contradict each other.

    >>> verdict = judge([Reading("manifest", "1.2"), Reading("labels", "1.1")], ("1.0", "1.1", "1.2"))
    >>> verdict.version, verdict.reads_as, verdict.contradictions
    ('1.2', '1.2', ('manifest says 1.2, labels say 1.1',))

A version that nobody knows yet is read as the newest known one of its major, with a warning.
"""

from shared.standards.detection.readings import Reading, Verdict
from shared.standards.detection.verdicts import judge

__all__ = ["Reading", "Verdict", "judge"]
