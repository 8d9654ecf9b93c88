"""Check the site as it was built: ``python docs/check_site.py docs/_build/html`` names each fault.

Links and anchors inside the site lead somewhere. Nothing is loaded from outside. Every public name
has its entry, and every example its picture and its notebook. In Chromium, with no network, the
search finds a word, and axe finds nothing wrong on one page of each kind, in light and in dark.
"""

import re
import sys
import zlib
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))  # for docs.generate
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--allow-file-access-from-files"]
LOADED = {"img": "src", "script": "src", "link": "href", "source": "src", "iframe": "src"}
KINDS = (
    "index.html",
    "start/notebook.html",
    "howto/team.html",
    "gallery/index.html",
    "gallery/why_random_fails.html",
    "gallery/hand_it_over.html",
    "explanation/stopping.html",
    "reference/api.html",
    "reference/glossary.html",
    "reference/names/motherlode.strategies.html",
    "reference/names/motherlode.ActiveLearner.html",
    "migrate/index.html",
    "benchmarks/index.html",
    "contributing/index.html",
    "search.html",
    "genindex.html",
)


class Page(HTMLParser):
    """What a page names, leads to and loads."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag names, leads to or loads."""
        given = {name: value for name, value in attrs if value}
        self.anchors |= {given[name] for name in ("id", "name") if name in given}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag in LOADED and LOADED[tag] in given:
            self.loaded.append(given[LOADED[tag]])


def is_outside(address: str) -> bool:
    """Return whether an address is of another place than the site."""
    return bool(urlsplit(address).netloc)


def html_pages(site: Path) -> list[Path]:
    """Return the pages; the theme has a template among its static files."""
    return [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]


def dead_links(site: Path) -> Iterator[str]:
    """Say which links, pictures and scripts of the site lead nowhere."""
    pages = {path.resolve(): Page(path) for path in html_pages(site)}
    for path, page in pages.items():
        for address in {*page.links, *page.loaded}:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            where = f"{path.relative_to(site.resolve())}: {address}"
            anchors = pages[target].anchors if target in pages else {parts.fragment}
            if not target.is_file():
                yield f"{where} leads nowhere"
            elif parts.fragment and unquote(parts.fragment) not in anchors:
                yield f"{where} has no such anchor"


def loads_from_outside(site: Path) -> Iterator[str]:
    """Say what pages and style sheets of the site load from elsewhere."""
    for path in html_pages(site):
        for address in filter(is_outside, Page(path).loaded):
            yield f"{path.relative_to(site)}: loads {address}"
    for path in site.rglob("*.css"):
        for address in re.findall(
            r"(?:url\(|@import )\s*[\"']?([^\"')\s;]+)", path.read_text("utf-8")
        ):
            if is_outside(address):
                yield f"{path.relative_to(site)}: loads {address}"


def missing_names(site: Path) -> Iterator[str]:
    """Say which public names have no entry in the inventory of the site."""
    from docs.generate.names import homes

    _, _, packed = (site / "objects.inv").read_bytes().partition(b"zlib.\n")
    listed = {line.split(" ")[0] for line in zlib.decompress(packed).decode().splitlines()}
    yield from (f"{name} has no entry" for name in sorted(set(homes().values()) - listed))


def missing_examples(site: Path) -> Iterator[str]:
    """Say which examples have no page, no picture or no notebook."""
    for script in sorted((ROOT / "examples").glob("*.py")):
        page = site / "gallery" / f"{script.stem}.html"
        if not page.is_file():
            yield f"{script.name} has no page"
            continue
        if not list((site / "_images").glob(f"sphx_glr_{script.stem}_0*.png")):
            yield f"{script.name} has no picture"
        if not any(link.endswith(f"{script.stem}.ipynb") for link in Page(page).links):
            yield f"{script.name} has no notebook"


def faults_in_chromium(site: Path) -> Iterator[str]:
    """Open pages without a network: what they ask for, what axe finds, whether the search finds."""
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    axe, asked = Axe(), set()
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        for scheme in ("light", "dark"):
            context = browser.new_context(color_scheme=scheme, offline=True)
            page = context.new_page()
            page.on("request", lambda one: asked.add(one.url))
            for name in KINDS:
                page.goto((site / name).resolve().as_uri())
                page.wait_for_timeout(300)  # what fades in is read at its full contrast
                found = axe.run(page, options={"resultTypes": ["violations"]}).response
                for one in found["violations"]:
                    for node in one["nodes"]:
                        yield f"{name}, {scheme}: {one['help']}: {node['html'][:160]}"
            page.goto((site / "search.html").resolve().as_uri() + "?q=threshold")
            page.wait_for_timeout(1_500)
            if page.locator("#search-results li").count() < 3:
                yield f"{scheme}: the search finds nothing for 'threshold'"
            context.close()
        browser.close()
    yield from (f"a page asks for {url}" for url in sorted(asked) if url.startswith("http"))


def main(site: Path) -> int:
    """Print the faults, and return how many there are."""
    checks = [dead_links, loads_from_outside, missing_names, missing_examples]
    if CHROMIUM.exists():
        checks.append(faults_in_chromium)
    else:
        print(
            f"There is no {CHROMIUM}, so pages are not opened; `make chromium` as root brings it."
        )
    faults = [fault for check in checks for fault in check(site)]
    print(*faults, sep="\n", end="\n" if faults else "")
    print(f"{len(html_pages(site))} pages, {len(faults)} faults")
    return len(faults)


if __name__ == "__main__":
    sys.exit(bool(main(Path(sys.argv[1]))))
