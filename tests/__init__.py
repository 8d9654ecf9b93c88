"""Tests of motherlode; a package, since some data packages bring one of the same name."""
