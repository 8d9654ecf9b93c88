"""Install a built package in an environment of its own, and use it: ``try_package.py FILE``."""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROGRAM = Path(__file__).with_name("uses_types.py")


def main(package: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        venv.create(home / "env", with_pip=True)
        python = str(home / "env/bin/python")

        def run(*command: str) -> None:
            subprocess.run(command, check=True, cwd=home)  # the sources are out of reach

        # First the core alone: nothing that it does may need an extra.
        run(python, "-m", "pip", "install", "--quiet", package)
        run(python, str(PROGRAM))
        run(python, "-m", "pip", "install", "--quiet", f"{package}[demo]", "mypy", "basedpyright")
        run(str(home / "env/bin/motherlode"), "demo", "--out", str(home / "report.html"))
        assert (home / "report.html").stat().st_size > 10_000
        program = home / "program.py"
        program.write_text(PROGRAM.read_text())
        run(python, "-m", "mypy", "--strict", "program.py")
        run(
            str(home / "env/bin/basedpyright"),
            "--pythonpath",
            python,
            "--level",
            "error",
            "program.py",
        )


if __name__ == "__main__":
    main(sys.argv[1])
