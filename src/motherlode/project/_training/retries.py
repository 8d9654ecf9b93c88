"""When a trainer that failed is tried again, and how its failures are told."""

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 30.0


def find_wait(failures: int) -> float:
    """Find the seconds until the next try: twice as long after each failure in a row."""
    return min(_FIRST_WAIT * 2.0 ** (min(failures, 10) - 1), _LONGEST_WAIT)


def describe_failure(sentence: str, failures: int) -> str:
    """Say why there is no new ranking, how often that was so, and what comes next."""
    if failures < 2:
        return sentence
    return (
        f"{sentence} It failed {failures:,} times in a row; a server tries again within "
        f"{_LONGEST_WAIT:.0f} s."
    )
