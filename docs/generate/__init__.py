"""Pages that are written from code, results and other files, each time that the site is built."""
