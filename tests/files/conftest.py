from projects import postgres  # noqa: F401 - a fixture
