# SPDX-License-Identifier: Apache-2.0
"""From a photograph to its coloured version: the one walk that every face takes."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from tintype.errors import ImageTooLarge, TintypeError
from tintype.imaging.compose import compose
from tintype.imaging.files import read
from tintype.imaging.photograph import Photograph
from tintype.imaging.strips import usable_cpus
from tintype.inference.ahead import work_ahead
from tintype.inference.alternatives import Alternative, find_alternatives
from tintype.inference.confidence import find_confidence
from tintype.inference.engine import Engine
from tintype.inference.palette import LedEngine
from tintype.inference.progress import Pace, Progress
from tintype.inference.view import look
from tintype.spec.hints import Hint
from tintype.spec.models import find_model
from tintype.spec.options import (
    DEFAULTS,
    ENGINE_DEFAULTS,
    FILE_DEFAULTS,
    SAMPLE_DEFAULTS,
    ColorizeOptions,
    FolderOptions,
    SampleOptions,
)

_VERSION = 8  # hexadecimal digits of a network's checksum that tell its versions apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Colored:
    """One of many photographs, from :meth:`Colorizer.map`.

    Attributes:
        source: the file.
        photograph: in colour; None if there is an ``error``.
        error: what is wrong with it.
        seconds: how long it took.
    """

    source: Path
    photograph: Photograph | None = None
    error: TintypeError | None = None
    seconds: float


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
        self.engine: Engine = Engine(find_model(model), device=device, threads=threads)
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

    def led_by(self, reference: Photograph) -> "Colorizer":
        """Let the palette of a photograph in colour lead, wherever the network cannot decide.

        Args:
            reference: need not show the same things; that of a grey one is grey.

        Returns:
            A colorizer that shares the loaded network, and does all that this one does.
        """
        led = copy(self)
        led.engine = LedEngine(self.engine, reference)
        return led

    def alternatives(
        self,
        photograph: Photograph,
        options: ColorizeOptions = DEFAULTS,
        hints: Sequence[Hint] = (),
        *,
        samples: int,
        seed: int = SAMPLE_DEFAULTS.seed,
    ) -> list[Alternative]:
        """Draw colourings that a photograph may have had, as hints to colour it with.

        Args:
            photograph: its first page is looked at.
            options: how it will be coloured.
            hints: places whose colour is known; all alternatives keep to them.
            samples: how many; the first is the network's own, without further hints.
            seed: the same seed draws the same.

        Returns:
            As :func:`tintype.inference.alternatives.find_alternatives` has them.

        Raises:
            OptionError: ``samples`` or ``seed`` is outside its range, or else as when it is
                coloured.
            ModelError: as when it is coloured.
        """
        wanted = SampleOptions(samples=samples, seed=seed)
        return find_alternatives(
            self.engine, photograph, options, hints, count=wanted.samples, seed=wanted.seed
        )

    def samples(
        self,
        photograph: Photograph,
        options: ColorizeOptions = DEFAULTS,
        hints: Sequence[Hint] = (),
        *,
        samples: int,
        seed: int = SAMPLE_DEFAULTS.seed,
    ) -> Iterator[Photograph]:
        """Colour a photograph in several ways: each of :meth:`alternatives`, one after another.

        Args and errors are those of :meth:`alternatives`.

        Yields:
            The photograph in colour; at first as a call without ``samples`` gives it.
        """
        found = self.alternatives(photograph, options, hints, samples=samples, seed=seed)
        return (self(photograph, options, one.hints) for one in found)

    def confidence(
        self,
        photograph: Photograph,
        options: ColorizeOptions = DEFAULTS,
        hints: Sequence[Hint] = (),
    ) -> NDArray[np.float32]:
        """Say how sure the network is of the colours that it would give, place by place.

        Args:
            photograph: its first page is looked at.
            options: how it would be coloured.
            hints: places whose colour is known.

        Returns:
            The map of :func:`tintype.inference.confidence.find_confidence`.

        Raises:
            OptionError: as when it is coloured.
            ModelError: as when it is coloured.
        """
        return find_confidence(self.engine, photograph, options, hints)

    def map(
        self,
        paths: Iterable[str | os.PathLike[str]],
        options: ColorizeOptions = DEFAULTS,
        *,
        max_pixels: int = FILE_DEFAULTS.max_pixels,
        jobs: int | None = None,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> Iterator[Colored]:
        """Colour many photographs, several at a time: one is read while the network is at another.

        What is wrong with one photograph is part of its result and does not stop the others. No
        more than a few are in memory, however many there are.

        Args:
            paths: the photographs' files.
            options: how to colour them.
            max_pixels: refuse one with more than this before any pixel is decoded.
            jobs: how many at a time; by default one for each usable core.
            on_progress: told after every photograph, from the thread that takes the results.

        Yields:
            A result for each path, in their order.

        Raises:
            OptionError: ``jobs`` is below 1.
        """
        FolderOptions(jobs=jobs)  # checks its range
        pace = Pace(len(paths) if isinstance(paths, Sized) else None, on_progress)

        def color(path: str | os.PathLike[str]) -> Colored:
            source, begun = Path(path), perf_counter()
            try:
                photograph = self(read(source, max_pixels=max_pixels), options)
            except TintypeError as error:
                return Colored(source=source, error=error, seconds=perf_counter() - begun)
            except MemoryError:
                failure = ImageTooLarge("there is not enough memory for it; scale it down")
                return Colored(source=source, error=failure, seconds=perf_counter() - begun)
            return Colored(source=source, photograph=photograph, seconds=perf_counter() - begun)

        return self._tell(work_ahead(color, paths, threads=jobs or usable_cpus(), waiting=1), pace)

    @staticmethod
    def _tell(results: Iterator[Colored], pace: Pace) -> Iterator[Colored]:
        for result in results:
            pace.count("failed" if result.error else "done")
            yield result

    def _color_page(
        self, page: Photograph, options: ColorizeOptions, hints: Sequence[Hint]
    ) -> Photograph:
        view = look(self.engine, page, options, hints)
        prediction = self.engine.run(
            view.greys,
            view.hints,
            temperature=self.engine.spec.temperature_at(options.vividness),
        )
        pixels = compose(
            view.tone, prediction.chroma, saturation=options.saturation, threads=self._threads
        )
        spec = self.engine.spec
        return page.colored(pixels, by=f"{spec.name} {spec.sha256[:_VERSION]}")
