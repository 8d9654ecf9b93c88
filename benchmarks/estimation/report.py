"""RESULTS.md: what was promised, and what came out."""

from collections.abc import Iterable
from typing import Any

from benchmarks.measured import measured
from motherlode.simulation import versions

_WORLDS = """\
Made-up pools of 20,000 rows (`worlds.py`), so that the truth is known. *good*: the scores are the
rows' true probabilities (AUC 0.94 to 0.98). *bad*: the model has seen almost nothing (AUC 0.6).
*hidden*: good, but a fifth of the positives get the scores of rows that are ranked last. The
number of positives varies from run to run. A nominal 95 % interval should cover in 93 to 97 % of
the runs; the standard error of a share over 1,000 runs is 0.7 %."""

_BUT_PRECISION = ("recall", "f1", "average_precision")  # where it is seldom an estimate


def page(found: dict[str, Any], runs: int) -> str:
    """The whole file, as Markdown."""
    sections = [
        "# Stopping and estimation: promises kept?",
        measured(),
        f"Written by `python -m benchmarks.estimation --runs {runs}`.",
        _WORLDS,
        _counting(found["counting"], found["floors"]),
        looks_section(found["looks"]),
        limit_section(found["limit"]),
        _promises(found["promises"]),
        _qbcb(found["qbcb"]),
        _unequal(found["unequal"]),
        _errors(found["errors"]),
        _measures(found["measures"]),
        _more(found["more"]),
        _least(found["least"]),
        _narrower(found["narrower"]),
        _stops(found["stops"]),
        _powered(found["powered"]),
        thresholds_section(found["thresholds"]),
        _public(found["public"]),
        "Processor time: "
        + ", ".join(f"{name} {seconds / 60:.0f} min" for name, seconds in found["seconds"].items())
        + ". Versions: "
        + ", ".join(f"{name} {version}" for name, version in versions().items())
        + ".",
    ]
    return "\n\n".join(sections) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"


def _counting(rows: list[Any], floors: list[float]) -> str:
    cells = [
        (
            f"{prevalence:.1%}",
            kind,
            f"{design[0]} × ({design[1]} + {design[2]})",
            f"{prevalence * design[0] * design[2]:.1f}",
            _share(held[0]),
            _share(held[1]),
            _share(held[2]),
            _share(floor),
            f"{held[3]:.2f}",
        )
        for (design, prevalence, kind, held), floor in zip(rows, floors, strict=True)
    ]
    said = """## Positives in the pool, from control draws beside a search

A strategy reads from the highest score down while control draws are mixed into each query. The
interval for the number of positives; prevalence, positives left and recall are functions of it
and cover alike. Queries × (rows searched + rows drawn at random).

*Floor*: the least that any interval can cover that is made from the count of positives drawn, has
ends that rise with it, and misses in 5 % of sessions at most. Such an interval misses for the
lowest counts and for the highest; the counts' chances are known exactly (`counting.floor`, a mean
over a tenth of the runs). With a fifth of a positive expected, 0 is seen in four of five sessions
and 1 in one of six; it can miss for neither, and so covers in 98 % or more. Ours has mid-p tails,
which miss in 5 % on average and not at most, so it may lie a little below the floor. The last
column is the median width of the recall's interval."""
    head = (
        "prevalence",
        "scores",
        "design",
        "positives expected",
        "covered",
        "too high",
        "too low",
        "floor",
    )
    return said + "\n\n" + _table((*head, "width"), cells)


