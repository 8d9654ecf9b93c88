"""The section of benchmarks: figures are read from the pages of results, and README agrees."""

import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from docs.generate.benchmarks import ALL, LIMITS, PRIORS, PROVING, readme_figures, write_benchmarks
from docs.generate.results import Results

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pages():
    return write_benchmarks()


@pytest.mark.parametrize("one", ALL, ids=lambda one: one.name)
def test_a_page_says_its_day_its_command_and_shows_its_pictures(one, pages):
    assert one.day > "2026-11-01"
    module = one.command.split()[2].replace(".", "/")
    assert (ROOT / f"{module}.py").exists() or (ROOT / module / "__main__.py").exists()
    assert pages[f"{one.page}.md"].startswith(f"# {one.title}\n")
    for _, path in one.pictures:
        assert pages[f"{path.parent.name}-{path.name}"].count("<svg")


def test_links_between_pages_lead_to_the_site(pages):
    assert "](proving.md)" in pages["efficiency.md"]
    assert "](efficiency-found-from-one.svg)" in pages["efficiency.md"]
    assert not any("RESULTS.md)" in text for text in pages.values())


def two_digits(figure):
    return str(Decimal(figure).quantize(Decimal("0.01"), ROUND_HALF_UP))


def short(figure):
    """A figure and its interval with two digits, as README writes them."""
    numbers = [two_digits(x) for x in re.findall(r"[-+]?\d+\.\d+", figure)]
    return re.sub(r"\b0\.", ".", "{} ({} to {})".format(*numbers))


def test_readme_has_the_figures_of_the_pages():
    said = " ".join(README.split())
    *found, abstracts, titles = readme_figures()
    for what, default, best, ratio in found:
        means = " | ".join(short(figure).split(" ")[0] for figure in (default, best))
        assert f"| {what} | {means} | {short(ratio)} |" in said
    ends = re.findall(r"[-+]\d\.\d+", abstracts[3])
    less, least, most = (two_digits(str(-Decimal(x))) for x in ends)
    behind = re.sub(r"\b0\.", ".", f"{less} more ({most} to {least}")
    default = two_digits(abstracts[1]).removeprefix("0")
    assert f"the default finds {default} by 200 labels, and {abstracts[2]} {behind}" in said
    assert f"comes at {short(titles[1])} of the labels that chance needs" in said
    assert f"and without it at {short(titles[2])}" in said
    assert all(f"`{one.command}`" in said for one in (PROVING, PRIORS))
    ratios = [two_digits(row[7].split(" ")[0]) for row in LIMITS.table("", 0)[1:]]
    assert "would have [{}, {}, {} and {}]".format(*ratios) in said


def test_a_quote_of_what_is_gone_is_named():
    page = Results("proving/RESULTS")
    with pytest.raises(ValueError, match="has no section 'nowhere'"):
        page.section("nowhere")
    with pytest.raises(ValueError, match="has no row 'nobody'"):
        page.cell("no positives known, batches of 10", 0, "nobody", 1)
    with pytest.raises(ValueError, match="has 4 tables"):
        page.table("no positives known, batches of 10", 9)
