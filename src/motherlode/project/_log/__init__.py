"""The log of events in a database, and the state that follows from it."""
