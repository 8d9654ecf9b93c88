"""What a package that extends motherlode looks like."""

from dataclasses import dataclass

import pyarrow as pa
from pyarrow import csv
from sklearn.neighbors import KNeighborsClassifier

from motherlode.session import Session
from motherlode.stopping import Advice, Rule
from motherlode.strategies import Strategy


@dataclass(frozen=True)
class HighestRow(Strategy):
    """The row with the highest number first."""

    def utilities(self, view):
        return view.rows.astype(float)


@dataclass(frozen=True)
class EveryFew(Rule):
    """Stop at any number of labels that a number divides."""

    n: int = 5

    paper = "An example"
    promises = "Nothing that is proved."
    assumes = "Nothing."

    def advise(self, session: Session) -> Advice:
        stop = session.labels > 0 and session.labels % self.n == 0
        return Advice(stop, f"There are {session.labels} labels.", "Patience.")


def nearest_three():
    return KNeighborsClassifier(3)


def read_pipes(path) -> pa.Table:
    return csv.read_csv(path, parse_options=csv.ParseOptions(delimiter="|"))


def write_pipes(schema, batches):
    yield ("|".join(schema.names) + "\n").encode()
    for batch in batches:
        yield "".join("|".join(map(str, line.values())) + "\n" for line in batch).encode()


def knows_gold():
    def judge(rows):
        return ["yes" if "gold" in str(row) else "no" for row in rows]

    return judge


def letter_counts():
    return lambda texts: [[text.count(chr(97 + i)) for i in range(26)] for text in texts]
