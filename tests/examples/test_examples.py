"""Each example in reduced form: it ends with a picture and beats chance by what it states."""

from importlib import util
from pathlib import Path

EXAMPLES = Path(__file__).parents[2] / "examples"


def example(name):
    spec = util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def drawn(path):
    return path.read_text(encoding="utf-8").lstrip().startswith("<?xml")


def test_a_rare_topic_of_news_is_found(tmp_path, capsys):
    picture = tmp_path / "news.svg"
    factor = example("rare_news_topic").main(picture, labels=60, seeds=1, rows=2_600)
    assert factor >= 5
    assert drawn(picture)
    assert "60 articles read" in capsys.readouterr().out


def test_records_of_mixed_columns_are_audited(tmp_path, capsys):
    picture = tmp_path / "audit.svg"
    factor = example("fraud_table").main(picture, labels=100, seeds=1, rows=4_000)
    assert factor >= 5
    assert drawn(picture)
    assert "100 records opened" in capsys.readouterr().out
