"""Table files in and out: formats, dialects, the kinds of columns, and writers."""
