"""The next row for each annotator, and what becomes of the answer."""
