"""The description of the API (OpenAPI 3.1), made from what its operations are held to.

Nothing is written for it alone: names, parameters, bodies and answers are those of
`operation`, texts are docstrings and the `help_text` of fields, examples the `example` of
serializers, refusals those of `errors.py`.
"""

from collections import defaultdict
from http import HTTPStatus
from inspect import getdoc
from typing import Any, cast

from drf_spectacular.extensions import (
    OpenApiAuthenticationExtension,
    OpenApiSerializerFieldExtension,
)
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework.serializers import Serializer

from core import errors
from core.api import problems
from core.api.operations import Operation, operation_of, refusals_of, scopes_of
from core.api.pages import CursorPages, PageSerializer
from core.api.schema_headers import header_parameters
from core.api.schema_parts import EXAMPLE_HOST, FIELD_PROBLEM, HEADERS, PROBLEM, TEXT
from core.api.serializers import StrictSerializer
from core.errors import Refusal

_JSON = "application/json"
_KEYS = (
    errors.KEY_MISSING,
    errors.KEY_UNKNOWN,
    errors.KEY_OF_OTHER_KIND,
    errors.KEY_EXPIRED,
    errors.KEY_REVOKED,
)


class Schema(AutoSchema):
    """One operation."""

    @property
    def operation(self) -> Operation:
        return operation_of(self.view, self.method)

    @property
    def _text(self) -> tuple[str, str]:
        """The first sentence of the docstring, and the rest."""
        said = getdoc(getattr(self.view, self.method.lower())) or ""
        first, _blank, rest = said.partition("\n\n")
        rest = rest.partition("Raises ")[0]
        return " ".join(first.split()).rstrip("."), " ".join(rest.split())

    def get_operation_id(self) -> str:
        return self.operation.name

    def get_summary(self) -> str:
        return self._text[0]

    def get_description(self) -> str:  # type: ignore[override]
        scopes = " or ".join(f"`{scope}`" for scope in self.scopes)
        needs = f"A token needs the scope {scopes}." if scopes else ""
        return "\n\n".join(filter(None, (self._text[1], needs)))

    @property
    def scopes(self) -> list[str]:
        """Those of which a token needs one."""
        return [str(scope) for scope in scopes_of(self.view, self.method)]

    def get_override_parameters(self) -> list[Any]:
        query = self.operation.query
        filters: list[Any] = [query] if query().fields else []
        return [*filters, *header_parameters(self.operation)]

    def _get_parameters(self) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super()._get_parameters()
        examples = example_of(self.operation.query)
        for parameter in parameters:
            # An empty value is refused wherever it is not said to be allowed.
            parameter.pop("allowEmptyValue", None)
            if parameter["in"] == "path":
                parameter["description"] = f"The id of the {parameter['name'].replace('_', ' ')}."
                answer = example_of(self.operation.answer)
                if answer.get("object") == parameter["name"]:
                    parameter["example"] = answer["id"]
            if parameter["name"] in examples:
                parameter["example"] = examples[parameter["name"]]
        return parameters

    def get_response_serializers(self) -> type[Serializer] | None:
        return self.operation.answer

    def get_request_serializer(self) -> type[Serializer] | None:
        return self.operation.body

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> dict[str, Any]:
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)
        if isinstance(serializer, StrictSerializer):
            schema["additionalProperties"] = False
        return schema

    def _get_request_body(self, direction: Any = "request") -> dict[str, Any] | None:
        body: dict[str, Any] | None = super()._get_request_body(direction)
        if body and self.operation.body:
            fields = self.operation.body().fields.values()
            body["required"] = any(field.required for field in fields)
            body["content"][_JSON]["example"] = example_of(self.operation.body)
        return body

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        known = self.operation
        answers: dict[str, Any] = {str(known.status): self._answer()}
        if known.etag:
            answers["304"] = {"description": "The copy you have is still true."}
            answers["304"]["headers"] = _headers("ETag", "Cache-Control")
        answers["401"] = {"$ref": "#/components/responses/Unauthorized"}
        answers |= _problems(self._refusals())
        if known.instead:
            name, serializer = known.instead
            [content] = answers["409"]["content"].values()
            *_problem_of_all, own = content["schema"]["allOf"]
            own["properties"][name] = self.resolve_serializer(serializer, "response").ref
        answers["429"] = {"$ref": "#/components/responses/TooManyRequests"}
        return dict(sorted(answers.items()))

    def _answer(self) -> dict[str, Any]:
        known = self.operation
        names = ["RateLimit-Policy", "RateLimit", "Cache-Control", *(["ETag"] * self._gives_etag)]
        said: dict[str, Any] = {
            "description": HTTPStatus(known.status).phrase,
            "headers": _headers(*names),
        }
        if known.answer:
            content = {"schema": self._schema_of_answer(), "example": self._example_of_answer()}
            said["content"] = {_JSON: content}
        return said

    @property
    def _gives_etag(self) -> bool:
        """What was changed with If-Match is changed again with the ETag of the answer."""
        known = self.operation
        return known.etag or bool(known.if_match and known.answer)

    def _schema_of_answer(self) -> Any:
        component = self.resolve_serializer(
            cast(type[Serializer], self.operation.answer), "response"
        )
        if not self.operation.pages:
            return component.ref
        rows = {"type": "array", "items": component.ref}
        page = ResolvedComponent(
            name=f"{component.name}Page", type=ResolvedComponent.SCHEMA,
            object=f"{component.name}Page",
            schema=self._pages().get_paginated_response_schema(rows),
        )  # fmt: skip
        self.registry.register_on_missing(page)
        return page.ref

    def _example_of_answer(self) -> Any:
        example = example_of(self.operation.answer)
        if self.operation.pages:
            return {"data": [example], "has_more": False, "next": self._pages().next_example}
        return example

    def _pages(self) -> CursorPages:
        known = self.operation.pages
        return CursorPages() if isinstance(known, bool) else known()

    def _refusals(self) -> list[Refusal]:
        """Its own, and those of the frame that its form makes possible."""
        found = [errors.UNREADABLE_REQUEST, problems.INVALID, *refusals_of(self.view, self.method)]
        if self.operation.body:
            found += [errors.UNREADABLE_BODY, problems.UNSUPPORTED_MEDIA_TYPE]
        if self.operation.once:
            found += [errors.IDEMPOTENCY_KEY_MISSING, errors.UNREADABLE_IDEMPOTENCY_KEY]
        if self.operation.if_match:
            found.append(errors.CHANGED_SINCE)
        if self.operation.query().fields:
            found.append(errors.FILTER_TWICE)
        if issubclass(self.operation.query, PageSerializer):
            found.append(errors.BAD_CURSOR)
        if "{" in self.path:
            found.append(errors.NOT_THERE)
        return found


