"""Weights of the default model's members while there are too few positives to judge their skill.

`benchmarks.proving.weights` finds them on the data sets of the proving ground. On sources left out
in turn they gain nothing with one positive, and .007 (-.002 to .018) of what ten rows can hold
with four.
"""

MEMBERS = ("linear", "kernel", "forest", "extra trees")

FIRST_WEIGHTS = {1: (0.9, 1.0, 1.0, 0.9), 4: (0.7, 1.0, 0.6, 0.6)}
"""By the number of positives from which on they are used."""
