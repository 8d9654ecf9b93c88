"""Rows of any kind: arrays, matrices, blocks and random numbers."""
