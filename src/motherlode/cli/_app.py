"""The commands and their options; a wrong input ends in one sentence and exit code 2.

Each command has a module of its name, which is imported when it runs, so ``motherlode --help`` does
not wait for scikit-learn.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from .. import __version__
from .._inert import make_inert
from .._inert.plain_warnings import show_warnings_plainly
from ..errors import InputError
from ._choices import Encoding, Missing, Types, make_choices
from ._commands import care, labelling, making, model, people, serving
from ._interrupt import Interrupted
from ._percents import percent_option

# Typer brings a click of its own or uses the one installed; this is UsageError of either.
_UsageError: type[Exception] = typer.BadParameter.__mro__[1]

app = typer.Typer(
    help="Find and learn the rare class in a large unlabelled pool, with few labels.",
    add_completion=False,
    no_args_is_help=False,
    pretty_exceptions_enable=False,
)
for subject in (making, labelling, care, model, people, serving):
    app.add_typer(subject.app)


def run(arguments: Sequence[str] | None = None) -> int:
    """Run a command line and return its exit code."""
    try:
        with show_warnings_plainly():
            code = app(args=arguments, prog_name="motherlode", standalone_mode=False)
    except InputError as problem:
        return _say(str(problem), 2)
    except _UsageError as problem:
        return _say(_explain(problem), 2)
    except Interrupted as stop:
        return _say(str(stop), 130)
    except KeyboardInterrupt:
        code = 130
    return _say("Stopped.", 130) if code == 130 else int(code or 0)


def _explain(problem: Any) -> str:
    """Say what is wrong in what was typed; of an unknown option, the one that is most alike."""
    if not (hasattr(problem, "option_name") and hasattr(problem, "possibilities")):
        return str(problem.format_message())
    said = f"There is no option {problem.option_name}"
    if problem.possibilities:
        return f"{said}; did you mean {problem.possibilities[0]}?"
    return f"{said}; `{problem.ctx.command_path} --help` lists them."


def _say(sentence: str, code: int) -> int:
    text = make_inert(" ".join(sentence.split()))
    sys.stderr.write(text + ("\n" if text.endswith((".", "?", "!")) else ".\n"))
    return code


@app.callback(invoke_without_command=True)
def _help(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    if version:
        typer.echo(f"motherlode {__version__}")
    elif context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="Where the HTML report goes.")] = Path(
        "demo/report.html"
    ),
    budget: Annotated[int, typer.Option(min=1, help="Labels to ask for.")] = 200,
) -> None:
    """Find 151 ill patients among 3,163: the main job on real data."""
    from ._demo import demo

    demo(out, budget)


@app.command()
def strategies(
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """List every strategy: what it does, what it needs, its family and its paper."""
    from ._strategies import strategies

    strategies(json)


@app.command()
def simulate(
    data: Annotated[
        str,
        typer.Argument(
            help="A file of rows, as docs/reference/files.md lists them, or a table of a database.",
            metavar="DATA",
        ),
    ],
    label: Annotated[str, typer.Option(help="The column that holds the class of every row.")],
    strategies: Annotated[
        str, typer.Option(help="Names of strategies to compare, with commas between.")
    ] = "auto,random",
    minority: Annotated[
        list[str] | None,
        typer.Option(help="The positive class; the rarest if not given; repeatable."),
    ] = None,
    type: Types = None,
    missing: Missing = None,
    encoding: Encoding = None,
    budget: Annotated[
        int, typer.Option(min=1, help="Labels to ask for; at most the whole pool is asked.")
    ] = 200,
    batch: Annotated[int, typer.Option(min=1, help="Labels asked for at a time.")] = 10,
    seeds: Annotated[int, typer.Option(min=1, help="Sessions of each strategy.")] = 3,
    start: Annotated[
        str,
        typer.Option(help="Known at the start: one positive, none, or a number of random rows."),
    ] = "one",
    jobs: Annotated[int, typer.Option(min=1, help="Sessions run at the same time.")] = 1,
    control: Annotated[
        float, percent_option("Per cent of rows drawn at random, for valid estimates.")
    ] = 0.0,
    stop: Annotated[
        str | None, typer.Option(help="Stopping rules to replay, as in knee,budget:50.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write an HTML report here.")] = None,
    json: Annotated[Path | None, typer.Option(help="Write every session here, as JSON.")] = None,
    resume: Annotated[
        Path | None,
        typer.Option(help="Keep finished sessions in this JSONL file, and skip those it holds."),
    ] = None,
) -> None:
    """Compare strategies on your own data, with its known labels as the answers."""
    from ._simulate import Request, simulate

    simulate(
        Request(
            data,
            label,
            strategies,
            minority or [],
            make_choices(type, missing, encoding),
            budget,
            batch,
            seeds,
            start,
            jobs,
            control,
            stop,
        ),
        report=report,
        json=json,
        resume=resume,
    )
