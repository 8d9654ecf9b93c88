"""Pages that are written from the code and from results, each time that the site is built."""
