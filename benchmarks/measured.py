"""When and with what a page of results was made: its second paragraph, which the site reads."""

import datetime
import os

from motherlode.simulation import versions


def measured() -> str:
    """Say the day, the versions and the machine."""
    today = datetime.date.today().isoformat()
    found = ", ".join(f"{name} {version}" for name, version in versions().items())
    return f"Measured on {today}, with {found}, on {os.cpu_count()} cores."
