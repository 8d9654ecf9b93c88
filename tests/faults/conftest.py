from projects import make, postgres, project, url  # noqa: F401 - fixtures
