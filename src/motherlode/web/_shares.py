"""How much of what takes long runs at once for one person, and for one place."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import HTTPException

from ._places import find_place, is_own


class Shares:
    """Counts what runs, and refuses with status 429 what is more than a share.

    Only the thread of the event loop may use it.

    Parameters
    ----------
    what : str
        What runs, in the plural.
    of_person, of_place : int
        How many at once at most. A team may share a place, and a proxy on this machine brings
        everybody from one, which is why that has no limit.
    """

    def __init__(self, what: str, of_person: int, of_place: int) -> None:
        self._what, self._of_person, self._of_place = what, of_person, of_place
        self._running: Counter[tuple[str, str]] = Counter()

    @contextmanager
    def hold(self, person: str, address: str) -> Iterator[None]:
        """Count one that runs until the block ends."""
        most = {("person", person): self._of_person}
        if not is_own(address):
            most["place", find_place(address)] = self._of_place
        for key, n in most.items():
            if self._running[key] >= n:
                whose = "you" if key[0] == "person" else "your network"
                raise HTTPException(
                    429,
                    f"{n} {self._what} run for {whose} already; end one, or wait until one ends.",
                    {"Retry-After": "5"},
                )
        self._running.update(most.keys())
        try:
            yield
        finally:
            self._running.subtract(most.keys())
            self._running = +self._running  # without those that are at zero
