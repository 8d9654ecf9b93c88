"""The web face of a labelling project: REST API, accounts, and the page."""
