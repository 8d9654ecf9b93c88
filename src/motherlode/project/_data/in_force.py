"""The settings of a project as changes left them."""

from .._log.changes import Changes
from .._log.parts import ROWS, Part
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
        self._newest = (Changes(), beginning)

    @property
    def newest(self) -> Settings:
        """The settings after the last change that was seen."""
        return self._newest[1]

    @property
    def parts(self) -> tuple[Part, ...]:
        """The rows that were added until then."""
        return self._newest[0].parts

    def after(self, changes: Changes) -> Settings:
        """Give the settings after some changes.

        Parameters
        ----------
        changes : Changes
            Of a state of the project.
        """
        seen, newest = self._newest
        if changes.last == seen.last:
            return newest
        found = self.find(changes)
        if changes.last > seen.last:
            self._newest = (changes, found)
        return found

    def forget_after(self, changes: Changes) -> None:
        """Forget later changes, which were not recorded in the end.

        Parameters
        ----------
        changes : Changes
            The last that are recorded.
        """
        if self._newest[0].last > changes.last:
            self._newest = (changes, self.find(changes))

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
        values = changes.values(self._began)
        if changes.parts:
            values[ROWS] = self.beginning.rows + sum(part.rows for part in changes.parts)
        return self.beginning.changed(values)
