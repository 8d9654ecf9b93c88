"""Motherlode measured: data sets, published results re-run, and efficiency against peers."""
