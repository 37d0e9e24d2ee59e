# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.errors import OutputError
from tintype.evaluate.greys import make_grey
from tintype.evaluate.inputs import write_greys
from tintype.evaluate.photographs import list_subjects, to_rgb


@pytest.mark.parametrize("grey", ["lightness", "orthochromatic"])
def test_files_are_grey_named_after_the_keys_and_as_a_candidate_sees_them(subjects, tmp_path, grey):
    files = write_greys(subjects, tmp_path / "grey", grey=grey)
    assert [s.key for s in list_subjects([tmp_path / "grey"])] == [s.key for s in subjects]
    for file, subject in zip(files, subjects, strict=True):
        written = list_subjects([tmp_path / "grey"])[files.index(file)].read()
        assert written.is_grey
        seen = make_grey(to_rgb(subject.read()), grey)
        np.testing.assert_allclose(make_grey(to_rgb(written), "lightness"), seen, atol=0.6)


def test_what_is_there_already_stays(subjects, tmp_path):
    write_greys(subjects[:1], tmp_path, grey="lightness")
    with pytest.raises(OutputError, match="kitchen/cat/06.png is there already"):
        write_greys(subjects, tmp_path, grey="rec601")
    assert len(list_subjects([tmp_path])) == 1
