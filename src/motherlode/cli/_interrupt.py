"""How a command says what to do after Ctrl-C."""


class Interrupted(Exception):
    """Ctrl-C, with a sentence that says how to go on."""
