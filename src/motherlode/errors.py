"""What goes wrong because of what somebody handed in, said in one sentence."""


class InputError(ValueError):
    """Something handed in cannot be used; the message says what, where, and what to do."""
