"""The tables of the results page."""

from collections.abc import Sequence

from benchmarks.efficiency.bars import FIND, LEARN, bars, labels_beside
from benchmarks.efficiency.compare import Comparison
from benchmarks.efficiency.markdown import bold, interval, number, table
from benchmarks.efficiency.summary import (
    ENOUGH,
    Measure,
    Spread,
    Summary,
    area,
    duel,
    share_found,
)


def of_sets(comparison: Comparison) -> str:
    """Size, ratio and positives of every set, and the whole pool's average precision."""
    rows = []
    for of in comparison.prepared:
        name, positives = of.dataset.name, int(of.dataset.is_positive.sum())
        seeds = {
            start: len({run.seed for run in results.runs if run.dataset == name})
            for (start, _), results in comparison.results.items()
        }
        whole = [
            number(sum(marks) / len(marks) if marks else float("nan"), 3)
            for final in comparison.whole
            for marks in [[v for (s, _), v in comparison.whole.get(final, {}).items() if s == name]]
        ]
        size = f"{len(of.dataset.labels):,}" + ("*" if of.note.startswith("stratified") else "")
        done = [str(seeds.get(start, 0)) for start in comparison.setting.starts]
        rows.append([name, size, f"1:{of.ratio:,.0f}", f"{positives:,}", *done, *whole])
    head = ["set", "rows", "ratio", "positives"]
    head += [f"seeds from {start}" for start in comparison.setting.starts]
    return table(head + [f"whole pool, {final}" for final in comparison.whole], rows)


def of_bars(comparison: Comparison) -> str:
    """Each bar, whether it is met, and against whom."""
    rows = [
        [
            bar.text,
            bar.start,
            bold(number(bar.value)),
            f"{'at most' if bar.most else 'at least'} {bar.needed:g}",
            "yes" if bar.met else "no",
            bar.beside,
            str(bar.sets),
        ]
        for bar in bars(comparison)
    ]
    return table(["bar", "from", "is", "must be", "met", "best peer", "sets"], rows)


def of_ceiling(comparison: Comparison) -> str:
    """The best arm of each set and seed in hindsight, beside the best single one."""
    rows = []
    for start in comparison.setting.starts:
        main = Summary(comparison, start, comparison.setting.finals[0])
        if not main.sets:
            continue
        rows.append(_ceiling(main, "positives found", share_found, FIND))
        for final in comparison.setting.finals:
            what = f"area under average precision, {final}"
            rows.append(_ceiling(Summary(comparison, start, final), what, area, LEARN))
        rows += _labels_ceiling(main)
    head = ["measure", "from", "default", "best single peer", "best peer of each set"]
    head += ["best arm of each set", "best arm of each set and seed", "that / best single peer"]
    return table(head, rows)


def _ceiling(summary: Summary, what: str, measure: Measure, default: str) -> list[str]:
    best, blank = summary.best_peer(measure), number(float("nan"))
    peers = summary.hindsight(summary.peers, measure, by_seed=False) if summary.peers else None
    top = summary.hindsight(summary.arms, measure, by_seed=True)
    single = summary.over_sets(best, measure) if best else None
    return [
        what,
        summary.start,
        interval(summary.over_sets(default, measure)),
        f"{interval(single)} ({best})" if single else blank,
        interval(peers) if peers else blank,
        interval(summary.hindsight(summary.arms, measure, by_seed=False)),
        interval(top),
        number(top.mean / single.mean) if single and single.mean else blank,
    ]


def _labels_ceiling(summary: Summary) -> list[list[str]]:
    best, blank = summary.best_peer(area), number(float("nan"))
    if best is None or LEARN not in summary.own:
        return []
    beside = [labels_beside(summary, arms, best) for arms in ([LEARN], summary.peers, summary.arms)]
    what = f"labels to {ENOUGH:.0%}, times the best single peer's (median)"
    own, peers, arms = map(number, beside)
    return [[what, summary.start, own, f"1 ({best})", peers, arms, blank, blank]]


def of_arms(summary: Summary, others: Sequence[Summary], measure: Measure, default: str) -> str:
    """Every arm over the rare sets, and the default's duel with it; a column for each summary."""
    best = summary.best_peer(measure)
    rows = []
    for arm in summary.arms:
        name = bold(arm, arm in summary.own) + (" †" if arm == best else "")
        run_on = len(summary.by_set(arm, measure))
        part = "" if run_on == len(summary.sets) else f" ({run_on} of {len(summary.sets)} sets)"
        means = [interval(one.over_sets(arm, measure)) for one in (summary, *others)]
        beside = number(summary.ratio(arm, best, measure))
        rows.append([name + part, *means, beside, *_duel(summary, default, arm, measure)])
        rows[-1].append(number(summary.seconds(arm), 1))
    columns = [one.final for one in (summary, *others)] if others else ["share found"]
    head = ["arm", *columns, "x best peer", f"{default} wins-ties-losses", "p", "seconds"]
    return table(head, rows)


def _duel(summary: Summary, default: str, arm: str, measure: Measure) -> list[str]:
    if arm == default or default not in summary.own:
        return ["–", "–"]
    wins, ties, losses, p = duel(*summary.pairs(default, arm, measure))
    return [f"{wins}-{ties}-{losses}", number(p, 3)]


def by_set(summary: Summary, measures: Sequence[Measure], digits: int) -> str:
    """A line for each set, a column for each arm, means of all measures; the best last is bold."""
    rows = []
    for name in summary.results.datasets:
        spreads = {
            arm: [summary.on_set(name, arm, measure) for measure in measures]
            for arm in summary.arms
            if summary.results.cell(name, arm)
        }
        top = max(of[-1].mean for of in spreads.values())
        cells = [_values(spreads.get(arm, []), top, digits) for arm in summary.arms]
        rows.append([name, *cells])
    return table(["set", *summary.arms], rows)


def _values(spreads: Sequence[Spread], top: float, digits: int) -> str:
    if not spreads:
        return ""
    text = " / ".join(interval(of, digits) for of in spreads)
    return bold(text, spreads[-1].mean == top)
