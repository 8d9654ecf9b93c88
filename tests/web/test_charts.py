"""Charts of the dashboard: no writing of theirs is cut off or lies on another."""

import re
from itertools import pairwise

import pytest

from motherlode.web._charts import draw_share

WIDE, LETTER = 420, 7.0


@pytest.mark.parametrize(
    "ends", [(0.0, 0.01), (0.0071, 0.028), (0.02, 0.5), (0.3, 0.35), (0.97, 1.0), (0.0, 1.0)]
)
def test_the_ends_of_a_share_are_inside_and_apart(ends):
    drawn = str(draw_share(*ends, "as it is"))
    found = re.findall(r'class="count" x="([\d.]+)" y="\d+" text-anchor="middle">([^<]+)<', drawn)
    assert len(found) == drawn.count('class="count"') > 0
    spans = [(float(x) - LETTER * len(t) / 2, float(x) + LETTER * len(t) / 2) for x, t in found]
    assert all(start >= 0 and end <= WIDE for start, end in spans)
    assert all(before[1] < after[0] for before, after in pairwise(spans))
