"""Lighthouse on the three pages people work in most, served as in production.

    .venv/bin/python tools/lighthouse.py

needs Chromium, and Node with npx. The reports go to var/lighthouse. TLS ends at a
proxy; here each request says, as that proxy would, that it came by https.
"""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REPORTS = ROOT / "var" / "lighthouse"
# The last version that runs on the Node releases still maintained.
LIGHTHOUSE = "lighthouse@12.8.2"
CATEGORIES = ("performance", "accessibility", "best-practices")
PAGES = {
    "subscription": "/a/acme/subscription/",
    "manage": "/a/acme/subscription/manage/",
    "team": "/a/acme/team/",
}
SIGN_IN = """
from django.test import Client
from accounts.models import User
client = Client()
client.force_login(User.objects.get(email="owner@acme.example"),
                   backend="django.contrib.auth.backends.ModelBackend")
print(client.session.session_key)
"""


def main() -> None:
    REPORTS.mkdir(parents=True, exist_ok=True)
    with served_demo() as (address, session):
        headers = {"X-Forwarded-Proto": "https", "Cookie": f"sessionid={session}"}
        scores = {name: best_of(name, address + path, headers) for name, path in PAGES.items()}
    for name, found in scores.items():
        sys.stdout.write(f"{name}: {found}\n")
    if any(score < 100 for found in scores.values() for score in found.values()):
        raise SystemExit("Below 100; the reports in var/lighthouse say why.")


def best_of(name: str, url: str, headers: dict[str, str]) -> dict[str, int]:
    """The best of up to three runs: other load on the machine only makes a page slower."""
    best = dict.fromkeys(CATEGORIES, 0)
    for _attempt in range(3):
        found = measure(name, url, headers)
        best = {category: max(best[category], found[category]) for category in CATEGORIES}
        if min(best.values()) == 100:
            break
    return best


def measure(name: str, url: str, headers: dict[str, str]) -> dict[str, int]:
    """The score of each category, of 100."""
    report = REPORTS / f"{name}.json"
    command = (
        *("npx", "--yes", LIGHTHOUSE, url, "--quiet", "--output=json", f"--output-path={report}"),
        f"--only-categories={','.join(CATEGORIES)}",
        f"--extra-headers={json.dumps(headers)}",
        "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-quic",
    )
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or ""
    subprocess.run(command, env={**os.environ, "CHROME_PATH": chromium}, check=True)  # noqa: S603
    categories = json.loads(report.read_text())["categories"]
    return {category: round(categories[category]["score"] * 100) for category in CATEGORIES}


@contextmanager
def served_demo() -> Iterator[tuple[str, str]]:
    """The address of a fresh demo behind gunicorn, and the session of Acme's owner."""
    with tempfile.TemporaryDirectory() as folder:
        host, port = "127.0.0.1", free_port()
        env = {
            **os.environ,
            "SECRET_KEY": secrets.token_urlsafe(64),
            "ALLOWED_HOSTS": host,
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "EMAIL_URL": "dummymail://",
        }
        for command in (("migrate", "--verbosity", "0"), ("load_demo",)):
            manage(*command, env={**env, "DEBUG": "1"})
        session = manage("shell", "--verbosity", "0", "-c", SIGN_IN, env={**env, "DEBUG": "1"})
        env["DEBUG"] = "0"
        manage("collectstatic", "--no-input", "--verbosity", "0", env=env)
        gunicorn = (sys.executable, "-m", "gunicorn", "seatadmin.wsgi", "--threads", "4")
        server = subprocess.Popen(  # noqa: S603
            (*gunicorn, "--bind", f"{host}:{port}", "--log-level", "error"), cwd=ROOT, env=env
        )
        try:
            wait_for(host, port)
            yield f"http://{host}:{port}", session
        finally:
            server.terminate()
            server.wait()


def manage(*command: str, env: dict[str, str]) -> str:
    """Run a management command; what it printed."""
    done = subprocess.run(  # noqa: S603
        (sys.executable, "manage.py", *command),
        cwd=ROOT, env=env, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout.strip()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(host: str, port: int) -> None:
    for _attempt in range(100):
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.2)
    raise SystemExit("The server did not start.")


if __name__ == "__main__":
    main()
