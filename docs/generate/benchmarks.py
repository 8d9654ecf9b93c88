"""The section of benchmarks: every page of results, and one page with the figures that matter.

Figures stand in the pages under ``benchmarks/`` alone. They are read from there when the site is
built, and a section or a table that is gone ends the build.
"""

from dataclasses import dataclass
from pathlib import Path

from .links import CODE, ROOT, lead_to_site
from .results import Results

PROVING, LIMITS, CHOICES, PRIORS, SCREENING, EFFICIENCY, LU = map(
    Results,
    (
        *("proving/RESULTS", "proving/LIMITS", "proving/CHOICES", "proving/PRIORS"),
        *("screening/RESULTS", "efficiency/RESULTS", "lu2023/RESULTS"),
    ),
)
PRETRAINED, DESIGNS, SPEED, BARS, GEOMETRY, SERVING, COVERAGE = map(
    Results,
    (
        *("pretraining/RESULTS", "pretraining/DESIGNS", "speed/RESULTS", "speed/BARS"),
        *("speed/GEOMETRY", "serving/RESULTS", "estimation/RESULTS"),
    ),
)
ORDERED = (
    *(PROVING, LIMITS, CHOICES, PRIORS, EFFICIENCY, LU, SCREENING, PRETRAINED, DESIGNS),
    *(SPEED, BARS, GEOMETRY, SERVING, COVERAGE),
)
FOUND = sorted((ROOT / "benchmarks").glob("*/*.md"))
ALL = tuple(dict.fromkeys((*ORDERED, *(Results(f"{p.parent.name}/{p.stem}") for p in FOUND))))
NONE, ONE = "no positives known, batches of 10", "1 positive known, batches of 10"
STARTS = {
    "nothing known": NONE,
    "one positive known": ONE,
}
MARKS = {50: "found at 50", 200: "found at the end"}

INDEX = """\
# Benchmarks

What was measured, on which day, by which command, with intervals. A ratio above 1 is in favour of
motherlode. Every figure here is read from the pages of results when this site is built. Each
command runs in a clone, after `make test` or `make docs` has made `.venv`; data come from public
packages ([`benchmarks/datasets/fetch.sh`]({code}benchmarks/datasets/fetch.sh)).
"""
FIGURES = """\
## The figures of README

| figure | default | best of the others | ratio, or difference (95 % interval) |
|---|---|---|---|
"""
AFTER = """
The last is of [{priors.title}](proving-priors.md), by `{priors.command}`; the others are of
[{proving.title}](proving.md), by `{proving.command}`.
`make demo` prints the figures of the demo, and `python docs/pictures/demo.py` draws its picture.
"""


@dataclass(frozen=True)
class Quote:
    """A table of a page of results, as the first page shows it."""

    of: Results
    heading: str
    nth: int = 0
    said: str = ""


@dataclass(frozen=True)
class Subject:
    """A question, and what was found."""

    title: str
    said: str
    quotes: tuple[Quote, ...]
    pictures: tuple[Results, ...] = ()


SUBJECTS = (
    Subject(
        "Labels: how much a search finds",
        "The default beside chance, five simple baselines, ASReview's rule and the defaults of "
        "modAL and scikit-activeml. Each source of data counts once; intervals are of 95 %, by "
        "drawing sources anew.",
        (
            Quote(PROVING, NONE, 0, "Nothing known"),
            Quote(PROVING, NONE, 1, "Nothing known, beside the best of the others"),
            Quote(PROVING, ONE, 0, "One positive known"),
            Quote(PROVING, ONE, 1, "One positive known, beside the best of the others"),
        ),
    ),
    Subject(
        "Labels: what limits the default",
        "In hindsight every source is given to the arm that came out best on it.",
        (Quote(LIMITS, "", 0, "The default, its best rival, and the ceiling"),),
    ),
    Subject(
        "Labels: beside other packages, an earlier default",
        "Fifteen sets, packages run as they are.",
        (Quote(EFFICIENCY, "What is asked of the default"),),
        (EFFICIENCY,),
    ),
    Subject(
        "Screening of abstracts, beside ASReview",
        "Label by label, to the last inclusion.",
        (
            Quote(SCREENING, "From nothing", 0, "From nothing"),
            Quote(SCREENING, "From one inclusion", 0, "From one inclusion"),
        ),
        (SCREENING,),
    ),
    Subject(
        "The pretrained network",
        "Average precision on tables that it never saw, beside models that are fitted.",
        (
            Quote(PRETRAINED, "By known positives", 0, "By known positives"),
            Quote(PRETRAINED, "By part", 0, "On sources that no choice looked at"),
        ),
    ),
    Subject(
        "Speed",
        "What a round costs, beside the prediction that it cannot do without and beside peers.",
        (
            Quote(BARS, "", 0, "What is asked"),
            Quote(SPEED, "Against peers", 0, "How many times as long the peer takes"),
            Quote(GEOMETRY, "", 0, "Densities, outliers and batches"),
        ),
        (SPEED,),
    ),
    Subject(
        "Serving: what annotators wait for",
        "Milliseconds at the server and on the page.",
        (
            Quote(SERVING, "The server, at 100,000 rows, its trainer at work"),
            Quote(SERVING, "A project with many labels"),
            Quote(SERVING, "Rows that arrive meanwhile"),
            Quote(SERVING, "Beside ASReview, at 50,000 texts"),
            Quote(SERVING, "The page, from key to row"),
        ),
    ),
    Subject(
        "Coverage: do intervals hold what they promise?",
        "Made-up pools, so that the truth is known. A nominal 95 % interval should cover in 93 to "
        "97 % of the runs.",
        (
            Quote(COVERAGE, "Positives in the pool, from control draws beside a search"),
            Quote(COVERAGE, "Target recall of 95 % at 95 % confidence"),
        ),
    ),
)


