"""The tests of a package, compiled with the items, sections and templates that they refer to."""

from collections.abc import Mapping
from typing import Final

from shared.standards.qti.assessments.compiled_test import CompiledTest
from shared.standards.qti.assessments.compiling import compile_references
from shared.standards.qti.assessments.plan import ItemRef
from shared.standards.qti.assessments.reading import read_plan
from shared.standards.qti.documents.document import Document
from shared.standards.qti.documents.element import (
    Element,
    attribute,
    child_named,
    descendants_named,
    place_of,
)
from shared.standards.qti.expressions.compiled import Operator
from shared.standards.qti.expressions.vendor import VENDOR_OPERATORS
from shared.standards.qti.faults import Invalid
from shared.standards.qti.items.compiled_item import CompiledItem
from shared.standards.qti.items.compiling import compile_item
from shared.standards.qti.limits import LIMITS, Limits
from shared.standards.qti.packages.package import Package

_RULE: Final = "QTI 3.0, AssessmentItemRef"


def packaged_tests(package: Package) -> list[str]:
    """Return the names of the files of a package that hold tests.

    >>> from shared.standards.qti import open_package
    >>> packaged_tests(open_package(b"<assessmentTest/>", name="test.xml"))
    ['test.xml']
    """
    return [document.file for document in package.documents() if document.kind == "qti-assessment-test"]


def packaged_test(
    package: Package,
    name: str,
    *,
    operators: Mapping[str, Operator] = VENDOR_OPERATORS,
    limits: Limits = LIMITS,
    strict: bool = False,
) -> CompiledTest:
    """Compile a test of a package. Addresses are resolved beside the file that they stand in.

    Raises Invalid for an item or section that the package lacks, and as `compile_test` and `compile_item` do.

    >>> from shared.standards.qti import open_package
    >>> package = open_package(b'''<assessmentTest identifier="t"><testPart identifier="p"
    ...   navigationMode="linear" submissionMode="individual"/></assessmentTest>''', name="test.xml")
    >>> packaged_test(package, "test.xml").plan.identifier
    't'
    """
    document = package.document(name)
    plan = read_plan(document, sections=_sections(package, document), strict=strict)
    compiled: dict[str, CompiledItem] = {}
    items: dict[str, CompiledItem] = {}
    for ref in plan.item_refs():
        file = _resolved(package, ref)
        if file not in compiled:
            item = package.document(file)
            compiled[file] = compile_item(
                item, operators=operators, templates=_templates(package, item), limits=limits, strict=strict
            )
        items[ref.identifier] = compiled[file]
    return compile_references(plan, items, operators=operators, limits=limits, strict=strict)


def _resolved(package: Package, ref: ItemRef) -> str:
    file = package.resolve(ref.href, beside=ref.file)
    if file is None:
        raise Invalid(f"no item at {ref.href!r}", rule=_RULE, place=place_of(ref.element, ref.file))
    return file


def _sections(package: Package, test: Document) -> dict[str, Document]:
    """Return the documents of sections that a test refers to, and those that they refer to, by href."""
    found: dict[str, Document] = {}
    waiting = [test]
    while waiting:
        document = waiting.pop()
        for ref in descendants_named(document.root, "qti-assessment-section-ref"):
            href = attribute(ref, "href") or ""
            file = package.resolve(href, beside=document.file)
            if file is not None and href not in found:
                found[href] = package.document(file)
                waiting.append(found[href])
    return found


def _templates(package: Package, item: Document) -> dict[str, Document]:
    """Return the response processing templates that lie in the package, by the addresses of the item."""
    processing = child_named(item.root, "qti-response-processing")
    addresses = () if processing is None else _addresses(processing)
    files = ((address, package.resolve(address, beside=item.file)) for address in addresses)
    return {address: package.document(file) for address, file in files if file is not None}


def _addresses(processing: Element) -> list[str]:
    given = (attribute(processing, name) for name in ("template", "template-location"))
    return [address for address in given if address]
