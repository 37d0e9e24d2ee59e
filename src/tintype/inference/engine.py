# SPDX-License-Identifier: Apache-2.0
"""The engine: how a photograph of any size is brought to the network, and what comes back.

The network sees the whole photograph, never a crop and never squashed: scaled so that its short
side is ``size``, and padded by its own edge to the multiple that the network needs. Both scaled
sides are whole numbers of the network's output pixels, so that what is left of the chroma after the
padding is cut off covers the photograph exactly. A photograph more than eight times as long as wide
is scaled by its long side instead, which bounds the work. A network may look more than once, at
other sizes and at the mirror image, and with another of its members; what they find is averaged.
Where it is to see more than its own size, it looks from afar and from near
(:mod:`tintype.inference.scales`). Hints are held to (:mod:`tintype.inference.hinting`).
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
from tintype.inference.scales import merge, scale_hints
from tintype.inference.session import Session
from tintype.spec.hints import Hint, hints_to_planes
from tintype.spec.model import (
    CHROMA,
    CONFIDENCE,
    GREY,
    HINTS,
    LOG_PROBABILITIES,
    LOOKS,
    OTHERS,
    TEMPERATURE,
    Look,
    ModelSpec,
    features_of,
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
        greys = [resize(lightness, each) for each in self.sizes(photograph, size)]
        planes = hints_to_planes(hints, greys[0], photograph) if hints else None
        return self.run(greys, planes, temperature=temperature, want=want)

    def run(
        self,
        greys: Sequence[NDArray[np.float32]],
        hint_planes: NDArray[np.float32] | None = None,
        *,
        temperature: float | None = None,
        want: Collection[str] = (),
    ) -> Prediction:
        """Predict from planes that are at the network's sizes already.

        Args:
            greys: ``(h, w)`` float32 each, L* in [0, 100]: the photograph at all :meth:`sizes`.
            hint_planes: ``(3, h, w)`` float32, from :func:`tintype.spec.hints.hints_to_planes`, at
                the first of the sizes; None without hints.
            temperature: as in :meth:`predict`.
            want: as in :meth:`predict`.

        Returns:
            The prediction, as from :meth:`predict`.

        Raises:
            OptionError: there are hints, and the network takes none.
            ModelError: the network failed, mostly for want of memory.
            ValueError: there are fewer or more greys than sizes, one is not whole blocks of the
                network, or ``temperature`` is not above 0.
        """
        stride, looks = self.spec.stride, len(self.spec.looks)
        if len(greys) not in (1 + looks, 2 + looks):
            raise ValueError(f"there must be a grey for each of the sizes, got {len(greys)}")
        for grey in greys:
            if grey.ndim != 2 or grey.size == 0 or any(side % stride for side in grey.shape):
                raise ValueError(f"grey must be (h, w), multiples of {stride}, got {grey.shape}")
        temperature = self.spec.temperature if temperature is None else temperature
        if not temperature > 0:  # also so for NaN
            raise ValueError(f"temperature must be above 0, got {temperature}")
        if hint_planes is not None and not self.spec.hints:
            raise OptionError(f"the network {self.spec.name} takes no hints; choose one that does")
        afar = greys[-1 - looks :]
        planes = _at_size_of(afar[0], hint_planes)
        far = self._answer(afar, planes, temperature, want=want)
        if planes is not None:
            far = replace(far, chroma=hold_hints(far.chroma, afar[0], planes))
        if len(greys) == len(afar):
            return far
        return merge(far, self._answer(greys[:1], hint_planes, temperature))

    def _answer(
        self,
        greys: Sequence[NDArray[np.float32]],
        hint_planes: NDArray[np.float32] | None,
        temperature: float,
        *,
        want: Collection[str] = (),
    ) -> Prediction:
        """What the network says, not held to hints, of the first grey and further looks' if any."""
        rows, columns = (side // self.spec.stride for side in greys[0].shape)
        others = [
            resize(
                self._glance(look, grey, _at_size_of(grey, hint_planes), temperature),
                (rows, columns),
            )
            for grey, look in zip(greys[1:], self.spec.looks, strict=False)
        ]
        found = self._look(greys[0], hint_planes, temperature, [CHROMA, *want], others)
        return Prediction(
            chroma=found[CHROMA],
            confidence=found[CONFIDENCE][0] if CONFIDENCE in found else None,
            log_probabilities=found.get(LOG_PROBABILITIES),
        )

    def _glance(
        self,
        look: Look,
        grey: NDArray[np.float32],
        hint_planes: NDArray[np.float32] | None,
        temperature: float,
    ) -> NDArray[np.float32]:
        """The features ``(C, h, w)`` of a further look; those of a mirror image are turned back."""
        turn = np.s_[..., ::-1] if look.mirrored else np.s_[...]
        planes = None if hint_planes is None else hint_planes[turn]
        name = features_of(look.member)
        features = self._look(grey[turn], planes, temperature, [name])[name]
        return np.ascontiguousarray(features[turn])

    def _look(
        self,
        grey: NDArray[np.float32],
        hint_planes: NDArray[np.float32] | None,
        temperature: float,
        want: Collection[str],
        others: Sequence[NDArray[np.float32]] = (),
    ) -> dict[str, NDArray[np.float32]]:
        """Run the network once.

        Args:
            grey: as of :meth:`run`, like the two that follow.
            hint_planes: if there are any.
            temperature: above 0.
            want: names of outputs.
            others: features of other looks, ``(C, h, w)`` each.

        Returns:
            The outputs ``(C, h, w)``, without what the padding has added.
        """
        padded = self._pad(grey)
        feeds = {GREY: padded[None, None], TEMPERATURE: np.asarray(temperature, dtype=np.float32)}
        if self.spec.hints:
            planes = np.zeros((3, *grey.shape), np.float32) if hint_planes is None else hint_planes
            feeds[HINTS] = self._pad(planes)[None]
        stride = self.spec.stride
        rows, columns = (side // stride for side in grey.shape)
        if self.spec.looks:
            height, width = (side // stride for side in padded.shape)
            total = np.zeros((1, self._session.features, height, width), np.float32)
            for features in others:
                total[0, :, :rows, :columns] += features
            feeds |= {OTHERS: total, LOOKS: np.asarray(1 + len(others), dtype=np.float32)}
        outputs = self._session.run(list(want), feeds)
        return {name: output[0, :, :rows, :columns] for name, output in outputs.items()}

    def sizes(self, photograph: tuple[int, int], size: int | None = None) -> list[tuple[int, int]]:
        """The (h, w) at which the network sees a photograph of (H, W) pixels.

        Args:
            photograph: its (H, W).
            size: short side in pixels; by default the model's own.

        Returns:
            That of the look from near, where ``size`` is more than the network's own; then that of
            the first look from afar, and those of further looks.
        """
        spec = self.spec
        afar = min(size or spec.size, spec.size)
        sides = [afar, *(look.scale * afar for look in spec.looks)]
        found = [network_size(photograph, size=side, stride=spec.stride) for side in sides]
        near = network_size(photograph, size=size or spec.size, stride=spec.stride)
        return found if near == found[0] else [near, *found]

    def _pad(self, planes: NDArray[np.float32]) -> NDArray[np.float32]:
        """``(..., h, w)``: repeat the last row and column up to the network's multiple."""
        below, right = (-side % self.spec.multiple for side in planes.shape[-2:])
        leading = [(0, 0)] * (planes.ndim - 2)
        return np.pad(planes, [*leading, (0, below), (0, right)], mode="edge")


def _at_size_of(
    grey: NDArray[np.float32], hint_planes: NDArray[np.float32] | None
) -> NDArray[np.float32] | None:
    if hint_planes is None or hint_planes.shape[1:] == grey.shape:
        return hint_planes
    return scale_hints(hint_planes, (grey.shape[0], grey.shape[1]))


def network_size(photograph: tuple[int, int], *, size: float, stride: int) -> tuple[int, int]:
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
