# SPDX-License-Identifier: Apache-2.0
"""The grey inputs as files, for programs that are to be evaluated by their results.

One 8-bit grey PNG a photograph, named after its key: what a candidate of ours is shown, in a form
that every program reads.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tintype.color.luv import luv_to_rgb
from tintype.errors import OutputError
from tintype.evaluate.greys import make_grey
from tintype.evaluate.photographs import Subject, to_rgb
from tintype.evaluate.sheets import make_folder
from tintype.imaging.files import write
from tintype.imaging.photograph import Photograph
from tintype.metrics.pairs import to_bytes


def write_greys(subjects: Sequence[Subject], folder: Path, *, grey: str) -> list[Path]:
    """Write the grey photographs as 8-bit PNG files.

    Args:
        subjects: the photographs.
        folder: where to; made if need be, sub-folders follow the keys.
        grey: one of :data:`tintype.evaluate.greys.GREYS`.

    Returns:
        The files, in the order of ``subjects``.

    Raises:
        OutputError: a file is there already, or cannot be written.
        InputError: a photograph cannot be read.
    """
    files = [folder / f"{subject.key}.png" for subject in subjects]
    there = [file for file in files if file.exists()]
    if there:
        raise OutputError(f"{there[0]} is there already; choose another folder")
    for subject, file in zip(subjects, files, strict=True):
        lightness = make_grey(to_rgb(subject.read()), grey)
        luv = np.stack([lightness, np.zeros_like(lightness), np.zeros_like(lightness)])
        make_folder(file.parent)
        write(Photograph(pixels=to_bytes(luv_to_rgb(luv)[0]), format="png"), file)
    return files
