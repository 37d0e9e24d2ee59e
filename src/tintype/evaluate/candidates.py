# SPDX-License-Identifier: Apache-2.0
"""What can be evaluated: anything that gives the colours of a grey photograph.

A candidate is shown lightness and answers with chroma at the photograph's full size. Networks of
ours answer through the inference engine, any function of lightness through :class:`Function`, and
any other program through its results (:mod:`tintype.evaluate.results`). The true photograph is
never shown to a candidate; what it may be told of it are hints, and only where the evaluation says
so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from tintype.color.luv import luv_to_rgb
from tintype.errors import OptionError
from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize
from tintype.imaging.upsample import upsample
from tintype.inference.engine import Engine
from tintype.inference.view import look
from tintype.spec.hints import Hint
from tintype.spec.options import DEFAULTS


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Coloring:
    """A candidate's answer for one photograph.

    Attributes:
        chroma: ``(2, H, W)`` float32: u*, v* in CIE units, at the photograph's size. What a network
            predicts need not be displayable; the evaluation fits it.
        lightness: ``(H, W)`` float32, L* in [0, 100], of a finished picture that the candidate made
            itself; None where the candidate answers with chroma alone.
    """

    chroma: NDArray[np.float32]
    lightness: NDArray[np.float32] | None = None


class Candidate(Protocol):
    """Something to evaluate. Threads share it."""

    name: str  # in tables; unique among the candidates of an evaluation

    @property
    def takes_hints(self) -> bool:
        """Whether hints change its answer."""
        ...

    @property
    def takes_size(self) -> bool:
        """Whether it can be asked to see the photograph at another size."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """What it is, for the record: kind, file, checksum, options."""
        ...

    def color(
        self,
        key: str,
        lightness: NDArray[np.float32],
        *,
        hints: Sequence[Hint] = (),
        size: int | None = None,
    ) -> Coloring:
        """Colour one photograph.

        Args:
            key: the photograph's, as the record names it.
            lightness: ``(H, W)`` float32, L* in [0, 100], of the grey photograph.
            hints: in its pixels.
            size: short side in pixels to see; None for the candidate's own.

        Raises:
            TintypeError: the candidate has no answer.
        """
        ...


class Network:
    """A network through the inference engine, with one set of options.

    Args:
        name: in tables.
        engine: the network.
        temperature: of its decode; None for its own.
        saturation: chroma multiplier.
        size: short side in pixels that it sees; None for its own.
    """

    takes_size = True

    def __init__(
        self,
        name: str,
        engine: Engine,
        *,
        temperature: float | None = None,
        saturation: float = 1.0,
        size: int | None = None,
    ) -> None:
        self.name = name
        self._engine = engine
        self._temperature = temperature
        self._saturation = saturation
        self._size = size

    @property
    def takes_hints(self) -> bool:
        """Whether the network was made for hints."""
        return self._engine.spec.hints

    def describe(self) -> dict[str, Any]:
        """Name, checksum and options."""
        spec = self._engine.spec
        return {
            "kind": "network",
            "network": spec.name,
            "sha256": spec.sha256,
            "parameters": spec.parameters,
            "size": self._size or spec.size,
            "temperature": self._temperature or spec.temperature,
            "saturation": self._saturation,
        }

    def color(
        self,
        key: str,
        lightness: NDArray[np.float32],
        *,
        hints: Sequence[Hint] = (),
        size: int | None = None,
    ) -> Coloring:
        """Predict, and carry the chroma to full size, on the way that every photograph takes.

        It is that of :class:`tintype.inference.colorizer.Colorizer` for a grey photograph, up to
        where chroma is fitted; outside a film edge or mount that it finds, there is no colour.
        """
        pixels = luv_to_rgb(np.stack([lightness, *np.zeros((2, *lightness.shape), np.float32)]))[0]
        options = replace(DEFAULTS, size=size or self._size)
        view = look(self._engine, Photograph(pixels=np.clip(pixels, 0, 1)), options, hints)
        prediction = self._engine.run(view.greys, view.hints, temperature=self._temperature)
        frame = view.tone.frame
        chroma = np.zeros((2, *lightness.shape), np.float32)
        inside = np.s_[:, frame.rows, frame.columns]
        chroma[inside] = upsample(prediction.chroma, lightness[inside[1:]])
        return Coloring(chroma=np.float32(self._saturation) * chroma)


class Function:
    """Any function of lightness: a network in training, an idea in a notebook.

    Args:
        name: in tables.
        predict: ``(H, W)`` float32 L* to ``(2, h, w)`` float32 u*, v* in CIE units, of any size,
            for the whole photograph; called from several threads.
        note: what it is, for the record.
    """

    takes_hints = False
    takes_size = False

    def __init__(
        self,
        name: str,
        predict: Callable[[NDArray[np.float32]], NDArray[np.float32]],
        *,
        note: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self._predict = predict
        self._note = dict(note or {})

    def describe(self) -> dict[str, Any]:
        """The note."""
        return {"kind": "function", **self._note}

    def color(
        self,
        key: str,
        lightness: NDArray[np.float32],
        *,
        hints: Sequence[Hint] = (),
        size: int | None = None,
    ) -> Coloring:
        """Ask the function, and carry its chroma to the photograph's size."""
        chroma = self._predict(lightness)
        return Coloring(chroma=resize(chroma, (lightness.shape[0], lightness.shape[1])))


def check_names(candidates: Sequence[Candidate]) -> None:
    """Refuse two candidates of one name.

    Raises:
        OptionError: the message says which name, and how to give another.
    """
    names = [candidate.name for candidate in candidates]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise OptionError(f"two candidates are called {twice[0]}; name one with NAME={twice[0]}")
