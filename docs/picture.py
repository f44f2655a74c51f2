"""Makes docs/images/story-page.png: plays the demo, opens a story of it in Chromium. Run it where the pages have changed.

.venv/bin/python docs/picture.py
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from archiver.store import open_reader

CHROMIUM = "/usr/bin/chromium"
ARGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
PORT = 8799
SIZE = {"width": 1280, "height": 1130}
PICTURE = Path(__file__).parent / "images" / "story-page.png"
STORY = """
    select key from articles a where dateline is not null and byline is not null and abstract is not null
    order by revision_count desc, search_id desc limit 1
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        archiver = [sys.executable, "-m", "archiver", "--data", folder]
        subprocess.run([*archiver, "-q", "demo"], check=True, stdout=subprocess.DEVNULL)
        with open_reader(Path(folder)) as archive:
            (key,) = archive.db.execute(STORY).fetchone()
        server = subprocess.Popen([*archiver, "browse", "--port", str(PORT)], stdout=subprocess.PIPE)
        try:
            assert server.stdout is not None
            server.stdout.readline()  # it says where the archive is once it listens
            take(f"http://127.0.0.1:{PORT}/-/story/{key}")
        finally:
            server.terminate()
            server.wait()


def take(url: str) -> None:
    PICTURE.parent.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        page = browser.new_page(viewport=SIZE, color_scheme="light")
        page.goto(url)
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"{PICTURE}: {PICTURE.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