def looks_section(found: dict[str, Any]) -> str:
    """What holds at every look, as Markdown."""
    reviewed = [
        (f"{p[0]:.0%}", *(f"{n:,}" for n in p[1:]), _share(looks), _share(rule))
        for p, looks, rule in found["reviewed"]
    ]
    (worst, most), (looks_worst, looks_most) = found["worst"], found["worst of looks"]
    worlds = [
        (name, f"{count:,}", f"{most:.4f}", f"{median:.2f}")
        for name, (count, most, median) in found["worlds"].items()
    ]
    median, high, none_median, none_high = found["ratios"]
    watched = [
        (
            f"{p:.1%}",
            f"{d[0]} × ({d[1]} + {d[2]})",
            *(cell for w in both for cell in (_share(w[0]), _share(w[1]), f"{w[2]:.2f}")),
        )
        for d, p, *both in found["watched"]
    ]
    head = ("recall", "rows left", "positives among them", "found before")
    return "\n\n".join(
        [
            "## At every look",
            """Somebody who asks after every draw has many chances to be told wrong. The chance \
that a session ever
stops below its target is computed exactly, by all orders of draws (`looks.py`): of a test at 5 %
that is made anew after every draw, and of `TargetRecall` with all of the 5 % in one phase. These
are the worlds of a review in which the test fails.""",
            _table((*head, "a test at every draw", "`TargetRecall`"), reviewed),
            f"""The worst world is looked for by climbing from random ones, over the rows, the \
positives among them,
those found before and the recall. For the test it is {tuple(looks_worst)}, {_share(looks_most)};
for `TargetRecall` {tuple(worst)}, {100 * most:.3f} %.""",
            """Random worlds for each rule that is proved, with confidences from 80 to 99 %: \
the largest and the
median share that they use of the error promised, exactly; 1 is all of it.""",
            _table(("rule", "worlds", "largest", "median"), worlds),
            f"""With the same positives seen, `TargetRecall` takes {median:.2f} times the draws \
of a test that is made
once (median over random worlds and numbers of positives, where the test takes 20 draws or more),
and at most {high:.2f} times; if none is seen {none_median:.2f}, and at most {none_high:.2f}.""",
            """Intervals for the positives, looked at after every query: share of sessions in \
which all of them hold,
share in which the last does, and median width at the end relative to the truth. A tenth of the
runs, good, bad and hidden scores in turn. Those for every look are proved, whatever the search
does, and cover more than they say: their bound has to hold for sessions of any length. If all of
1,000 rows are drawn, one of these intervals misses in 1.2 % of sessions with one positive, in 2.8 %
with 10, in 4.1 % with 100 and in 4.3 % with 300, exactly; after 50 draws in 0.6, 0.5, 2.6 and
3.6 %. Wagers that name the two best numbers of positives, which nobody can know, would give last
looks 1.2 to 1.4 times as wide as one look; ours gave 1.2 to 2.0 times, where 50 to 2,000 of 20,000
rows are drawn and 0.1 to 30 % are positive. To know the number within a factor of ten would narrow
them by 6 to 13 %; a wager of its own for each number, by 3 to 8 %, but where no positive is seen it
makes them 7 to 16 % wider. If what was refuted once stayed refuted, they would be narrower by 8 to
12 % where draws come one by one (3 % in the rarest class) and by 0 to 7 % here; but then they would
hang on the order of the draws, which tells nothing of the pool.""",
            _table(
                (
                    "prevalence",
                    "design",
                    *("every look: always", "last", "width"),
                    *("one look: always", "last", "width"),
                ),
                watched,
            ),
        ]
    )


def limit_section(rows: list[Any]) -> str:
    """How few draws any rule can do with, as Markdown."""
    cells = [
        (f"{100 * (1 - error):g} %", kind, f"{worlds}", *(f"{ratio:.2f}" for ratio in ratios))
        for error, kind, worlds, *ratios in rows
    ]
    head = (
        "confidence",
        "worlds",
        "how many",
        "least of any rule",
        "least with 95 % of the error",
        "`TargetRecall`",
    )
    return "\n\n".join(
        [
            "### How few draws can do",
            """Draws at every look over those of a test made once, the worst over all numbers of \
positives seen, and
the largest over the worlds of a grid: 60 to 4,000 rows left, 1 to 4,000 positives found before,
targets of 50, 80 and 95 % (`limit.py`). With n_k = floor(r * draws of the test) a rule stops short
least often of all whose ratio is r at most, so the least r for which this keeps the error, exactly,
is one that no rule undercuts. The first phase has 95 % of the error.

Where ten or more are found and the test takes 20 draws or more, `TargetRecall` is near that limit.
At 80 % confidence the limit itself is above 1.3. With fewer than 20 draws the one draw that begins
a phase and rounding weigh more. With fewer than ten found a stop with more positives seen often
needs fewer draws than one with fewer, and then it may spend the whole error, since all stops before
it count as one with it.""",
            _table(head, cells),
        ]
    )


