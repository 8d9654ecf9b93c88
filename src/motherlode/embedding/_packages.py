"""Files in installed packages of other people, read as data: their code is never run."""

from hashlib import sha256
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ..errors import InputError


def has_package(package: str) -> bool:
    """Tell whether a package is installed."""
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def find_file(package: str, path: str, digest: str, extra: str) -> Path:
    """Find a file of a package, or raise an `InputError` if it is missing or another.

    Parameters
    ----------
    package : str
        Its name in registries.
    path : str
        Of the file, from the folder of all packages.
    digest : str
        Its SHA-256.
    extra : str
        The command that installs the package.
    """
    found = _locate(package, path, extra)
    _check(found.read_bytes(), package, path, digest, extra)
    return found


def read_file(package: str, path: str, digest: str, extra: str) -> bytes:
    """Read a file of a package; what is returned is what was checked. As `find_file` else."""
    content = _locate(package, path, extra).read_bytes()
    _check(content, package, path, digest, extra)
    return content


def _locate(package: str, path: str, extra: str) -> Path:
    try:
        found = Path(str(distribution(package).locate_file(path)))
    except PackageNotFoundError:
        raise InputError(f"The encoder needs {package}: {extra}.") from None
    if not found.is_file():
        raise InputError(f"The installed {package} holds no {path}: {extra} brings one that does.")
    return found


def _check(content: bytes, package: str, path: str, digest: str, extra: str) -> None:
    if sha256(content).hexdigest() != digest:
        raise InputError(
            f"The file {path} of the installed {package} is not the one that motherlode was "
            f"tested with; {extra} brings that one."
        )
