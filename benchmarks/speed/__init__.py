"""Time and memory of a round by pool size: motherlode's strategies and their peers' twins."""
