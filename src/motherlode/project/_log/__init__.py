"""What people said: events in a database, and the state that they add up to."""
