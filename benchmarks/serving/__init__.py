"""How long annotators wait for the server, while the trainer runs beside it."""
