"""What the final model says of rows: of a file, of a request, and of the rest of the project."""
