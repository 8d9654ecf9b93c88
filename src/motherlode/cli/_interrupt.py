"""The end of a command by Ctrl-C."""


class Interrupted(Exception):
    """Ctrl-C, with a sentence that says how to go on."""
