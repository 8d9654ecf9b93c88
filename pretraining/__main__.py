"""``python -m pretraining FOLDER``: train a network, or go on with one."""

import argparse
from dataclasses import fields
from pathlib import Path

from .training import Design, train


def main() -> None:
    """Read the command line, and train."""
    parser = argparse.ArgumentParser(prog="python -m pretraining", description=__doc__)
    parser.add_argument("folder", type=Path, help="where checkpoints and the curve are kept")
    parser.add_argument("--workers", type=int, default=0, help="processes that draw tasks")
    for field in fields(Design):
        name = f"--{field.name.replace('_', '-')}"
        if field.type is bool:
            action = argparse.BooleanOptionalAction
            parser.add_argument(name, action=action, default=field.default)
        else:
            parser.add_argument(name, type=field.type, default=field.default)
    given = vars(parser.parse_args())
    folder, workers = given.pop("folder"), given.pop("workers")
    train(Design(**given), folder, workers=workers)


if __name__ == "__main__":
    main()
