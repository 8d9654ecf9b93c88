"""What can be typed for a labelling project: commands and their options, by subject."""
