"""The settings of a project as changes left them."""

from .._log.changes import Changes
from .settings import Settings


class SettingsInForce:
    """The settings after each change that was seen.

    Parameters
    ----------
    beginning : Settings
        What the project was set up with.
    """

    def __init__(self, beginning: Settings) -> None:
        self.beginning = beginning
        self._began = {
            "classes": beginning.classes,
            "minority": None if beginning.minority is None else beginning.positive_classes,
        }
        self._newest = (0, beginning)

    @property
    def newest(self) -> Settings:
        """The settings after the last change that was seen."""
        return self._newest[1]

    def after(self, changes: Changes) -> Settings:
        """Give the settings after some changes.

        Parameters
        ----------
        changes : Changes
            Of a state of the project.
        """
        last, newest = self._newest
        if changes.last == last:
            return newest
        found = self.find(changes)
        if changes.last > last:
            self._newest = (changes.last, found)
        return found

    def find(self, changes: Changes) -> Settings:
        """Work out the settings after some changes, which may not be recorded yet.

        Parameters
        ----------
        changes : Changes
            Of a state of the project, or planned.

        Raises
        ------
        InputError
            If values do not go together.
        """
        return self.beginning.changed(changes.values(self._began))
