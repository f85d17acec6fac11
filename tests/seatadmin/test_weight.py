"""What a visit weighs on the line, with the static files of production (issue 4.5)."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.test import Client

from accounts.models import Membership
from subscriptions.models import SeatPool
from tests import cast
from tests.conftest import ClientFor

pytestmark = pytest.mark.any_database

FIRST_VISIT, FURTHER_PAGE = 60_000, 15_000
YEAR = 365 * 24 * 3600
PAGES = (
    "/a/acme/",
    "/a/acme/subscription/",
    "/a/acme/subscription/manage/",
    "/a/acme/subscription/requests/",
    "/a/acme/seats/add/",
    "/a/acme/api-tokens/",
    "/a/acme/api-tokens/add/",
    "/a/acme/team/",
    "/a/acme/team/add/",
    "/auth/password/set/",
)


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("static")


@pytest.fixture
def production(settings: Any, collected: Path) -> None:
    """Fingerprinted and compressed; Django admin's own files are left out."""
    settings.STATIC_ROOT = collected
    settings.STORAGES = {
        **configured.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    if not any(collected.iterdir()):
        ignored = ["admin*", "rest_framework*", "swagger-ui*", "*.map"]
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=ignored)


@pytest.mark.usefixtures("production")
@pytest.mark.parametrize("path", PAGES)
def test_a_first_visit_and_a_further_page_are_light(
    client_for: ClientFor, acme_owner: Membership, suite_pool: SeatPool, path: str
) -> None:
    """A team page is full, in the longer language."""
    cast.crowd(suite_pool, 60)
    client = client_for(acme_owner)
    page = fetch(client, path)
    assets = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', client.get(path).text))
    weights = {asset: fetch(client, asset) for asset in assets}

    assert any("app" in asset for asset in assets)
    assert page < FURTHER_PAGE, f"{path}: {page} bytes"
    assert page + sum(weights.values()) < FIRST_VISIT, f"{path}: {page} bytes and {weights}"


@pytest.mark.usefixtures("production")
def test_static_files_are_named_by_their_content_and_kept_for_a_year(
    client_for: ClientFor, acme_owner: Membership
) -> None:
    client = client_for(acme_owner)
    for asset in re.findall(r'"(/static/[^"]+)"', client.get("/a/acme/").text):
        answer = client.get(asset, headers={"accept-encoding": "br, gzip"})
        assert re.search(r"\.[0-9a-f]{12}\.", asset)
        assert f"max-age={10 * YEAR}" in answer["Cache-Control"]
        assert "immutable" in answer["Cache-Control"]
        assert answer["Content-Encoding"] == "br"


def fetch(client: Client, path: str) -> int:
    """Bytes on the line, without headers, for a browser that takes what all of them take."""
    answer = client.get(path, headers={"accept-encoding": "gzip, br", "accept-language": "de"})
    assert answer.status_code == 200
    return len(answer.getvalue())
