# SPDX-License-Identifier: Apache-2.0
"""Cells are written alike everywhere."""

import numpy as np
import pytest

from tintype.records.cells import format_cell, is_number_column


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (None, "–"),
        ("text", "text"),
        (True, "yes"),
        (1234567, "1,234,567"),
        (np.int64(1234567), "1,234,567"),
        (1234.5678, "1,234.568"),
        (np.float32(-0.5), "-0.500"),
        (float("nan"), "nan"),
    ],
)
def test_cells_as_text(cell, text):
    assert format_cell(cell, digits=3) == text


def test_a_column_of_numbers_may_miss_some_and_is_not_all_missing():
    rows = [[1, "a", None, True], [None, 2, None, False], [np.float32(3), 3, None, True]]
    assert is_number_column(["a", "b", "c", "d"], rows) == [True, False, False, False]
