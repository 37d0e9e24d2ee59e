# SPDX-License-Identifier: Apache-2.0
"""The engine: how a photograph of any size is brought to the network, and what comes back.

The network sees the whole photograph, never a crop and never squashed: scaled so that its short
side is ``size``, and padded by its own edge to the multiple that the network needs. Both scaled
sides are whole numbers of the network's output pixels, so that what is left of the chroma after the
padding is cut off covers the photograph exactly. A photograph more than eight times as long as wide
is scaled by its long side instead, which bounds the work. Where it is to see more than its own
size, it looks twice (:mod:`tintype.inference.scales`). Hints are held to
(:mod:`tintype.inference.hinting`).
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tintype.errors import OptionError
from tintype.imaging.resize import resize
from tintype.inference.devices import AUTO
from tintype.inference.hinting import hold_hints
from tintype.inference.prediction import Prediction
from tintype.inference.scales import merge, shrink_hints
from tintype.inference.session import Session
from tintype.spec.hints import Hint, hints_to_planes
from tintype.spec.model import (
    CHROMA,
    CONFIDENCE,
    GREY,
    HINTS,
    LOG_PROBABILITIES,
    TEMPERATURE,
    ModelSpec,
)

_LONGEST_BY_SIZE = 8  # the long side that the network sees, at most so many times `size`,
_LONGEST = 4096  # and at most so many pixels


class Engine:
    """A loaded network. It keeps nothing of a photograph; threads may share it.

    Args:
        spec: which network, from :func:`tintype.spec.models.find_model`.
        device: a key of :data:`tintype.inference.devices.PROVIDERS`, or ``auto``.
        threads: CPU threads of one prediction; by default one for each usable core.

    Raises:
        OptionError: there is no such device here.
        ModelError: the network's file is missing, altered, or not what its spec says.
    """

    def __init__(self, spec: ModelSpec, *, device: str = AUTO, threads: int | None = None) -> None:
        self.spec = spec
        self._session = Session(spec, device=device, threads=threads)

    @property
    def device(self) -> str:
        """Where the network really runs: a key of :data:`tintype.inference.devices.PROVIDERS`."""
        return self._session.device

    def predict(
        self,
        lightness: NDArray[np.float32],
        *,
        temperature: float | None = None,
        size: int | None = None,
        hints: Sequence[Hint] = (),
        want: Collection[str] = (),
    ) -> Prediction:
        """Predict one photograph's chroma.

        Args:
            lightness: ``(H, W)`` float32, L* in [0, 100], any H, W >= 1.
            temperature: above 0; 1 decodes the distribution's mean, towards 0 its mode; by
                default the model's own.
            size: short side in pixels that the network sees; by default the model's own.
            hints: in pixels of ``lightness``.
            want: what to compute beside the chroma: ``confidence``, ``log_probabilities``.

        Returns:
            The prediction; its (h, w) covers the photograph exactly, at the same aspect ratio.

        Raises:
            OptionError: a hint lies outside the photograph, or the network takes none.
            ModelError: the network failed, mostly for want of memory.
            ValueError: ``lightness`` is not a plane with pixels, or ``temperature`` not above 0.
        """
        if lightness.ndim != 2 or lightness.size == 0:
            raise ValueError(f"lightness must be (H, W) with H, W >= 1, got {lightness.shape}")
        photograph = lightness.shape[0], lightness.shape[1]  # H, W
        grey = resize(lightness, self.network_size(photograph, size))
        planes = hints_to_planes(hints, grey, photograph) if hints else None
        return self.run(grey, planes, temperature=temperature, want=want)

    def run(
        self,
        grey: NDArray[np.float32],
        hint_planes: NDArray[np.float32] | None = None,
        *,
        temperature: float | None = None,
        want: Collection[str] = (),
    ) -> Prediction:
        """Predict from a plane that is at the network's size already.

        Args:
            grey: ``(h, w)`` float32, L* in [0, 100]; h and w from :meth:`network_size`.
            hint_planes: ``(3, h, w)`` float32, from :func:`tintype.spec.hints.hints_to_planes`;
                None without hints.
            temperature: as in :meth:`predict`.
            want: as in :meth:`predict`.

        Returns:
            The prediction, as from :meth:`predict`.

        Raises:
            OptionError: there are hints, and the network takes none.
            ModelError: the network failed, mostly for want of memory.
            ValueError: ``grey`` is not whole blocks of the network, or ``temperature`` not above 0.
        """
        near = self._look(grey, hint_planes, temperature=temperature, want=want)
        small = self.network_size((grey.shape[0], grey.shape[1]))
        if small[0] >= grey.shape[0] and small[1] >= grey.shape[1]:
            return _hold(near, grey, hint_planes)
        planes = None if hint_planes is None else shrink_hints(hint_planes, small)
        afar = resize(grey, small)
        far = self._look(afar, planes, temperature=temperature, want=want)
        return merge(_hold(far, afar, planes), near)

    def _look(
        self,
        grey: NDArray[np.float32],
        hint_planes: NDArray[np.float32] | None,
        *,
        temperature: float | None,
        want: Collection[str],
    ) -> Prediction:
        """One pass through the network; arguments and errors as of :meth:`run`."""
        stride = self.spec.stride
        if grey.ndim != 2 or grey.size == 0 or any(side % stride for side in grey.shape):
            raise ValueError(f"grey must be (h, w), multiples of {stride}, got {grey.shape}")
        temperature = self.spec.temperature if temperature is None else temperature
        if not temperature > 0:  # also so for NaN
            raise ValueError(f"temperature must be above 0, got {temperature}")
        feeds = {
            GREY: self._pad(grey)[None, None],  # (1, 1, padded h, padded w)
            TEMPERATURE: np.asarray(temperature, dtype=np.float32),
        }
        if self.spec.hints:
            planes = np.zeros((3, *grey.shape), np.float32) if hint_planes is None else hint_planes
            feeds[HINTS] = self._pad(planes)[None]
        elif hint_planes is not None:
            raise OptionError(f"the network {self.spec.name} takes no hints; choose one that does")
        outputs = self._session.run([CHROMA, *want], feeds)
        rows, columns = (side // stride for side in grey.shape)
        covered = {name: output[0, :, :rows, :columns] for name, output in outputs.items()}
        return Prediction(
            chroma=covered[CHROMA],
            confidence=covered[CONFIDENCE][0] if CONFIDENCE in covered else None,
            log_probabilities=covered.get(LOG_PROBABILITIES),
        )

    def network_size(self, photograph: tuple[int, int], size: int | None = None) -> tuple[int, int]:
        """The (h, w) at which the network sees a photograph of (H, W) pixels.

        Args:
            photograph: its (H, W).
            size: short side in pixels; by default the model's own.
        """
        return network_size(photograph, size=size or self.spec.size, stride=self.spec.stride)

    def _pad(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(..., h, w)``: repeat the last row and column up to the network's multiple."""
        below, right = (-side % self.spec.multiple for side in planes.shape[-2:])
        leading = [(0, 0)] * (planes.ndim - 2)
        return np.pad(planes, [*leading, (0, below), (0, right)], mode="edge")


def _hold(
    prediction: Prediction, grey: NDArray[np.float32], planes: NDArray[np.float32] | None
) -> Prediction:
    """Bring what was predicted from ``grey`` to the hints in ``planes``, if there are any."""
    if planes is None:
        return prediction
    return replace(prediction, chroma=hold_hints(prediction.chroma, grey, planes))


def network_size(photograph: tuple[int, int], *, size: int, stride: int) -> tuple[int, int]:
    """The size at which the network sees a photograph.

    Args:
        photograph: its (H, W), pixels.
        size: what the short side shall be, pixels.
        stride: network input pixels per output pixel.

    Returns:
        (h, w), multiples of ``stride``: the photograph's sides scaled by one factor, each to the
        nearest multiple, with the long side bounded as this module's head says.
    """
    longest = min(_LONGEST_BY_SIZE * size, _LONGEST)
    scale = min(size / min(photograph), longest / max(photograph))
    height, width = (stride * max(1, round(side * scale / stride)) for side in photograph)
    return height, width
