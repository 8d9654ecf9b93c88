"""Screening of abstracts, a label at a time, against ASReview's own command.

The reviews lie beside the project and are not part of it; `benchmarks.proving.sources.reviews` says
where they are looked for.
"""
