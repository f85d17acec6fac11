"""What code cites as R10, D4 or N2 can be looked up in docs/requirements.md."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.any_database

ROOT = Path(__file__).resolve().parent.parent
ROW = re.compile(r"^- ([RDN]\d+) ", re.MULTILINE)
CITED = re.compile(r"\b[RDN]\d{1,2}\b")
PLACES = (
    "accounts", "subscriptions", "events", "team", "seatadmin", "templates", "tests", "tools",
    "bench",
)  # fmt: skip
KINDS = {".py", ".html", ".txt", ".js", ".css"}


def rows() -> set[str]:
    return set(ROW.findall((ROOT / "docs" / "requirements.md").read_text(encoding="utf-8")))


def cited_in(place: str) -> dict[str, str]:
    """Each row that is cited below a folder, with a file that does."""
    files = [path for path in (ROOT / place).rglob("*") if path.suffix in KINDS]
    return {
        row: str(path.relative_to(ROOT))
        for path in files
        for row in CITED.findall(path.read_text(encoding="utf-8"))
    }


def test_the_rows_are_found() -> None:
    assert {"R1", "R23", "D1", "D20", "N1", "N14"} <= rows()


@pytest.mark.parametrize("place", PLACES)
def test_every_cited_row_is_defined(place: str) -> None:
    unknown = {row: file for row, file in cited_in(place).items() if row not in rows()}
    assert not unknown
