"""Checks of what every strategy and every stopping rule keeps, to run on your own.

`check_strategy` and `check_rule` run all of them and say in a sentence what is wrong.
`parametrize_with_checks` makes each a test of pytest. Motherlode's own strategies and rules are
tested by the same checks.
"""

from ._check import Check
from ._running import (
    check_rule,
    check_strategy,
    parametrize_with_checks,
    rule_checks,
    strategy_checks,
)

__all__ = [
    "Check",
    "check_rule",
    "check_strategy",
    "parametrize_with_checks",
    "rule_checks",
    "strategy_checks",
]
