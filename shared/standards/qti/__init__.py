"""QTI 1.2 to 3.0.1: detect, read, validate, score, convert. Usable alone: it needs lxml and nothing else.

All versions are looked at by the names of QTI 3.0, so one code path serves them all.

    >>> from shared.standards import qti
    >>> qti.parse(b"<assessmentItem/>").kind
    'qti-assessment-item'

Each public name is loaded from its home when it is first asked for: who only scores never loads what reads
packages. docs/qti.md tells what the library does.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from shared.standards.qti.assessments.compiled_test import CompiledTest
    from shared.standards.qti.assessments.compiling import compile_test
    from shared.standards.qti.assessments.packaged import packaged_test, packaged_tests
    from shared.standards.qti.assessments.permissions import NotAllowed
    from shared.standards.qti.assessments.plan import Plan
    from shared.standards.qti.assessments.reading import read_plan
    from shared.standards.qti.assessments.reporting import report_of
    from shared.standards.qti.assessments.rescoring import rescore
    from shared.standards.qti.assessments.routes import route_of
    from shared.standards.qti.assessments.session import TestSession
    from shared.standards.qti.converting.conversion import Converted
    from shared.standards.qti.converting.packages import (
        PackageConversion,
        canvas_package,
        convert_to,
        package_of,
    )
    from shared.standards.qti.converting.proof import Proof, prove_scores
    from shared.standards.qti.converting.to_2_x import to_2_x
    from shared.standards.qti.converting.to_3_0 import to_3_0
    from shared.standards.qti.declarations.declaration import Declaration, declarations_of
    from shared.standards.qti.delivery.view import CandidateView, candidate_view
    from shared.standards.qti.detecting.detection import detect
    from shared.standards.qti.detecting.model import Detection, ManifestSigns
    from shared.standards.qti.documents.document import Document, parse
    from shared.standards.qti.expressions.compiled import Operator
    from shared.standards.qti.expressions.patterns import Pattern
    from shared.standards.qti.expressions.vendor import VENDOR_OPERATORS
    from shared.standards.qti.faults import Invalid, Malformed, Notice, Place, QtiError, Refused
    from shared.standards.qti.interactions.bindings import check_binding
    from shared.standards.qti.interactions.constraints import broken_constraints
    from shared.standards.qti.interactions.interaction import Choice, Interaction, interactions_of
    from shared.standards.qti.interactions.typed_text import read_typed
    from shared.standards.qti.items.compiled_item import CompiledItem, Scored
    from shared.standards.qti.items.compiling import compile_item
    from shared.standards.qti.items.session import ItemSession
    from shared.standards.qti.limits import LIMITS, Limits
    from shared.standards.qti.packages.alignments import Alignment, alignments_of
    from shared.standards.qti.packages.checking import check_package
    from shared.standards.qti.packages.inspection import inspect_package
    from shared.standards.qti.packages.items import ItemRecord, items_of, replaced_quizzes
    from shared.standards.qti.packages.manifest import Manifest, Resource, Unit, read_manifest
    from shared.standards.qti.packages.metadata import Metadata, metadata_of
    from shared.standards.qti.packages.package import Package, open_package
    from shared.standards.qti.questestinterop.canvas.writing import write_questestinterop
    from shared.standards.qti.questestinterop.dialects import Dialect, dialect_of
    from shared.standards.qti.questestinterop.facts import ItemFacts, facts_of
    from shared.standards.qti.questestinterop.items import ImportedItem
    from shared.standards.qti.questestinterop.reading import Bank, Imported, read_questestinterop
    from shared.standards.qti.questestinterop.selections import BankReference
    from shared.standards.qti.results.model import AssessmentResult, ItemResult, ResultVariable
    from shared.standards.qti.results.reading import read_result
    from shared.standards.qti.results.usage_data import UsageData, read_usage_data, write_usage_data
    from shared.standards.qti.results.writing import write_result
    from shared.standards.qti.validating.references import check_references
    from shared.standards.qti.validating.schemas import SchemaFolder
    from shared.standards.qti.validating.structure import can_check, check_structure
    from shared.standards.qti.validating.validation import Report, validate
    from shared.standards.qti.values.json_form import read_json, write_json
    from shared.standards.qti.values.types import BaseType, Cardinality
    from shared.standards.qti.views.catalogs import Card, CardEntry, Catalog, catalogs_of
    from shared.standards.qti.views.files import addresses_of
    from shared.standards.qti.views.materials import (
        CompanionMaterial,
        StimulusRef,
        companion_materials_of,
        stimulus_refs_of,
    )
    from shared.standards.qti.views.portable import CustomInteraction, custom_interactions_of
    from shared.standards.qti.writing.serialising import serialise
    from shared.standards.qti.writing.zips import zip_stream

__all__ = [
    "LIMITS",
    "VENDOR_OPERATORS",
    "Alignment",
    "AssessmentResult",
    "Bank",
    "BankReference",
    "BaseType",
    "CandidateView",
    "Card",
    "CardEntry",
    "Cardinality",
    "Catalog",
    "Choice",
    "CompanionMaterial",
    "CompiledItem",
    "CompiledTest",
    "Converted",
    "CustomInteraction",
    "Declaration",
    "Detection",
    "Dialect",
    "Document",
    "Imported",
    "ImportedItem",
    "Interaction",
    "Invalid",
    "ItemFacts",
    "ItemRecord",
    "ItemResult",
    "ItemSession",
    "Limits",
    "Malformed",
    "Manifest",
    "ManifestSigns",
    "Metadata",
    "NotAllowed",
    "Notice",
    "Operator",
    "Package",
    "PackageConversion",
    "Pattern",
    "Place",
    "Plan",
    "Proof",
    "QtiError",
    "Refused",
    "Report",
    "Resource",
    "ResultVariable",
    "SchemaFolder",
    "Scored",
    "StimulusRef",
    "TestSession",
    "Unit",
    "UsageData",
    "addresses_of",
    "alignments_of",
    "broken_constraints",
    "can_check",
    "candidate_view",
    "canvas_package",
    "catalogs_of",
    "check_binding",
    "check_package",
    "check_references",
    "check_structure",
    "companion_materials_of",
    "compile_item",
    "compile_test",
    "convert_to",
    "custom_interactions_of",
    "declarations_of",
    "detect",
    "dialect_of",
    "facts_of",
    "inspect_package",
    "interactions_of",
    "items_of",
    "metadata_of",
    "open_package",
    "package_of",
    "packaged_test",
    "packaged_tests",
    "parse",
    "prove_scores",
    "read_json",
    "read_manifest",
    "read_plan",
    "read_questestinterop",
    "read_result",
    "read_typed",
    "read_usage_data",
    "replaced_quizzes",
    "report_of",
    "rescore",
    "route_of",
    "serialise",
    "stimulus_refs_of",
    "to_2_x",
    "to_3_0",
    "validate",
    "write_json",
    "write_questestinterop",
    "write_result",
    "write_usage_data",
    "zip_stream",
]

_HOMES: Final = {
    "assessments.compiled_test": ("CompiledTest",),
    "assessments.compiling": ("compile_test",),
    "assessments.packaged": ("packaged_test", "packaged_tests"),
    "assessments.permissions": ("NotAllowed",),
    "assessments.plan": ("Plan",),
    "assessments.reading": ("read_plan",),
    "assessments.reporting": ("report_of",),
    "assessments.rescoring": ("rescore",),
    "assessments.routes": ("route_of",),
    "assessments.session": ("TestSession",),
    "converting.conversion": ("Converted",),
    "converting.packages": ("PackageConversion", "canvas_package", "convert_to", "package_of"),
    "converting.proof": ("Proof", "prove_scores"),
    "converting.to_2_x": ("to_2_x",),
    "converting.to_3_0": ("to_3_0",),
    "declarations.declaration": ("Declaration", "declarations_of"),
    "delivery.view": ("CandidateView", "candidate_view"),
    "detecting.detection": ("detect",),
    "detecting.model": ("Detection", "ManifestSigns"),
    "documents.document": ("Document", "parse"),
    "expressions.compiled": ("Operator",),
    "expressions.patterns": ("Pattern",),
    "expressions.vendor": ("VENDOR_OPERATORS",),
    "faults": ("Invalid", "Malformed", "Notice", "Place", "QtiError", "Refused"),
    "interactions.bindings": ("check_binding",),
    "interactions.constraints": ("broken_constraints",),
    "interactions.interaction": ("Choice", "Interaction", "interactions_of"),
    "interactions.typed_text": ("read_typed",),
    "items.compiled_item": ("CompiledItem", "Scored"),
    "items.compiling": ("compile_item",),
    "items.session": ("ItemSession",),
    "limits": ("LIMITS", "Limits"),
    "packages.alignments": ("Alignment", "alignments_of"),
    "packages.checking": ("check_package",),
    "packages.inspection": ("inspect_package",),
    "packages.items": ("ItemRecord", "items_of", "replaced_quizzes"),
    "packages.manifest": ("Manifest", "Resource", "Unit", "read_manifest"),
    "packages.metadata": ("Metadata", "metadata_of"),
    "packages.package": ("Package", "open_package"),
    "questestinterop.canvas.writing": ("write_questestinterop",),
    "questestinterop.dialects": ("Dialect", "dialect_of"),
    "questestinterop.facts": ("ItemFacts", "facts_of"),
    "questestinterop.items": ("ImportedItem",),
    "questestinterop.reading": ("Bank", "Imported", "read_questestinterop"),
    "questestinterop.selections": ("BankReference",),
    "results.model": ("AssessmentResult", "ItemResult", "ResultVariable"),
    "results.reading": ("read_result",),
    "results.usage_data": ("UsageData", "read_usage_data", "write_usage_data"),
    "results.writing": ("write_result",),
    "validating.references": ("check_references",),
    "validating.schemas": ("SchemaFolder",),
    "validating.structure": ("can_check", "check_structure"),
    "validating.validation": ("Report", "validate"),
    "values.json_form": ("read_json", "write_json"),
    "values.types": ("BaseType", "Cardinality"),
    "views.catalogs": ("Card", "CardEntry", "Catalog", "catalogs_of"),
    "views.files": ("addresses_of",),
    "views.materials": ("CompanionMaterial", "StimulusRef", "companion_materials_of", "stimulus_refs_of"),
    "views.portable": ("CustomInteraction", "custom_interactions_of"),
    "writing.serialising": ("serialise",),
    "writing.zips": ("zip_stream",),
}
_HOME_OF: Final = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # a type checker sees the imports above, and tells what does not exist

    def __getattr__(name: str) -> object:
        """Load a public name from its home (PEP 562)."""
        home = _HOME_OF.get(name)
        if home is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        found = getattr(import_module(f"{__name__}.{home}"), name)
        globals()[name] = found
        return found


def home_of(name: str) -> str:
    """Return the module that defines a public name, for the tests of the public surface."""
    return f"{__name__}.{_HOME_OF[name]}"
