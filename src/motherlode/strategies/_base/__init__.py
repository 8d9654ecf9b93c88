"""Strategy, and the mechanisms that several strategies stand on."""
