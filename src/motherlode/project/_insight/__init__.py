"""What is worked out from labels: counts, estimates, explanations and advice."""
