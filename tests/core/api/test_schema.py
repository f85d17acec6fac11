"""The description of the API is what the code does (D19)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from jsonschema import Draft202012Validator

from core.api.operations import Operation, operation
from core.api.schema import example_of
from seatadmin import api
from tests.keys import Program

pytestmark = pytest.mark.any_database

FILE = Path(__file__).resolve().parents[3] / "docs" / "openapi.yaml"
DESCRIBED: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
METHODS = ("get", "post", "put", "patch", "delete")


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DESCRIBED["paths"].items():
        yield from ((path, method, said) for method, said in methods.items())


OPERATIONS = {said["operationId"]: said for _path, _method, said in operations()}


def views() -> Iterator[tuple[str, Any]]:
    """Every address of a view that a method opens."""
    for entry in api.urlpatterns:
        view = getattr(entry.callback, "view_class", None)
        if view and any(hasattr(view, method) for method in METHODS):
            yield "/api/" + str(entry.pattern).replace("<str:", "{").replace(">", "}"), view


def conforms(value: Any, schema: dict[str, Any]) -> None:
    Draft202012Validator({**schema, "components": DESCRIBED["components"]}).validate(value)


def test_the_file_is_up_to_date(tmp_path: Path) -> None:
    """If not: make openapi."""
    made = tmp_path / "openapi.yaml"
    call_command("spectacular", "--lang=en", "--validate", "--fail-on-warn", f"--file={made}")
    assert made.read_text(encoding="utf-8") == FILE.read_text(encoding="utf-8")


def test_it_is_served_to_everybody_in_one_language(db: None) -> None:
    for language in ("en", "de"):
        answer = Program(language=language).client.get("/api/openapi.json")
        assert answer.json() == DESCRIBED


def test_every_operation_there_is_stands_in_it() -> None:
    there = {
        (path, method) for path, view in views() for method in METHODS if hasattr(view, method)
    }
    assert {(path, method) for path, method, _said in operations()} == there


@pytest.mark.parametrize("path", [path for path, _view in views()])
def test_every_method_says_what_it_takes_and_gives(path: str) -> None:
    view = dict(views())[path]
    for method in METHODS:
        if hasattr(view, method):
            assert isinstance(getattr(view, method).operation, Operation)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_has_a_summary_a_key_and_every_answer(name: str) -> None:
    said = OPERATIONS[name]
    assert said["summary"]
    assert len(said["summary"]) < 80
    assert said["security"]
    assert said["tags"][0] in [tag["name"] for tag in DESCRIBED["tags"]]
    assert {"401", "403", "422", "429"} <= said["responses"].keys()
    in_path = [each for each in said.get("parameters", []) if each["in"] == "path"]
    assert not in_path or "404" in said["responses"]
    for status, answer in said["responses"].items():
        if status.startswith("4") and "$ref" not in answer:
            [content] = answer["content"].values()
            [codes] = [part for part in content["schema"]["allOf"] if "properties" in part]
            assert codes["properties"]["code"]["enum"]


@pytest.mark.parametrize("name", OPERATIONS)
def test_its_examples_are_what_it_promises(name: str) -> None:
    said = OPERATIONS[name]
    contents = [answer["content"] for answer in said["responses"].values() if "content" in answer]
    if "requestBody" in said:
        contents.append(said["requestBody"]["content"])
    examples = [content for each in contents for content in each.values()]
    assert examples
    for content in examples:
        assert content["example"]
        conforms(content["example"], content["schema"])
    for parameter in said.get("parameters", []):
        if "example" in parameter:
            conforms(parameter["example"], parameter["schema"])


def test_what_the_frame_refuses_is_explained_where_the_problem_leads(db: None) -> None:
    page = Program().client.get("/api/docs/problems/").content.decode()
    named = {
        code
        for said in OPERATIONS.values()
        for answer in said["responses"].values()
        for content in answer.get("content", {}).values()
        for part in content["schema"].get("allOf", [])
        for code in part.get("properties", {}).get("code", {}).get("enum", [])
    }
    assert {"scope_missing", "invalid", "unreadable_body"} <= named
    assert not [code for code in named if f'id="{code}"' not in page]


def test_an_operation_keeps_what_it_was_told() -> None:
    @operation("name", status=201)
    def handler(view: Any, request: Any) -> Any:
        """Something."""

    assert handler.operation == Operation("name", status=201)  # type: ignore[attr-defined]
    assert example_of(None) == {}
