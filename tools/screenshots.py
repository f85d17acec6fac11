"""Take the screenshots of docs/screenshots from a fresh demo, in light and in dark.

    .venv/bin/python tools/screenshots.py

needs Chromium. It loads the demo into a database of its own and serves it on a
free port, so a demo that is running is left alone.
"""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
SHOTS = ROOT / "docs" / "screenshots"
ARGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


@dataclass(frozen=True)
class Shot:
    """One page, as one person of the demo sees it; `click` is a link to follow from there."""

    name: str
    person: str
    path: str
    click: str = ""


SHOTS_TO_TAKE = (
    Shot("sign-in", "", "/auth/login/"),
    Shot("accounts", "consultant@partner.example", "/"),
    Shot("overview", "agent@acme.example", "/a/acme/"),
    Shot("subscription", "owner@acme.example", "/a/acme/subscription/"),
    Shot("manage-subscription", "owner@acme.example", "/a/acme/subscription/manage/"),
    Shot("process-order", "billing@globex.example", "/a/globex/subscription/manage/"),
    Shot("add-seats", "owner@acme.example", "/a/acme/seats/add/"),
    Shot("add-seats-full", "owner@umbrella.example", "/a/umbrella/seats/add/"),
    Shot("request-seats", "agent@initech.example", "/a/initech/seats/request/"),
    Shot("requests", "owner@acme.example", "/a/acme/subscription/requests/"),
    Shot("team", "admin@acme.example", "/a/acme/team/"),
    Shot("add-member", "admin@acme.example", "/a/acme/team/add/"),
    Shot("member", "admin@acme.example", "/a/acme/team/", click="Anton Weiss"),
    Shot("sales-desk", "rep@vendor.example", "/admin/subscriptions/seatrequest/"),
    Shot(
        "sales-request",
        "rep@vendor.example",
        "/admin/subscriptions/seatrequest/",
        click="Initech",
    ),
)


def main() -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    with demo() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        for person in dict.fromkeys(shot.person for shot in SHOTS_TO_TAKE):
            page = signed_in(browser, address, person)
            for shot in SHOTS_TO_TAKE:
                if shot.person == person:
                    take(page, address, shot)
        browser.close()


@contextmanager
def demo() -> Iterator[str]:
    """The address of a fresh demo, served until the end."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"127.0.0.1:{free_port()}"
        database = f"sqlite:///{folder}/demo.sqlite3"
        env = {**os.environ, "DEBUG": "1", "DATABASE_URL": database, "EMAIL_URL": "dummymail://"}
        for command in (("migrate", "--verbosity", "0"), ("load_demo",)):
            subprocess.run(manage(*command), cwd=ROOT, env=env, check=True)  # noqa: S603
        server = subprocess.Popen(  # noqa: S603
            manage("runserver", "--noreload", address),
            cwd=ROOT,
            env=env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(address)
            yield f"http://{address}"
        finally:
            server.terminate()
            server.wait()


def manage(*command: str) -> list[str]:
    return [sys.executable, "manage.py", *command]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(address: str) -> None:
    host, port = address.split(":")
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("The demo did not start.")


def signed_in(browser: Browser, address: str, person: str) -> Page:
    page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
    if person:
        page.goto(f"{address}/auth/login/")
        page.locator("input[name=login]").fill(person)
        page.locator("input[name=password]").fill("demo")
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/auth/" not in url)
    return page


def take(page: Page, address: str, shot: Shot) -> None:
    page.goto(address + shot.path)
    if shot.click:
        page.locator("main a, #content a").filter(has_text=shot.click).first.click()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        path = SHOTS / f"{shot.name}-{scheme}.png"
        # Colours fade from one scheme to the other: what is taken is the end of it.
        page.screenshot(path=path, full_page=True, animations="disabled")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
