"""What a project tells about itself: counts, estimates, explanations and advice."""
