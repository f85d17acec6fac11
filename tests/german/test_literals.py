"""No text goes past translation: letters in templates and code stand inside of a mark for it."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template.base import Lexer, Token, TokenType

from tools import messages as tool

pytestmark = pytest.mark.any_database

LETTERS = re.compile(r"[^\W\d_]")
READ_ALOUD = {
    "alt",
    "aria-label",
    "aria-description",
    "data-label",
    "label",
    "placeholder",
    "title",
}
IN_FILTERS = re.compile(
    r"""(?<!type)(?<!tone)\|(?:default|default_if_none|yesno|pluralize):["'][^"']*[^\W\d_]"""
)
IN_ARGUMENTS = re.compile(
    r"""\b(?:title|text|label|link_label|heading|help)=["'][^"']*[^\W\d_][^"']*["']"""
)
# Each language is called by its own name.
SAME_EVERYWHERE = {"English", "Deutsch"}
# Blocks of Django admin that hold names of CSS classes.
CLASS_BLOCKS = ("bodyclass", "coltype")
SOURCES = tool.sources()
TEMPLATES = [path for path in SOURCES if path.suffix != ".py"]
# What describes the API is in English only, as docs/api.md is; its refusals are translated.
API = {"api", "openapi.py"}
CODE = [path for path in SOURCES if path.suffix == ".py" and not API & set(path.parts)]

# Arguments and attributes that people read.
NAMED = {"verbose_name", "verbose_name_plural", "label", "help_text", "description", "message",
         "search_help_text", "empty_label", "site_header", "site_title", "index_title",
         "empty_value_display", "short_description"}  # fmt: skip
REFUSALS = {"ValidationError", "PermissionDenied"}
RELATIONS = {"ManyToManyField", "OneToOneField"}
TELLING = {"success", "info", "warning", "error", "add_error", "message_user"}


def place(path: Path) -> str:
    return path.relative_to(tool.ROOT).as_posix()


class Reader(HTMLParser):
    """Collects what a person would read or hear."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden += tag in ("style", "script")
        values = dict(attrs)
        self.texts += [values[name] or "" for name in READ_ALOUD & values.keys()]
        if tag == "input" and values.get("type") in ("submit", "button", "reset"):
            self.texts.append(values.get("value") or "")

    def handle_endtag(self, tag: str) -> None:
        self.hidden -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.texts.append(data)


def outside_of_marks(tokens: list[Token]) -> str:
    """A template's own text, without what is marked for translation, and without its tags."""
    own, closing = [], ""
    for token in tokens:
        name = token.split_contents()[0] if token.token_type == TokenType.BLOCK else ""
        if closing:
            closing = "" if name == closing else closing
        elif name in ("blocktranslate", "blocktrans", "comment"):
            closing = f"end{name}"
        elif name == "block" and token.split_contents()[1] in CLASS_BLOCKS:
            closing = "endblock"
        else:
            own.append(token.contents if token.token_type == TokenType.TEXT else " ")
    return "".join(own)


def texts_of(path: Path) -> list[str]:
    """Untranslated texts of a template: between its tags, in attributes and in arguments."""
    tokens = Lexer(path.read_text(encoding="utf-8")).tokenize()
    own = outside_of_marks(tokens)
    if path.suffix == ".html":
        reader = Reader()
        reader.feed(own)
        found = reader.texts
    else:
        found = [own]
    kinds = (TokenType.VAR, TokenType.BLOCK)
    tags = [token.contents for token in tokens if token.token_type in kinds]
    found += [tag for tag in tags if IN_FILTERS.search(tag) or IN_ARGUMENTS.search(tag)]
    read = {text.strip() for text in found if LETTERS.search(text)}
    return sorted(read - SAME_EVERYWHERE)


def test_templates_say_nothing_untranslated() -> None:
    found = {place(path): texts_of(path) for path in TEMPLATES}
    assert {name: texts for name, texts in found.items() if texts} == {}


def is_text(node: ast.AST | None) -> bool:
    """Letters in quotes, bare; a call to gettext is none."""
    if isinstance(node, ast.JoinedStr):
        return any(is_text(part) for part in node.values)
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    text = node.value if isinstance(node, ast.Constant) else None
    return isinstance(text, str) and bool(LETTERS.search(text))


def called(node: ast.Call) -> str:
    func = node.func
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def untranslated_of(node: ast.AST) -> Iterator[ast.AST]:
    """The bare texts a person would read that this piece of code holds."""
    if isinstance(node, ast.Call):
        yield from (word.value for word in node.keywords if word.arg in NAMED)
        if called(node) in REFUSALS:
            yield from node.args[:1]
        if called(node) in TELLING:
            yield from node.args[1:2]
        if called(node).endswith("Field") and called(node) not in RELATIONS:
            yield from node.args[:1]
    if isinstance(node, ast.Assign):
        names = {target.id for target in node.targets if isinstance(target, ast.Name)}
        if names & NAMED:
            yield node.value
    if isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(b) for b in node.bases):
        pairs = [line.value for line in node.body if isinstance(line, ast.Assign)]
        yield from (pair.elts[1] for pair in pairs if isinstance(pair, ast.Tuple))


def test_code_says_nothing_untranslated() -> None:
    found = [
        f"{place(path)}:{getattr(text, 'lineno', 0)}: {ast.unparse(text)}"
        for path in CODE
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for text in untranslated_of(node)
        if is_text(text)
    ]
    assert found == []


@pytest.mark.parametrize(
    "code",
    [
        "raise ValidationError('No seat is left.', code='no_seat')",
        "raise PermissionDenied(f'You may not {do}.')",
        "seats = models.IntegerField('purchased')",
        "name = forms.CharField(label='Name')",
        "messages.success(request, 'Saved: %s' % name)",
        "class Kind(models.TextChoices):\n    A = 'a', 'Self-service'",
        "class Meta:\n    verbose_name = 'seat'",
    ],
)
def test_a_text_in_code_is_noticed(code: str) -> None:
    nodes = ast.walk(ast.parse(code))
    assert any(is_text(text) for node in nodes for text in untranslated_of(node))


@pytest.mark.parametrize(
    "template",
    [
        "<p>Seats</p>",
        '<td data-label="Seats">{{ seats }}</td>',
        '<img alt="A seat">',
        '<input type="submit" value="Send">',
        '{{ name|default:"nobody" }}',
        '{% include "components/banner.html" with title="No seat is left" %}',
        '{% translate "Seats" %} left',
    ],
)
def test_a_text_in_a_template_is_noticed(template: str, tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(template)
    assert texts_of(path)
