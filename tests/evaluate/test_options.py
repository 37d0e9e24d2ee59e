# SPDX-License-Identifier: Apache-2.0
import pytest

from tintype.errors import OptionError
from tintype.evaluate.options import EvaluateOptions, RunOptions


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"grey": "sepia"},
            "grey must be one of lightness, rec601, orthochromatic, soft, worn; got 'sepia'",
        ),
        ({"limit": 0}, "limit must be at least 1, got 0"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"resamples": 5}, r"resamples must be in \[100, 100000\], got 5"),
        ({"sizes": (256, 16)}, r"sizes must be in \[32, 4096\], got 16"),
        ({"points": (1, 0)}, r"points must be in \[1, 10000\], got 0"),
        ({"points": (5, 5)}, r"points must differ from each other, got \(5, 5\)"),
    ],
)
def test_what_is_out_of_range_is_refused(options, message):
    with pytest.raises(OptionError, match=message):
        EvaluateOptions(**options)


def test_run_options_are_checked_too():
    with pytest.raises(OptionError, match="pictures must be in"):
        RunOptions(pictures=-1)
    with pytest.raises(OptionError, match="workers must be in"):
        RunOptions(workers=0)
    assert RunOptions(workers=None).classifier is None
