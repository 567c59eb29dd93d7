"""The page's types say what the schemas say: what may be null or missing, lists, mappings, listed words."""

import pytest

from scripts.lib.openapi import MODELS, rendered_models
from scripts.lib.page_models import Schema, page_models

FIELDS: list[tuple[Schema, str]] = [
    ({"type": "string"}, "string"),
    ({"type": "integer"}, "number"),
    ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "number | null"),
    ({"type": ["string", "null"]}, "string | null"),
    ({"type": "array", "items": {"$ref": "#/components/schemas/Line"}}, "Array<Line>"),
    ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
    ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
    ({"const": "ok", "type": "string"}, '"ok"'),
    ({"type": "object"}, "unknown"),
]


@pytest.mark.parametrize(("schema", "written"), FIELDS)
def test_a_field_has_the_type_of_its_schema(schema: Schema, written: str) -> None:
    text = page_models({"View": {"type": "object", "required": ["x"], "properties": {"x": schema}}})
    assert f"  x: {written};\n" in text


def test_a_field_that_need_not_be_there_is_optional() -> None:
    text = page_models({"View": {"type": "object", "properties": {"x": {"type": "string"}}}})
    assert "  x?: string;\n" in text


def test_a_mapping_with_listed_keys_need_not_have_all_of_them() -> None:
    state = {"$ref": "#/components/schemas/State"}
    mapping = {"type": "object", "propertyNames": state, "additionalProperties": {"type": "string"}}
    text = page_models({"State": {"enum": ["on", "off"]}, "View": {"properties": {"at": mapping}}})
    assert 'export type State = "on" | "off";' in text
    assert "at?: Partial<Record<State, string>>;" in text


def test_the_committed_types_are_current() -> None:
    assert MODELS.read_text(encoding="utf-8") == rendered_models(), "run scripts/openapi"
