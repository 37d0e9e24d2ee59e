# SPDX-License-Identifier: Apache-2.0
"""The results of any other program, as pictures in a folder.

What the program got to see is its own affair; :func:`tintype.evaluate.inputs.write_greys` writes
the grey photographs that an evaluation would show it, under the names that are looked for here. Its
colours are put on the true lightness like everyone's, so that what it did to lightness, which is
reported apart, does not count as colour.
"""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import rgb_to_luv
from tintype.errors import InputError
from tintype.evaluate.candidates import Coloring
from tintype.evaluate.photographs import Subject, list_pictures, to_rgb
from tintype.imaging.files import read
from tintype.records.provenance import hash_files
from tintype.spec.hints import Hint

_LISTED = 3  # names in one message


class Results:
    """Pictures that any program has made, in a folder.

    A photograph's result has its key for a name (``source/label/number.png``), or its key's last
    part alone, whatever the suffix, if no other photograph shares that.

    Args:
        name: in tables.
        folder: of the results.
        subjects: the photographs that must all be there.

    Raises:
        InputError: the folder or a result is missing, or two files could be meant.
    """

    takes_hints = False
    takes_size = False

    def __init__(self, name: str, folder: Path, subjects: Sequence[Subject]) -> None:
        self.name = name
        self._folder = folder
        self._files = _match_results(folder, [subject.key for subject in subjects])

    def describe(self) -> dict[str, Any]:
        """The folder's name, and the hash of the results that count."""
        digest = hash_files(self._files.values(), root=self._folder)
        return {"kind": "results", "folder": self._folder.resolve().name, "sha256": digest}

    def color(
        self,
        key: str,
        lightness: NDArray[np.float32],
        *,
        hints: Sequence[Hint] = (),
        size: int | None = None,
    ) -> Coloring:
        """Read the result; its u*, v* are its answer, its L* is kept to be judged apart."""
        path = self._files[key]
        try:
            luv = rgb_to_luv(to_rgb(read(path)))
        except InputError as error:
            raise type(error)(f"{path}: {error}") from error
        if luv.shape[1:] != lightness.shape:
            raise InputError(
                f"{path} has {luv.shape[1]} x {luv.shape[2]} pixels (height x width), its "
                f"photograph {lightness.shape[0]} x {lightness.shape[1]}; results must have the "
                "size of their photographs"
            )
        return Coloring(chroma=luv[1:], lightness=luv[0])


def _match_results(folder: Path, keys: Sequence[str]) -> dict[str, Path]:
    if not folder.is_dir():
        raise InputError(f"{folder} is no folder of results; give one that exists")
    by_name: dict[str, list[Path]] = {}
    for path in list_pictures(folder):
        key = path.relative_to(folder).with_suffix("").as_posix()
        for name in {key, path.stem}:
            by_name.setdefault(name, []).append(path)
    sharers = Counter(_stem(key) for key in keys)
    found = {}
    for key in keys:
        by_stem = by_name.get(_stem(key), []) if sharers[_stem(key)] == 1 else []
        found[key] = by_name.get(key) or by_stem
    missing = [key for key, paths in found.items() if not paths]
    if missing:
        raise InputError(
            f"{len(missing)} of {len(keys)} photographs have no result in {folder}, such as "
            f"{', '.join(missing[:_LISTED])}; name results after the photographs' keys"
        )
    for key, paths in found.items():
        if len(paths) > 1:
            raise InputError(f"{paths[0]} and {paths[1]} could both be the result of {key}")
    return {key: paths[0] for key, paths in found.items()}


def _stem(key: str) -> str:
    return key.rpartition("/")[2]
