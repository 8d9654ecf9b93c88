"""The benchmark of serving runs, and writes its part of the page alone."""

from benchmarks.serving import grown
from benchmarks.serving.server import make, points


def test_a_small_run_measures_every_wait(tmp_path):
    folder = tmp_path / "p"
    make(folder, points(500))
    grown.record(folder, 40)
    seen = grown.measure(folder, 1, 2.0, come=3)
    assert 0 < seen.sign <= seen.first <= seen.whole
    assert all(
        len(getattr(seen, name)) > 1 for name in ("next", "labels", "status", "drawn", "come")
    )
    asked = vars(grown.arguments(["--come", "3"]))
    row, head = grown.line(40, [seen, seen], 0.5), grown.head(asked)
    assert row.count("|") == head.splitlines()[-1].count("|")


def test_the_section_is_put_in_the_place_of_the_old_one(tmp_path):
    page = tmp_path / "RESULTS.md"
    page.write_text("# Waits\n\n## A project with many labels\n\nold\n\n## Others\n\nkept\n")
    grown.put("new\n", page)
    found = page.read_text()
    assert found == "# Waits\n\n## A project with many labels\n\nnew\n\n## Others\n\nkept\n"
