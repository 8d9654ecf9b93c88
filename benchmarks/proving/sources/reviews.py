"""Systematic reviews: titles with abstracts, and which of them were included."""

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pandas as pd

from benchmarks.datasets.packages import DATA, NotFetched
from benchmarks.proving.sources.source import Cut, Labelled, Source
from benchmarks.proving.sources.texts import labelled

VARIABLE = "MOTHERLODE_SCREENING"


@dataclass(frozen=True)
class Reviews:
    """The folder of reviews, which no package holds.

    It is the one that the environment variable names, else `benchmarks/.data/screening`, else
    `shared/screening` beside the checkout.
    """

    source: str = "folder screening"
    licence: str = "none"

    def path(self, *parts: str) -> Path:
        """Path of a file; raises NotFetched if it is not there."""
        found = _folder().joinpath(*parts)
        if not found.exists():
            raise NotFetched(
                f"{'/'.join(parts)} of the screening reviews is not there: "
                f"name their folder in the environment variable {VARIABLE}"
            )
        return found


def _folder() -> Path:
    if named := os.environ.get(VARIABLE):
        return Path(named)
    own = DATA / "screening"
    return own if own.exists() else DATA.parents[2] / "shared" / "screening"


FOLDER = Reviews()


def _review(file: str) -> Labelled:
    frame = pd.read_parquet(FOLDER.path(file), columns=["title", "abstract", "included"])
    texts = frame["title"].fillna("").str.strip() + "\n" + frame["abstract"].fillna("").str.strip()
    pairs: dict[str, str] = {}
    for one, included in zip(texts.str.strip(), frame["included"], strict=True):
        if one:
            pairs.setdefault(one, "included" if included else "other")
    return labelled(pairs)


def _source(file: str, licence: str, *ratios: int) -> Source:
    return Source(
        file.split(".")[0].lower().replace("-", "_"),
        "abstracts",
        FOLDER,
        partial(_review, file),
        licence,
        [Cut("included", ratio) for ratio in ratios],
        (file,),
    )


_SYNERGY = "SYNERGY, CC0"

# The first ratio of a review is about its own where it is one in eight or rarer, the others are
# thinned. Sep_2021 has too few records for a pool of 250.
SOURCES = [
    _source("Bannach-Brown_2019.parquet", "Zenodo 151190, CC BY 4.0", 20, 50, 100),
    _source("Donners_2021.parquet", _SYNERGY, 16, 20, 27),
    _source("Jeyaraman_2020.parquet", _SYNERGY, 11, 20, 50, 100),
    _source("Kitchenham_2010.parquet", "Zenodo 1162952, CC BY 4.0", 37, 80, 150),
    _source("Menon_2022.parquet", _SYNERGY, 12, 20, 50, 100),
    _source("Nagtegaal_2019.parquet", "Harvard Dataverse, CC0", 18, 50, 150),
    _source("Nelson_2002.parquet", _SYNERGY, 20, 35),
    _source("Sep_2021.parquet", _SYNERGY, 20, 28),
    _source("van_der_Valk_2021.parquet", _SYNERGY, 7, 20, 60),
]
