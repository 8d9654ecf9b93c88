"""The labelling project: a driver of the learner whose oracle is people.

`folder` makes and opens projects, `live` serves one to annotators, `trainer` ranks beside it.
"""
