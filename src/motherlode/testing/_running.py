"""All checks of a kind, run at once or each as a test."""

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from ..errors import InputError
from ..stopping import Rule, as_rules
from ..strategies import as_strategy
from . import _rules, _strategies
from ._check import Check, make_check


def strategy_checks(model: Any = None) -> tuple[Check, ...]:
    """List the checks of a strategy.

    Parameters
    ----------
    model : classifier, optional
        The query model of the searches, unfitted; by default a logistic regression.
    """
    return tuple(make_check(one, model) for one in _strategies.ALL)


def rule_checks() -> tuple[Check, ...]:
    """List the checks of a stopping rule."""
    return tuple(make_check(one) for one in _rules.ALL)


def check_strategy(
    strategy: Any, model: Any = None, leave_out: Mapping[str, str] | None = None
) -> None:
    """Check that a strategy keeps what every strategy keeps.

    Small searches are led with it: from nothing, from one class, with three classes, on sparse
    rows, texts and equal rows, to the last row of a pool.

    Parameters
    ----------
    strategy : str, Strategy, callable or object with ``utilities(view)``
        What is checked, with its settings.
    model : classifier, optional
        The query model of the searches, unfitted; by default a logistic regression.
    leave_out : dict of str to str, optional
        Names of checks that do not hold for it, each with the reason.

    Raises
    ------
    AssertionError
        If a check is not passed; a line for each says what is wrong.

    Examples
    --------
    >>> from motherlode.strategies import Margin
    >>> check_strategy(Margin())
    >>> check_strategy(lambda view: [0.0])  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    AssertionError: <lambda> does not pass 16 of 19 checks: ...
    """
    _run(as_strategy(strategy), strategy_checks(model), leave_out)


def check_rule(rule: Any, leave_out: Mapping[str, str] | None = None) -> None:
    """Check that a stopping rule keeps what every stopping rule keeps.

    Parameters
    ----------
    rule : Rule or str
        What is checked, with its settings.
    leave_out : dict of str to str, optional
        Names of checks that do not hold for it, each with the reason.

    Raises
    ------
    AssertionError
        If a check is not passed; a line for each says what is wrong.

    Examples
    --------
    >>> check_rule("knee")
    """
    for one in as_rules(rule):
        _run(one, rule_checks(), leave_out)


def parametrize_with_checks(
    subjects: Iterable[Any], model: Any = None, leave_out: Mapping[str, str] | None = None
) -> Any:
    """Make a test of each check of each strategy or rule; it needs pytest.

    The test is a function of ``subject`` and ``check``, and calls ``check(subject)``.

    Parameters
    ----------
    subjects : iterable of strategies and stopping rules
        What is checked, each with its settings.
    model : classifier, optional
        The query model of the searches, unfitted; by default a logistic regression.
    leave_out : dict of str to str, optional
        Names of checks that do not hold, each with the reason; such a test is skipped.

    Returns
    -------
    decorator
        For a test of pytest.
    """
    import pytest

    left_out, cases = dict(leave_out or {}), []
    _refuse_unknown(left_out, (*strategy_checks(), *rule_checks()))
    for subject in subjects:
        checks = rule_checks() if isinstance(subject, Rule) else strategy_checks(model)
        value = subject if isinstance(subject, Rule) else as_strategy(subject)
        for check in checks:
            reason = left_out.get(check.name)
            marks = [] if reason is None else [pytest.mark.skip(reason=reason)]
            cases.append(pytest.param(value, check, marks=marks, id=f"{value}-{check.name}"))
    return pytest.mark.parametrize(("subject", "check"), cases)


def _run(subject: Any, checks: tuple[Check, ...], leave_out: Mapping[str, str] | None) -> None:
    left_out = leave_out or {}
    _refuse_unknown(left_out, checks)
    wrong = []
    for check in checks:
        if check.name not in left_out:
            try:
                check(subject)
            except AssertionError as problem:
                wrong.append(f"- {str(problem).split('does not pass ', 1)[1]}")
    if wrong:
        said = "\n".join(wrong)
        raise AssertionError(
            f"{subject} does not pass {len(wrong)} of {len(checks)} checks:\n{said}"
        )


def _refuse_unknown(left_out: Mapping[str, str], checks: tuple[Check, ...]) -> None:
    known = [check.name for check in checks]
    for name in left_out:
        if name not in known:
            near = get_close_matches(name, known, n=1) or known
            raise InputError(f"There is no check named {name!r}; did you mean {near[0]!r}?")
