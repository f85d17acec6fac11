"""The floors of the house: imports go down, never up."""

from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports


def test_imports_go_down_and_never_up() -> None:
    assert lint_imports(no_cache=True) == EXIT_STATUS_SUCCESS
