"""A project's safety: backups, another database, and what is wrong with one."""
