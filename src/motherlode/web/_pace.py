"""How fast log-ins may be tried.

After some attempts each further one waits for its turn. So guessing is slow, while the right
password of the right person still gets in after a while.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

from fastapi import HTTPException

from ._places import find_place

_LONGEST_WAIT = 30.0
_MOST = 10_000


@dataclass(frozen=True)
class Limit:
    """As many attempts as `at_once`, and then one each `seconds`.

    An attempt that would wait for more than `longest` seconds is refused; or waits for just as
    long, if `refuses` is not set.
    """

    key: str
    at_once: int
    seconds: float
    longest: float = _LONGEST_WAIT
    refuses: bool = True


def make_limits(name: str, address: str, *, known: bool) -> tuple[Limit, ...]:
    """Make the limits of an attempt to log in.

    Attempts of others do not count for those who logged in under this name before. The limit of a
    name alone, which people anywhere use up, only slows down.
    """
    if known:
        return (Limit(f"known {name}", 5, 10.0),)
    place = find_place(address)
    return (
        Limit(f"name {name} from {place}", 5, 10.0),
        Limit(f"address {place}", 20, 2.0),
        Limit(f"name {name}", 20, 1.0, longest=5.0, refuses=False),
    )


class Pace:
    """Gives each attempt its turn; those that go well do not count.

    `clock` gives seconds, and is never set back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._free_at: dict[str, float] = {}  # when all attempts so far are worked off

    def take_turn(self, limits: Sequence[Limit]) -> float:
        """Count an attempt and return the seconds that it waits; refuse it with status 429."""
        with self._lock:
            now = self._clock()
            self._forget(now)
            ends = {limit: self._end(limit, now) for limit in limits}
            waits = {limit: self._wait(limit, end, now) for limit, end in ends.items()}
            refused = [w for limit, w in waits.items() if limit.refuses and w > limit.longest]
            if refused:
                wait = max(refused)
                raise HTTPException(
                    429,
                    f"Too many attempts; try again in {wait:.0f} seconds.",
                    {"Retry-After": f"{wait:.0f}"},
                )
            for limit, end in ends.items():
                late = max(0.0, waits[limit] - limit.longest)
                self._free_at[limit.key] = end - late
            return max(min(wait, limit.longest) for limit, wait in waits.items())

    def give_back(self, limits: Sequence[Limit]) -> None:
        """Take back the count of an attempt that went well."""
        with self._lock:
            for limit in limits:
                if limit.key in self._free_at:
                    self._free_at[limit.key] -= limit.seconds

    def _end(self, limit: Limit, now: float) -> float:
        return max(self._free_at.get(limit.key, now), now) + limit.seconds

    @staticmethod
    def _wait(limit: Limit, end: float, now: float) -> float:
        return max(0.0, end - now - limit.at_once * limit.seconds)

    def _forget(self, now: float) -> None:
        if len(self._free_at) > _MOST:
            self._free_at = {key: end for key, end in self._free_at.items() if end > now}
