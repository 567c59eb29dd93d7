"""Validates by the XML schemas that lie in a folder: compiled when first needed, trusted by their SHA-256."""

import hashlib
from pathlib import Path
from typing import Final

from lxml import etree

from shared.standards.qti.detecting.model import Detection
from shared.standards.qti.documents.document import Document
from shared.standards.qti.faults import Notice, Place
from shared.standards.qti.validating.pins import pins_of, schemas_for

_MOST: Final = 200
"""How many faults are listed, as in the structural validator."""


class SchemaFault(Exception):
    """A schema that can't be used; says why."""


class SchemaFolder:
    """A folder of schema files. Compiling one takes seconds, so what is compiled is kept.

    >>> folder = SchemaFolder(Path("/nonexistent"))
    >>> folder.find(Detection("qti-assessment-item", "2.2", reads_as="2.2")) is None
    True
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pins = pins_of(folder)
        self._compiled: dict[str, etree.XMLSchema] = {}

    def find(self, detection: Detection) -> str | None:
        """Return the file of the folder that holds the schema of a document, None where there is none."""
        files = schemas_for(detection.reads_as or "", detection.kind, detection.patch)
        return next((file for file in files if (self._folder / file).is_file()), None)

    def check(self, document: Document, file: str) -> tuple[Notice, ...]:
        """Return what breaks the schema. Raises SchemaFault where that can't be trusted or compiled."""
        schema = self._compiled.get(file)
        if schema is None:
            schema = self._compiled[file] = self._compile(file)
        if schema.validate(document.root.getroottree()):
            return ()
        log = list(schema.error_log)[:_MOST]  # type: ignore[call-overload]  # the stubs lack its iterator
        return tuple(
            Notice(
                entry.message, f"schema {file}", Place(document.file, entry.line, entry.path or ""), "error"
            )
            for entry in log
        )

    def read(self, file: str) -> bytes:
        """Return a trusted file of the folder. Raises SchemaFault where it is missing or not as pinned."""
        path = self._folder / file
        if file not in self._pins:
            raise SchemaFault(f"{file} is not pinned: neither here nor in SHA256SUMS of its folder")
        if not path.is_file():
            raise SchemaFault(f"{file} is not in the folder")
        content = path.read_bytes()
        if hashlib.sha256(content).hexdigest() != self._pins[file]:
            raise SchemaFault(f"{file} is not the file that is pinned: its SHA-256 differs")
        return content

    def _compile(self, file: str) -> etree.XMLSchema:
        parser = etree.XMLParser(no_network=True, resolve_entities=False, load_dtd=False)
        resolver = _Resolver(self)
        parser.resolvers.add(resolver)
        try:
            return etree.XMLSchema(etree.fromstring(self.read(file), parser, base_url=file))
        except etree.XMLSchemaParseError as error:
            raise resolver.fault or SchemaFault(f"{file} can't be compiled: {error}") from error
        except etree.XMLSyntaxError as error:
            raise resolver.fault or SchemaFault(f"{file} can't be compiled: {error}") from error


class _Resolver(etree.Resolver):
    """Answers what a schema imports from the folder, by file name; nothing else is ever opened."""

    def __init__(self, folder: SchemaFolder) -> None:
        super().__init__()
        self._schemas = folder
        self.fault: SchemaFault | None = None

    def resolve(  # type: ignore[override]  # lxml hands a context over, which its stubs leave out
        self, system_url: str, public_id: str, context: object
    ) -> object:
        """Return the file of the name that an address ends in, nothing where that is not trusted."""
        try:
            content = self._schemas.read(system_url.rpartition("/")[2])
        except SchemaFault as fault:
            self.fault = self.fault or fault
            content = b""
        return self.resolve_string(content, context, base_url=system_url)