def _promises(rows: list[Any]) -> str:
    cells = [
        (f"{p:.1%}", kind, _share(lot[0]), _share(lot[1]), _share(quasi[0]), _share(quasi[1]))
        for p, kind, lot, quasi in rows
    ]
    said = """## Target recall of 95 % at 95 % confidence

Share of runs that stopped below 95 % recall, to be 5 % at most, and the mean share of the pool
read. The first phase reads from the highest score down until 50 rows in a row are negative; *just
short* is a perfect search that ends one positive before the target. The test is made after every
draw, in four times the runs of other tables: the standard error of a share is 0.3 %. Pools of
4,000 rows, of 20,000 at 0.2 %. The heuristic form is asked every 100 rows of the ranked list, with
a twentieth of the runs; in *just short* its list is perfect."""
    head = ("prevalence", "scores", "two-phase: missed", "read", "quasi-sampling: missed", "read")
    return said + "\n\n" + _table(head, cells)


def _qbcb(rows: list[Any]) -> str:
    cells = [
        (f"{recall:.0%}", str(sample), str(known), str(ours), "yes" if known == ours else "no")
        for recall, sample, known, ours in rows
    ]
    head = ("recall", "positives set aside", "to find again, published", "ours", "equal")
    return "## QBCB's table, at 95 % confidence\n\n" + _table(head, cells)


def _unequal(rows: list[Any]) -> str:
    cells = [
        (
            f"{p:.1%}",
            kind,
            name,
            f"{100 * b[0]:+.2f} ± {100 * b[1]:.2f} %",
            _sides(b[2:5]),
            f"{b[5]:.2f}",
        )
        for p, kind, name, b in rows
    ]
    said = """## LURE: the mean squared error of the scores, from 400 of 4,000 rows drawn

Drawn by `ActiveLearner` with `selection=Stochastic(…)`. Bias relative to the truth ± its standard
error; coverage of the interval, and in brackets how often it lies above and below the truth; its
median width, relative to the truth. Bad and hidden worlds have a quarter of the runs: the standard
error of a share is 1.4 %. The loss hangs on the positives, of which there are 400, 40 or 8 in a
pool, and on those of a low score among them; where fewer than four of these are to be expected
among the draws, no honest interval lies too low as often as 2.5 % (see the floors above). And
since a row that nobody drew may have the worst loss, intervals are wide where a proposal leaves
most rows little chance (power).

The interval that was here before, from the draws' variance and corrected for skewness, covered in
68 % of the runs of softmax with good scores at 0.2 %; in 300 runs of their own, in 55 to 62 % with
bad scores at 0.2 %, and in 84 to 90 % with hidden positives at 1 %."""
    head = ("prevalence", "scores", "proposal", "bias", "covered", "width")
    return said + "\n\n" + _table(head, cells)


def _errors(rows: list[Any]) -> str:
    cells = [
        (f"{p:.1%}", f"{e[0]:.3f}", f"{e[1]:.3f}", _share(e[2]), f"{e[0] / e[1]:.2f}")
        for p, e in rows
    ]
    said = """## F1 from 200 labels

Root mean squared error of `Evaluation` and of a simple random sample, good scores; the latter's
is taken over the runs in which it has an F1 at all. Layers that have shown no positive are drawn
somewhat more than the least error asks for, since the interval has to hold what they may hide:
without that the ratios are 0.23 and 0.22, and the intervals below are up to half as wide again."""
    head = ("prevalence", "adaptive", "random", "random: undefined", "ratio")
    return said + "\n\n" + _table(head, cells)


def _measures(rows: list[Any]) -> str:
    cells = [(f"{p:.1%}", kind, *map(_measured, held.values())) for p, kind, held in rows]
    names = list(rows[0][2]) if rows else []
    said = """## Measures of a model, from 600 labels at 10 %, 1,000 at 1 % and 2,000 at 0.2 %

Coverage, in brackets how often the interval lies above and below the truth, and its median width.
The labels are spent on F1. *Known*: the labels leave nothing to estimate, since every row that is
called positive is labelled (precision), and none of those is positive (recall and F1 are 0);
such runs are not counted as covered, and where fewer than a twentieth of the runs are left their
coverage is not shown.

More than 97 %: the price of not knowing how positives are spread over the layers. A layer that is
drawn thinly and shows none may hold some, and intervals of weighted sums of counts that hold in
every such case cover more than their level in most (Fay & Feuer 1997, Statistics in Medicine 16).
The tables below show that it is to be paid: with these very scores there are worlds in which the
same intervals cover no more than their level, so that no narrower ones would hold in all."""
    return said + "\n\n" + _table(("prevalence", "scores", *names), cells)


