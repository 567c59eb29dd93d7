"""How fast content becomes 3.0, whether every score is kept, and whether the structure stays sound.

Measured on the items of 2.x in a folder, from bytes to bytes, by CPU time. Scores are compared for attempts
made up for each item (right, wrong, partly right, empty), there and back. Items that can't be scored as they
are, by expressions that no version has, are counted for themselves.
"""

import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from shared.standards.qti.converting.proof import Proof, prove_scores
from shared.standards.qti.converting.to_2_x import to_2_x
from shared.standards.qti.converting.to_3_0 import is_3_0, to_3_0
from shared.standards.qti.documents.document import Document, parse
from shared.standards.qti.faults import QtiError
from shared.standards.qti.validating.structure import check_structure
from shared.standards.qti.writing.serialising import serialise
from tests.performance.qti_round_trip import documents_in

type Figure = tuple[str, float, str, float | None]

_SPEED = 500
_ROUNDS = 5


def run(data: Path) -> list[Figure]:
    """Return name, value, unit and target of each figure."""
    found = [document for document in documents_in(data) if document is not None]
    items = [document for document in found if document.kind == "qti-assessment-item"]
    old = [document for document in items if not is_3_0(document)]
    templates = {Path(each.file).name: each for each in found if each.kind == "qti-response-processing"}
    converted = [to_3_0(document).document for document in old]
    proofs = list(_proofs(zip(old, converted, strict=True), templates))
    back = list(_proofs(((each, to_2_x(each, "2.1").document) for each in converted), templates))
    worse = [after for before, after in zip(old, converted, strict=True) if _faults(after) > _faults(before)]
    return [
        ("items of 2.x to 3.0, bytes to bytes", _rate(old), "/s", _SPEED),
        ("items that score otherwise in 3.0", _broken(proofs), "items", 0),
        ("items of 3.0 that score otherwise in 2.1", _broken(back), "items", 0),
        ("items that can't be scored as they are", len(old) - len(proofs), "items", None),
        ("attempts compared", sum(proof.attempts for proof in (*proofs, *back)), "attempts", None),
        ("items whose structure has more faults in 3.0", len(worse), "items", 0),
        ("items of 3.0 without a fault of structure", _share_sound(converted), "%", None),
        ("losses named", sum(len(to_3_0(document).losses) for document in old), "losses", None),
        ("items", len(old), "items", None),
    ]


def _rate(documents: list[Document]) -> float:
    contents = [serialise(document) for document in documents]
    started = time.process_time()
    for _ in range(_ROUNDS):
        for content in contents:
            serialise(to_3_0(parse(content)).document)
    return _ROUNDS * len(contents) / (time.process_time() - started)


def _broken(proofs: list[Proof]) -> int:
    return sum(not proof.holds for proof in proofs)


def _proofs(pairs: Iterable[tuple[Document, Document]], templates: Mapping[str, Document]) -> Iterator[Proof]:
    """Yield the proof of each pair whose first can be scored, and say what does not hold."""
    for before, after in pairs:
        try:
            proof = prove_scores(before, after, templates=templates)
        except QtiError as error:
            sys.stderr.write(f"  can't be scored: {error}\n")
            continue
        if not proof.holds:
            sys.stderr.write(f"  not proven: {before.file}: {proof.refusal or proof.differences[0]}\n")
        yield proof


def _faults(document: Document) -> int:
    return len(check_structure(document))


def _share_sound(documents: list[Document]) -> float:
    return 100 * sum(not _faults(document) for document in documents) / len(documents)
