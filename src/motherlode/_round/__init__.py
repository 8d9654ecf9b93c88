"""One round of a search: what is labelled, what a strategy may see, and how a batch is made."""