def _measured(cover: list[float]) -> str:
    covered, above, below, known, width = cover
    if known > 0.95:
        return f"known in {_share(known)}"
    said = f"{_sides([covered, above, below])}, {width:.2f}"
    return f"{said}; known in {_share(known)}" if known else said


def _sides(cover: list[float]) -> str:
    return f"{_share(cover[0])} ({_share(cover[1])}, {_share(cover[2])})"


def _more(rows: list[Any]) -> str:
    cells = [
        (f"{p:.1%}", f"{labels:,} of {n:,}", *(_measured(cover[name]) for name in _BUT_PRECISION))
        for p, labels, n, cover in rows
    ]
    said = """### With many more labels

Good scores, half of the runs (the standard error of a share is 1 %). Where labels show positives in
every layer that holds some, as at 10 %, intervals come down to their level. At 1 % and 0.2 % they
become narrow and still cover more: a layer of tens of thousands of rows without a positive seen
may hold a few, and an interval has to hold them, in good worlds as in others."""
    return said + "\n\n" + _table(("prevalence", "labels", *_BUT_PRECISION), cells)


def _least(rows: list[Any]) -> str:
    cells = [
        (f"{p:.1%}", f"{unseen:g} ×", *(_measured(cover[name]) for name in _BUT_PRECISION))
        for p, unseen, cover in rows
    ]
    said = """### Where they cover least

Good scores, as many labels as above, and beside the positives that the scores see a number of
others, so many times as many, anywhere in the lower half of the ranking (half of the runs: the
standard error of a share is 1 %). A reader of the labels cannot tell these worlds from good ones
until a few of the unseen are to be expected among the draws, and just there coverage is least: it
comes down to the level and up to two points below it, average precision's up to four. In good
worlds it is higher for nothing but that: intervals narrow enough to cover 97 % there would miss
here more often still."""
    return said + "\n\n" + _table(("prevalence seen", "unseen", *_BUT_PRECISION), cells)


def _narrower(rows: list[Any]) -> str:
    cells = [
        (
            f"{p:.1%}",
            kind if kind == "good" else f"{kind}, {hidden:.0%}",
            *(f"{_share(c[0][i])} ({_share(c[1][i])}), {c[2][i]:.2f}" for i in (0, 1)),
        )
        for p, kind, hidden, c in rows
    ]
    said = """## Could the recall's interval be narrower?

Layers that the model ranks low and that show no positive, each on its own as `Evaluation` has
them, and merged into one, as if positives were as likely in each: coverage, in brackets how often
the interval lies above the truth, and its median width, over a fifth of the runs (the standard
error of a share is 1.5 %). *Hidden*, with the share of the positives that are ranked last. Merged,
it is hardly narrower where all is well, covers more than 97 % there all the same, and lies too high
twice as often as it may where most positives are hidden at 0.2 %. So layers stay apart."""
    return said + "\n\n" + _table(("prevalence", "scores", "apart", "merged"), cells)


def _stops(rows: list[Any]) -> str:
    cells = [
        (
            f"{p:.1%}",
            kind,
            f"{measure} ± {width:g}",
            *(f"{_share(end[0])}, {end[1]:,.0f}, {_share(end[2])}" for end in ends),
        )
        for p, kind, measure, width, ends in rows
    ]
    said = """## Labelling until an interval is narrow

Coverage at the stop, mean labels by then, and the share of sessions that reached the width within
1,400 labels, as `evaluate` looks (half of the runs: the standard error of a share is 1 %). Whoever
stops when an interval is narrow stops more often where it is too narrow by chance; `evaluate`
spends half of the error on that."""
    head = ("prevalence", "scores", "asked for", "all of the error", "half of it")
    return said + "\n\n" + _table(head, cells)


