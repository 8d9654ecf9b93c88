"""Strategy, and the mechanisms that several strategies use."""
