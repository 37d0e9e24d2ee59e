# SPDX-License-Identifier: Apache-2.0
"""From a photograph to its coloured version: the one walk that every face takes."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.compose import compose
from tintype.imaging.frame import Frame, whole
from tintype.imaging.photograph import Photograph
from tintype.imaging.tone import read_tone
from tintype.inference.engine import Engine
from tintype.spec.hints import Hint, hints_to_planes
from tintype.spec.models import find_model
from tintype.spec.options import DEFAULTS, ENGINE_DEFAULTS, ColorizeOptions

_VERSION = 8  # hexadecimal digits of a network's checksum that tell its versions apart


class Colorizer:
    """A loaded network, ready to colour photographs of any size.

    Build one and keep it. It holds nothing of a photograph, so threads may share it.

    Args:
        model: a network of :data:`tintype.spec.models.MODELS`, or the path of an ONNX file.
        device: where the network runs; a key of :data:`tintype.inference.devices.PROVIDERS`, or
            ``auto``. All else runs on the CPU.
        threads: CPU threads of one photograph; by default one for each usable core.

    Raises:
        OptionError: there is no such model or device.
        ModelError: the network's file is missing or altered.
    """

    def __init__(
        self,
        model: str | Path = ENGINE_DEFAULTS.model,
        *,
        device: str = ENGINE_DEFAULTS.device,
        threads: int | None = None,
    ) -> None:
        self.engine = Engine(find_model(model), device=device, threads=threads)
        self._threads = threads

    def __call__(
        self,
        photograph: Photograph,
        options: ColorizeOptions = DEFAULTS,
        hints: Sequence[Hint] = (),
    ) -> Photograph:
        """Colour one photograph, and the pages that follow it.

        The network sees a small copy; only its chroma is enlarged. Lightness is the photograph's
        own, pixel by pixel, so no detail is lost and none invented.

        Args:
            photograph: as :func:`tintype.imaging.files.read` gives it; colour that it has is
                replaced.
            options: how to colour it.
            hints: places whose colour is known, in pixels of the photograph's first page.

        Returns:
            The photograph in colour: same size, depth, opacity and metadata.

        Raises:
            OptionError: a hint lies outside the photograph, or the network takes none.
            ModelError: the network failed, mostly for want of memory.
        """
        first = self._color_page(replace(photograph, pages=()), options, hints)
        others = (self._color_page(page, options, ()) for page in photograph.pages)
        return replace(first, pages=tuple(others))

    def _color_page(
        self, page: Photograph, options: ColorizeOptions, hints: Sequence[Hint]
    ) -> Photograph:
        tone = read_tone(page, tone=options.tone)
        if any(not _holds(tone.frame, hint) for hint in hints):  # so there is picture outside too
            tone = replace(tone, frame=whole(page.size))
        size = self.engine.network_size(tone.frame.size, options.size)
        grey = tone.clean_lightness(size)  # (h, w), L*
        prediction = self.engine.run(
            grey,
            _draw(hints, tone.frame, grey) if hints else None,
            temperature=self.engine.spec.temperature_at(options.vividness),
        )
        pixels = compose(
            tone, prediction.chroma, saturation=options.saturation, threads=self._threads
        )
        spec = self.engine.spec
        return page.colored(pixels, by=f"{spec.name} {spec.sha256[:_VERSION]}")


def _holds(frame: Frame, hint: Hint) -> bool:
    """Whether a hint's centre lies in the frame."""
    return (
        0 <= hint.x - frame.left <= frame.width - 1 and 0 <= hint.y - frame.top <= frame.height - 1
    )


def _draw(hints: Sequence[Hint], frame: Frame, grey: NDArray[np.float32]) -> NDArray[np.float32]:
    """The hints' planes over the frame, at the size of ``grey``."""
    moved = [replace(hint, x=hint.x - frame.left, y=hint.y - frame.top) for hint in hints]
    return hints_to_planes(moved, grey, frame.size)