def write_benchmarks() -> dict[str, str]:
    """Write all pages and pictures, by the names of their files in ``docs/benchmarks``."""
    pages = {"index.md": _index()} | {f"{one.page}.md": _whole(one) for one in ALL}
    pictures = {
        _picture(path): path.read_text(encoding="utf-8") for one in ALL for _, path in one.pictures
    }
    return pages | pictures


def readme_figures() -> list[tuple[str, str, str, str]]:
    """Return what README quotes: of what, the default's, that of the best other, and how apart."""
    rows = []
    for start, heading in STARTS.items():
        for mark, column in MARKS.items():
            best = PROVING.cell(heading, 1, f"found at {mark}", "best rival")
            rows.append(
                (
                    f"{start}, by {mark} labels",
                    PROVING.cell(heading, 0, "auto", column),
                    f"{PROVING.cell(heading, 0, best, column)} ({best})",
                    PROVING.cell(heading, 1, f"found at {mark}", "default / best rival"),
                )
            )
    abstracts = [PROVING.cell(ONE, 2, "abstracts", place) for place in (6, 7, 8)]
    titles = [
        PRIORS.cell("From nothing", 0, name, "first positive, share of chance's labels")
        for name in ("its title", "nothing")
    ]
    return [
        *rows,
        ("reviews of abstracts, one inclusion known, by 200 labels", *abstracts),
        (
            "first inclusion, of chance's labels: with its title as a prior, without",
            *titles,
            "–",
        ),
    ]


def _index() -> str:
    lines = [f"| {' | '.join(row)} |" for row in readme_figures()]
    parts = [INDEX.format(code=CODE), FIGURES + "\n".join(lines)]
    parts += [
        AFTER.format(proving=PROVING, priors=PRIORS),
        *map(_subject, SUBJECTS),
        "## All pages\n\n| page | measured on |\n|---|---|",
    ]
    parts[-1] += "".join(f"\n| [{one.title}]({one.page}.md) | {one.day} |" for one in ALL)
    toctree = ["", "```{toctree}", ":hidden:", "", *(one.page for one in ALL), "```", ""]
    return "\n".join([*parts, *toctree])


def _subject(subject: Subject) -> str:
    parts = [f"## {subject.title}\n", f"{subject.said}\n"]
    made = dict.fromkeys(quote.of for quote in subject.quotes)
    for one in made:
        parts.append(f"[{one.title}]({one.page}.md), measured on {one.day} by\n")
        parts.append(f"```sh\n{_folded(one.command)}\n```\n")
    for quote in subject.quotes:
        parts.append(f"### {quote.said or quote.heading}\n")
        titles, *rows = quote.of.table(quote.heading, quote.nth)
        lines = [titles, ["---"] * len(titles), *rows]
        parts.append("\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n")
    for of in subject.pictures:
        parts += [f"![{said}]({_picture(path)})\n" for said, path in of.pictures]
    return "\n".join(parts)


def _folded(command: str) -> str:
    """Give each option of a command a line of its own where it is long."""
    return command if len(command) < 100 else command.replace(" --", " \\\n    --")


def _picture(path: Path) -> str:
    return f"{path.parent.name}-{path.name}"


def _whole(one: Results) -> str:
    """Return a page of results with its links as the site has them."""
    pages = {page.path.resolve(): f"benchmarks/{page.page}.md" for page in ALL}
    pages |= {path.resolve(): f"benchmarks/{_picture(path)}" for _, path in one.pictures}
    return lead_to_site(one.text, one.path, f"benchmarks/{one.page}.md", pages)
