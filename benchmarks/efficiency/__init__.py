"""How much a strategy gets out of few labels, on real imbalanced data sets."""
