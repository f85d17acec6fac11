"""Take the screenshots of docs/screenshots from a fresh demo, in light and in dark.

    .venv/bin/python -m tools.screenshots

needs Chromium.
"""

import shutil
import sys
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from tools.demo_server import ROOT, served_demo

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
    with served_demo() as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGS)
        for person in dict.fromkeys(shot.person for shot in SHOTS_TO_TAKE):
            page = signed_in(browser, demo.address, person)
            for shot in SHOTS_TO_TAKE:
                if shot.person == person:
                    take(page, demo.address, shot)
        browser.close()


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
