"""What annotators' labels of the same rows show: how far a label is to be trusted, and who errs."""

from collections import Counter

import numpy as np

from ...errors import InputError
from ...estimation import Annotator, NoEstimate, Opinion, Settlement, settle_opinions
from ...estimation import judge_annotators as judge
from .._data.settings import Settings
from .._log.fold import State


def is_shared(state: State) -> bool:
    """Say whether any row has labels of several annotators."""
    return any(state.opinions.values())


def settle_state(state: State, classes: tuple[str, ...]) -> Settlement:
    """Settle the labels of a project; what somebody has settled is certain.

    Raises
    ------
    InputError
        If rows have labels of several annotators and the extra ``annotators`` is not installed.
    """
    code = {label: place for place, label in enumerate(classes)}
    said = [
        Opinion(row, who, code[label])
        for row, known in state.rows.items()
        for who, label in known.independent
    ]
    settled = {
        row: code[known.label]
        for row, known in state.rows.items()
        if known.label is not None and known.settled
    }
    return settle_opinions(said, len(classes), settled)


def weigh_labels(state: State, classes: tuple[str, ...]) -> dict[int, float]:
    """Find the probability of each row's label; nothing where no two annotators saw a row.

    The label itself is that of most annotators, or the one that somebody settled. Without the extra
    ``annotators`` all labels weigh alike.
    """
    if not is_shared(state):
        return {}
    try:
        found = settle_state(state, classes)
    except InputError:
        return {}
    code = {label: place for place, label in enumerate(classes)}
    labelled = [(row, code[known.label]) for row, known in state.rows.items() if known.label]
    rows, codes = (np.array(column, dtype=np.int64) for column in zip(*labelled, strict=True))
    trust = found.probabilities[np.searchsorted(found.rows, rows), codes]
    return dict(zip(rows.tolist(), trust.tolist(), strict=True))


def judge_annotators(state: State, settings: Settings) -> list[Annotator]:
    """Estimate how each annotator errs; without the extra, say for each why that is not known."""
    classes = settings.classes
    # The labels alone decide: neither a later event nor a row that came draws anew.
    rng = np.random.default_rng(settings.recipe.seed)
    try:
        return judge(settle_state(state, classes), classes, rng)
    except InputError as problem:
        unknown = dict.fromkeys(classes, NoEstimate(str(problem)))
        said = [known.independent for _, known in state.rows.items()]
        labels = Counter(who for row in said for who, _ in row)
        shared = Counter(who for row in said if len(row) > 1 for who, _ in row)
        return [Annotator(who, labels[who], shared[who], unknown) for who in sorted(labels)]
