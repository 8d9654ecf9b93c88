import pytest

from benchmarks.efficiency import journal


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """An empty folder in which results are kept."""
    monkeypatch.setattr(journal, "RUNS", tmp_path / "runs")
    return tmp_path / "runs"
