"""Weights of the default model's members while there are too few positives to judge their skill.

Learnt on the proving ground by `benchmarks.proving.weights`, each source left out in turn.
"""

MEMBERS = ("linear", "kernel", "forest", "extra trees")

FIRST_WEIGHTS = {1: (0.7, 1.0, 0.5, 0.5), 4: (1.0, 1.0, 0.6, 0.9)}
"""By the number of positives from which on they hold."""
