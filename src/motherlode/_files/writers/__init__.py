"""Writers of tables: each turns lines into the parts of a file, in order, holding few in memory.

A writer of ours is a function of `Lines` to parts as bytes, and is registered in `WRITERS`. What it
needs beside pyarrow is looked for when it is called, before the first part.
"""

from .formulas import neutral, unquote

__all__ = ["neutral", "unquote"]
