"""Where the files of a fetched package are, without importing the package.

`fetch.sh` puts Python packages into the interpreter and unpacks Debian and npm packages under
`benchmarks/.data`.
"""

from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from motherlode.errors import InputError

DATA = Path(__file__).parents[1] / ".data"
"""Everything that the benchmarks fetch or write; not in version control."""


class NotFetched(InputError):
    """A package that a data set is read from is not on this machine."""


@dataclass(frozen=True)
class Package:
    """A package of a public registry that holds data files.

    Attributes
    ----------
    registry : {"pip", "apt", "npm"}
        Whose package it is.
    name : str
        The name it is installed by.
    folder : str
        Where in it the data files are.
    licence : str
        The package's own; the data in it may have another.
    """

    registry: Literal["pip", "apt", "npm"]
    name: str
    folder: str
    licence: str

    @property
    def source(self) -> str:
        """The registry and the name, as one would type them."""
        return f"{self.registry} {self.name}"

    def path(self, *parts: str) -> Path:
        """Path of a file in the data folder.

        Raises
        ------
        NotFetched
            If the package or the file is not there.
        """
        found = self._root() / self.folder
        found = found.joinpath(*parts)
        if not found.exists():
            raise NotFetched(
                f"{'/'.join(parts) or self.folder} of {self.source} is not there: "
                f"run benchmarks/datasets/fetch.sh {self._step}"
            )
        return found

    @property
    def _step(self) -> str:
        return "deb" if self.registry == "apt" else self.registry

    def _root(self) -> Path:
        if self.registry == "apt":
            return DATA / "deb"
        if self.registry == "npm":
            return DATA / "npm"
        try:
            return Path(str(distribution(self.name).locate_file("")))
        except PackageNotFoundError:
            raise NotFetched(
                f"{self.source} is not installed: run benchmarks/datasets/fetch.sh pip"
            ) from None