def example_of(serializer: Any) -> Any:
    """What a serializer says of itself; {} for one that has nothing in it."""
    return getattr(serializer, "example", {})


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _problems(refusals: list[Refusal]) -> dict[str, Any]:
    """One answer for each status, with the codes that it can have."""
    by_status: dict[int, list[Refusal]] = defaultdict(list)
    for refusal in refusals:
        by_status[refusal.status].append(refusal)
    return {
        str(status): _problem(same, "RateLimit-Policy", "RateLimit")
        for status, same in by_status.items()
    }


def _problem(refusals: list[Refusal], *headers: str) -> dict[str, Any]:
    sentences = dict.fromkeys(f"* `{r.code}`: {problems.sentence_of(r)}" for r in refusals)
    codes = {"code": {"enum": sorted({refusal.code for refusal in refusals})}}
    whole = [{"$ref": "#/components/schemas/Problem"}, {"type": "object", "properties": codes}]
    first = {
        "type": f"{EXAMPLE_HOST}/api/docs/problems/#{refusals[0].code}",
        "title": problems.title_of(refusals[0].code),
        "status": refusals[0].status,
        "code": refusals[0].code,
        "detail": problems.sentence_of(refusals[0]),
    }
    return {
        "description": "\n".join(sentences),
        "headers": _headers(*headers),
        "content": {problems.CONTENT_TYPE: {"schema": {"allOf": whole}, "example": first}},
    }


def complete(result: dict[str, Any], **context: Any) -> dict[str, Any]:
    """Add what all operations share, and take out what only the generator reads."""
    components = result["components"]
    components["schemas"] |= {"Problem": PROBLEM, "FieldProblem": FIELD_PROBLEM}
    components["headers"] = HEADERS
    components["responses"] = {
        "Unauthorized": _problem(list(_KEYS), "WWW-Authenticate"),
        "TooManyRequests": _problem(
            [errors.TOO_MANY_REQUESTS], "RateLimit-Policy", "RateLimit", "Retry-After"
        ),
    }
    for schema in components["schemas"].values():
        _without_marks(schema)
    _without_marks(result["paths"])
    return result


def _without_marks(part: Any) -> None:
    if isinstance(part, dict):
        part.pop("x-spec-enum-id", None)
        # What is sent and what is answered are never the same schema.
        if part.get("readOnly") is True:
            del part["readOnly"]
        # Since 3.1, a reference stands beside other words; it needs no list around it.
        if len(part.get("allOf", ())) == 1:
            part |= part.pop("allOf")[0]
        for inner in part.values():
            _without_marks(inner)
    elif isinstance(part, list):
        for inner in part:
            _without_marks(inner)


class BearerScheme(OpenApiAuthenticationExtension):
    """Every kind of key is a scheme of its own."""

    target_class = "core.api.authentication.BearerAuthentication"
    match_subclasses = True

    @property
    def name(self) -> str:  # type: ignore[override]
        return str(self.target.scheme)

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        """Each of the scopes is enough, so each is a requirement of its own."""
        scopes = getattr(auto_schema, "scopes", []) if self.target.has_scopes else []
        return [{self.name: [scope]} for scope in scopes] or [{self.name: []}]

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": f"{self.target.model.KIND}_…",
            "description": self.target.description,
        }


class PublicIdScheme(OpenApiSerializerFieldExtension):
    target_class = "core.api.ids.PublicIdField"
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {**TEXT, "pattern": f"^{self.target.pattern}$"}


class ConstantScheme(OpenApiSerializerFieldExtension):
    target_class = "core.api.serializers.Constant"

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        return {**TEXT, "const": self.target.value}
