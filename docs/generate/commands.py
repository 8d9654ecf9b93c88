"""The page of all commands and their options, from the command line's own help."""

from typing import Any

from typer.main import get_command

from motherlode.cli._app import app

from .tables import write_table

WHEN = {
    "demo": "Run it first, to see what active learning saves on real data.",
    "strategies": "Use it to choose a strategy by name.",
    "simulate": "Use it on data whose labels you know, before you choose a strategy or a budget.",
    "init": "Use it once for each project, with a file of rows or a folder of images.",
    "set": "Use it when the classes, the goal or the shares change, while people label or not.",
    "add": "Use it when more rows are there than on the first day, while people label or not.",
    "query": "Use it to label in a program of your own: it prints rows, and `teach` takes labels.",
    "teach": "Use it for labels that you have in a file.",
    "label": "Use it to label alone, without a browser.",
    "status": "Use it to see how many positives are found, what is left, and whether to stop.",
    "answers": "Use it to find answers again: by class, person, note, words or day.",
    "export": "Use it to take the labels elsewhere, or to keep the whole log.",
    "backup": "Use it in place of a copy by hand, which may lack the last labels.",
    "restore": "Use it after a disk was lost, or to go back to an earlier day.",
    "move": "Use it when a project of one person becomes one of a team, or the other way round.",
    "check": "Use it after a disk was full or failed, and on a copy that you were sent.",
    "predict": "Use it to score rows that the project does not hold; see [](../howto/predict.md).",
    "rank": "Use it for the likeliest rows that nobody answered, to look at or to hand on.",
    "evaluate": "Use it to learn how good a model is that you have; see [](../howto/evaluate.md).",
    "train": "Use it when you stop labelling, for the model that predicts on new data.",
    "account": "Use it before several people label, or other machines reach the server.",
    "pause": "Use it when guidelines are in question, and nobody is to label until they are clear.",
    "resume": "Use it after `motherlode pause`.",
    "assign": "Use it to divide the rows: by language, by country, or into equal shares.",
    "trust": "Use it once, before you open a project of a team that you got from a colleague.",
    "serve": "Use it to label on a page, alone or as a team.",
    "label-studio": "Use it to label in Label Studio, with predictions and an order of a project.",
}
COMMANDS = """\
# Commands

`motherlode COMMAND --help` prints what this page has. A wrong input ends with exit code
2 and one sentence on stderr.
"""


def write_commands() -> str:
    """Write the page of all commands and their options."""
    return COMMANDS + "".join(f"\n{part}" for part in map(_command, WHEN))


def _command(name: str) -> str:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join(["motherlode", name, *(str(p.metavar) for p in arguments), "[OPTIONS]"])
    lines = [f"## {name}", "", f"{command.help} {WHEN[name]}", "", "```sh", usage, "```", ""]
    return "\n".join([*lines, *write_table("argument or option", map(_parameter, command.params))])


def _parameter(parameter: Any) -> tuple[str, str]:
    names = [parameter.metavar] if parameter.param_type_name == "argument" else parameter.opts
    said = str(parameter.help)
    if parameter.required:
        said += " Required."
    elif parameter.default not in (None, False):
        said += f" Default: {parameter.default}."
    return ", ".join(f"`{name}`" for name in [*names, *parameter.secondary_opts]), said