def _powered(rows: list[Any]) -> str:
    cells = [
        (
            f"{p:.1%}",
            f"{labels:,}",
            kind,
            "asked by an evaluation" if adaptive else "uniform",
            _sides([cover[0], *cover[2:4]]),
            _share(cover[1]),
            f"{cover[4]:.2f}",
            f"{cover[4] ** 2:.2f}",
        )
        for p, labels, kind, adaptive, cover in rows
    ]
    said = """## Prevalence with a model's predictions

Coverage of `ppi_mean` from uniform draws, and of `Evaluation` of prevalence, in brackets how often
the interval lies above and below the truth; beside it that of plain draws (binomial, mid-p). Width:
the median of widths divided by those of plain draws of as many labels. Labels: how many give the
width of plain draws, of each of theirs. *good*, *fair*: labels of a rule; *scores*: graded; *bad*:
labels by chance; *against*: more often wrong than right. A quarter of the runs of other tables, so
the standard error of a share is 1.4 %."""
    head = ("prevalence", "labels", "predictions", "draws", "covered", "plain", "width", "labels")
    return said + "\n\n" + _table(head, cells)


def thresholds_section(rows: list[Any]) -> str:
    """Thresholds on public sets, as Markdown."""
    cells = []
    for name, runs, scores in rows:
        plain, promised, f1 = scores["plain"], scores["promised"], scores["F1"]
        proved = promised[0]
        kept = (_share(promised[2]), _share(promised[3]), _share(promised[5]))
        cells.append(
            (
                name,
                _share(plain[2]),
                _share(plain[5]),
                f"{proved} of {runs}",
                *((f"{promised[1]:.0f}", *kept) if proved else ("–",) * 4),
                f"{f1[6]:.2f}",
                f"{f1[7]:.2f}",
                _share(f1[8]),
            )
        )
    said = """## Thresholds on public sets

A pool of 3,000 rows at most, 200 labels by the learner from one positive on (logistic regression,
the default strategy, batches of 20), then 100 random draws: ten searches of each set, and for each
five times other draws. Fresh rows, 10,000 at most, were no part of the pool. *Reached*: share of
runs whose fresh rows have a precision of 80 % or more; their own chance is in it. *Refuted*: share
whose fresh rows show, at 5 %, that the precision is lower. *Recall*: the mean on fresh rows.

*Plain* is `RecallAtPrecision(0.8)`, from the 301 labels. *Promised* has a confidence of 95 %; where
nothing follows from the labels, those are added that `about_threshold` asks for, up to three times,
which are more looks than the one that the promise is proved for. Its columns are of the runs that
have a promise. *F1*: the mean on fresh rows at the threshold chosen for it, the mean of its
estimates by `judge_decisions`, and the share of intervals that hold that of the fresh rows."""
    head = (
        *("set", "plain: reached", "plain: recall", "promised in", "labels"),
        *("promised: reached", "refuted", "promised: recall"),
    )
    f1_head = ("F1 on fresh rows", "estimated", "held")
    return said + "\n\n" + _table((*head, *f1_head), cells)


def _public(rows: list[Any]) -> str:
    cells = [
        (
            name,
            *(_share(value) for group in groups for value in (group[0], group[2])),
            _share(groups[-1][1]),
        )
        for name, *groups in rows
    ]
    counts = [group[3] for group in rows[0][1:]]
    said = f"""## Public sets: reading until a rule says stop

Readings of 3,000 rows at most, from one positive, by logistic regression with presumed negatives in
batches that grow by a tenth: {counts[0]} of sets of the developing half, {counts[1]} of the judging
half, and {counts[2]} of fresh sets, which were first read when all rules and their defaults were
settled. Share of readings that reached 95 % recall, and mean share of the pool read; over all of
them also the mean recall. small-text's rules are restated, with this package's guards against the
all-majority model; ASReview leaves stopping to its user and recommends N irrelevant records in a
row, of which the table holds many N: which of them is safe is known in hindsight only.

The defaults of the dry spell were searched for on the first two groups, and it does not hold on
fresh sets. The knee, with the constants of its paper, does; it is what `motherlode status` shows
beside the two-phase test, whose promise is proved. That choice was made on this table."""
    groups = ("develop", "judge", "fresh", "all")
    head = ["rule", *(f"{group}: {what}" for group in groups for what in ("reached", "read"))]
    return said + "\n\n" + _table([*head, "all: recall"], cells)
