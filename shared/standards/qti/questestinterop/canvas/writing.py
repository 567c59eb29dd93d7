"""Items, stimuli and a test of QTI 3.0 written as one file of QTI 1.2 that Canvas imports."""

from collections.abc import Iterable
from fractions import Fraction
from posixpath import basename
from typing import Final

from shared.standards.qti.converting.conversion import Converted
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import attribute
from shared.standards.qti.faults import Notice
from shared.standards.qti.questestinterop.canvas.building import make, metadata
from shared.standards.qti.questestinterop.canvas.items import write_item, write_stimulus
from shared.standards.qti.questestinterop.canvas.sections import write_test
from shared.standards.qti.questestinterop.findings import Findings

_ITEM: Final = "qti-assessment-item"
_STIMULUS: Final = "qti-assessment-stimulus"
_TEST: Final = "qti-assessment-test"


def write_questestinterop(documents: Iterable[Document], *, title: str = "Items") -> Converted:
    """Return a document of QTI 1.2 for Canvas that holds items: as a quiz by their test, else as a bank.

    `title` names a bank. Items score as they did, in percentages of their points, as Canvas has them. What
    Canvas has no place for is told as a loss: questions of kinds it does not know are left out, scoring that
    QTI 1.2 can't state is left to a person.

    >>> from shared.standards.qti import parse
    >>> item = parse(b'<qti-assessment-item identifier="i1" title="Hi"/>')
    >>> written = write_questestinterop([item], title="Greetings")
    >>> written.document.root[0].get("ident"), written.losses
    ('Greetings', ())
    """
    found = list(documents)
    findings = Findings()
    items = [each for each in found if each.kind == _ITEM]
    stimuli = [write_stimulus(each, findings) for each in found if each.kind == _STIMULUS]
    tests = [each for each in found if each.kind == _TEST]
    told = [notice for each in tests[1:] for notice in [_other(each)]]
    named = {basename(each.file): each for each in items if each.file}
    named = {attribute(each.root, "identifier") or "": each for each in items} | named
    if tests:
        content = write_test(tests[0], named, findings)
        for at, stimulus in enumerate(stimuli):
            content[-1].insert(at, stimulus)
    else:
        written = (write_item(each, Fraction(1), findings) for each in items)
        bank = metadata({"bank_title": title})
        questions = (each for each in written if each is not None)
        content = make("objectbank", {"ident": title}, bank, *stimuli, *questions)
    root = make("questestinterop", {}, content)
    return Converted(Document(root, "quiz.xml"), (*findings.notices, *told))


def _other(test: Document) -> Notice:
    message = f"the test {attribute(test.root, 'identifier')} is left out: a file of Canvas holds one"
    return Notice(message, "QTI 1.2 has no counterpart", severity="loss")
