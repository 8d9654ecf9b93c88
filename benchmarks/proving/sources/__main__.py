"""Print every task: kind, source, name, rows, positives, ratio, licence and package."""

from benchmarks.proving.sources import Task, tasks


def line(task: Task) -> str:
    """One row of the table; a task whose package is missing says so."""
    told = f"data {task.licence}; {task.folder.source} ({task.folder.licence})"
    head = f"{task.kind:<10} {task.source:<20} {task.name:<44}"
    if lacking := task.missing():
        return f"{head} {lacking}"
    rows = task.load()
    return f"{head} {len(rows.positive):>6} {int(rows.positive.sum()):>4} 1:{task.ratio:<5} {told}"


def main() -> None:
    """Print the table and the totals by kind."""
    every = tasks()
    for task in every:
        print(line(task), flush=True)
    for kind in dict.fromkeys(task.kind for task in every):
        of_kind = [task for task in every if task.kind == kind]
        print(f"{kind}: {len(of_kind)} tasks of {len({one.source for one in of_kind})} sources")
    print(f"all: {len(every)} tasks of {len({one.source for one in every})} sources")


if __name__ == "__main__":
    main()
