"""Pages of the reference that are written from the code, each time that the site is built."""
