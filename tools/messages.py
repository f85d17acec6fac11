"""Keep the catalogues of locale/ in step with the texts in code and templates.

    .venv/bin/python tools/messages.py

reads every text marked for translation, brings locale/<language>/LC_MESSAGES/django.po
up to date and compiles it to django.mo beside it; both are committed. New texts come
out empty, texts nobody uses any more are dropped; the entries still to be translated
are named at the end, and the exit status is 1 while there are any. English is the
language of the sources and needs no catalogue. Babel does what is otherwise the work
of the system's gettext.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileParser, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("de",)
# Only the apps contain texts that people read.
NO_APPS = ("tests", "tools", "bench")
# The component page is for developers, and migrations are history.
NOT_READ = ("templates/styleguide.html", "seatadmin/styleguide.py")
CALLS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


class StableCatalog(Catalog):
    """A catalogue whose head holds no dates, so that files change only where texts do."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [
            ("Project-Id-Version", "seatadmin"),
            ("Language", str(self.locale_identifier)),
            ("Plural-Forms", self.plural_forms),
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]

    @mime_headers.setter
    def mime_headers(self, headers: list[tuple[str, str]]) -> None:
        """Ignored: the headers are fixed above."""


def sources() -> list[Path]:
    """Code of every app and all templates, in an order that does not change."""
    apps = [path.parent for path in ROOT.glob("*/__init__.py") if path.parent.name not in NO_APPS]
    files = [path for app in apps for path in app.rglob("*.py") if "migrations" not in path.parts]
    for templates in (ROOT / "templates", *(app / "templates" for app in apps)):
        files += [path for path in templates.rglob("*") if path.suffix in {".html", ".txt"}]
    return sorted(path for path in files if path.relative_to(ROOT).as_posix() not in NOT_READ)


def messages_of(path: Path) -> Iterator[tuple[str | tuple[str, ...], str | None, list[str]]]:
    """Every text of one file: the text, or singular and plural; its context; comments on it."""
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # What Django makes of a template reads as Python once nothing is indented.
        calls = templatize(source, origin=str(path)).splitlines()
        source = "\n".join(line.lstrip() for line in calls)
    file = BytesIO(source.encode())
    for found in extract("python", file, CALLS, ("Translators:",), {"encoding": "utf-8"}):
        _line, text, comments, context = found
        yield text, context, comments


def extracted(language: str) -> Catalog:
    """Every text of the sources, without translations."""
    catalog = StableCatalog(locale=language, fuzzy=False)
    for path in sources():
        place = path.relative_to(ROOT).as_posix()
        for text, context, comments in messages_of(path):
            catalog.add(text, locations=[(place, 0)], auto_comments=comments, context=context)
    return catalog


def po_file(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    """What is translated so far."""
    catalog = StableCatalog(locale=language, fuzzy=False)
    path = po_file(language)
    if path.exists():
        with path.open(encoding="utf-8") as file:
            PoFileParser(catalog).parse(file)
    return catalog


def brought_up_to_date(language: str) -> Catalog:
    """The texts of the sources, with the translations there are."""
    catalog, known = extracted(language), read(language)
    catalog.header_comment = known.header_comment
    for message in catalog:
        before = known.get(message.id, message.context) if message.id else None
        if before and isinstance(before.id, tuple) == isinstance(message.id, tuple):
            message.string = before.string
            message.user_comments = before.user_comments
            message.flags |= before.flags & {"fuzzy"}
    return catalog


def as_po(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_po(file, catalog, width=100, ignore_obsolete=True, include_lineno=False)
    return file.getvalue()


def as_mo(catalog: Catalog) -> bytes:
    file = BytesIO()
    write_mo(file, catalog)
    return file.getvalue()


def untranslated(catalog: Catalog) -> list[Message]:
    """Entries with an empty form, or marked fuzzy."""
    return [m for m in catalog if m.id and (m.fuzzy or not all(forms(m.string)))]


def forms(text: str | list[str] | tuple[str, ...] | None) -> tuple[str, ...]:
    """A text's only form, or all of its plural forms."""
    return tuple(text) if isinstance(text, list | tuple) else (text or "",)


def main() -> int:
    missing = 0
    for language in LANGUAGES:
        catalog, path = brought_up_to_date(language), po_file(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        for message in untranslated(catalog):
            missing += 1
            sys.stderr.write(f"{path.relative_to(ROOT)}: {message.id!r}\n")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
