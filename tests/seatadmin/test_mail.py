"""Mails as files, in the demo."""

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.EMAIL_BACKEND = "seatadmin.mail.FileBackend"
    settings.EMAIL_FILE_PATH = tmp_path / "mails"
    return settings.EMAIL_FILE_PATH


def write(subject: str) -> EmailMultiAlternatives:
    mail = EmailMultiAlternatives(subject, "Hello Inès", to=["owner@acme.example"])
    mail.attach_alternative("<p>Hello Inès</p>", "text/html")
    return mail


def test_a_mail_and_its_html_part_are_files_one_can_open(folder: Path) -> None:
    write("Acme: no seats left").send()
    html, mail = sorted(folder.iterdir(), key=lambda path: path.suffix, reverse=True)
    assert mail.name.endswith(" owner@acme.example Acme no seats left.eml")
    assert "To: owner@acme.example" in mail.read_text(encoding="utf-8")
    assert html.stem == mail.stem
    assert html.read_text(encoding="utf-8") == "<p>Hello Inès</p>"


def test_equal_mails_are_two_files(folder: Path) -> None:
    assert get_connection().send_messages([write("Twice"), write("Twice")]) == 2
    assert len(list(folder.glob("*.eml"))) == 2


@pytest.mark.parametrize("subject", ["../../etc/passwd", "a/b\\c:d?*", "…", "ä" * 500, ""])
def test_no_subject_leads_out_of_the_folder(folder: Path, subject: str) -> None:
    write(subject).send()
    [mail] = folder.glob("*.eml")
    assert mail.parent == folder
    assert len(mail.name.encode()) < 255
