"""Pretraining of the network in `motherlode.models`: on synthetic tasks only, never on real data.

``python -m pretraining --help`` says how. `tables` makes columns, `classes` a rare class in them,
`picking` chooses the rows that a search would have labelled, `tasks` puts the three together,
`network` is the network in PyTorch, `training` teaches it and `export` writes its weights.
"""
