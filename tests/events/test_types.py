"""D19: docs/api.md says what every type of event means."""

import re
from pathlib import Path

from django.conf import settings

from events.selectors.types import TYPES

ROW = re.compile(r"^\| `([a-z_]+\.[a-z_]+)` \| .+\. \|$", re.MULTILINE)


def test_every_type_is_explained_once() -> None:
    said = ROW.findall((Path(settings.BASE_DIR) / "docs" / "api.md").read_text(encoding="utf-8"))
    assert sorted(said) == sorted(TYPES)
    assert len(set(TYPES)) == len(TYPES)
