"""What all operations share in the description of the API."""

from typing import Any

EXAMPLE_HOST = "https://admin-center.example"
TEXT: dict[str, Any] = {"type": "string"}
FIELD_PROBLEM: dict[str, Any] = {
    "type": "object",
    "required": ["field", "code", "detail"],
    "properties": {
        "field": {**TEXT, "description": "The path to the field: `people.3.email`."},
        "code": {**TEXT, "description": "For programs: `required`, `unknown_field`, …"},
        "detail": {**TEXT, "description": "For people, in the language that was asked for."},
    },
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "Why something was not done (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {**TEXT, "format": "uri", "description": "Where the code is explained."},
        "title": {**TEXT, "description": "The code in words."},
        "status": {"type": "integer", "description": "The HTTP status."},
        "code": {**TEXT, "description": "For programs; it stays."},
        "detail": {
            **TEXT,
            "description": "What to do, for people, in the language that was asked for.",
        },
        "errors": {
            "type": "array",
            "description": "What is wrong with single fields.",
            "items": {"$ref": "#/components/schemas/FieldProblem"},
        },
    },
}
HEADERS: dict[str, Any] = {
    name: {"description": description, "schema": {"type": kind}}
    for name, kind, description in (
        ("RateLimit-Policy", "string", 'How often the key may ask: `"default";q=600;w=60`.'),
        ("RateLimit", "string", 'What is left, and for how long: `"default";r=599;t=60`.'),
        ("Retry-After", "integer", "In how many seconds to ask again."),
        ("WWW-Authenticate", "string", "`Bearer`: a key is needed."),
        ("Cache-Control", "string", "Whether and for how long the answer may be kept."),
        ("ETag", "string", "Of this answer; `If-None-Match` or `If-Match` name it."),
    )
}
