# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.errors import OutputError
from tintype.evaluate.examination import GREY
from tintype.evaluate.photographs import to_rgb
from tintype.evaluate.sheets import color_scan, write_sheets
from tintype.imaging.files import read


def shown(count: int):
    """One by one, as large ones would come."""
    for number in range(count):
        level = number / count
        yield f"photograph {number}", {GREY: np.full((3, 30, 40), level, np.float32)}


def test_sheets_of_twelve_and_one_page(tmp_path):
    files = write_sheets(shown(14), tmp_path / "sheets", title="Fourteen")
    assert [file.name for file in files] == ["sheet-1.jpg", "sheet-2.jpg", "index.html"]
    assert read(files[0]).size[0] == 6 * read(files[1]).size[0]
    page = files[-1].read_text()
    assert page.count("<img") == 14
    assert "photograph 13" in page


def test_earlier_sheets_are_replaced(tmp_path):
    write_sheets(shown(2), tmp_path, title="a")
    write_sheets(shown(1), tmp_path, title="b")
    assert "photograph 1" not in (tmp_path / "index.html").read_text()


def test_a_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot make the folder .*file/sheets"):
        write_sheets(shown(1), tmp_path / "file" / "sheets", title="t")


def test_a_scan_keeps_its_own_grey(subjects, pale):
    pictures = color_scan(subjects[0], [pale()])
    assert list(pictures) == [GREY, "pale"]
    assert np.ptp(pictures[GREY], axis=0).max() == pytest.approx(0)
    assert pictures["pale"].shape == to_rgb(subjects[0].read()).shape
