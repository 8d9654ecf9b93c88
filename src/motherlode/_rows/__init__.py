"""Rows, before anybody knows what they mean: arrays, matrices, blocks and random order."""
