"""Which class each output of a network stands for, where an ensemble has names of its own."""

from typing import Any


class NamedOutputs(tuple[Any, ...]):
    """A name for each output of a network; None where the class has no label yet.

    Bagging, voting and stacking hand codes 0, 1, … to their members, calibration and boosting
    labels, and all count the classes that have labels. A network has an output for every
    declared class. Told by this, it trains the right outputs and answers with a column for each
    class among the labels of its fit, in sorted order, as any classifier does.
    """
