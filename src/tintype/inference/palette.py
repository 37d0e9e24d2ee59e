# SPDX-License-Identifier: Apache-2.0
"""Another picture's palette in the lead: of the colours that are likely here, those that it has.

A reference need not show the same things. What is taken from it is which colours occur at which
lightness. The network's own distribution at each pixel is weighed by how much more, or less, each
class occurs in the reference than the network itself would have it, at that lightness, in the whole
picture. What the network rules out stays out, so a sky does not turn green for a green reference;
where it cannot decide, the reference does.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.color.bins import JointBins
from tintype.color.curve import neighborhood
from tintype.color.luv import rgb_to_luv
from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize
from tintype.inference.engine import Engine
from tintype.inference.peaks import classes_of, joint_bins
from tintype.inference.prediction import Prediction
from tintype.spec.model import CONFIDENCE, LOG_PROBABILITIES, ModelSpec

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

_LEVELS = 12  # of lightness, between which palettes are told apart
_MIXED = 2  # times that neighbouring levels are mixed
_SIDE = 192  # pixels of the reference's short side, as it is looked at
_STRENGTH = 0.55  # power of the weights
_OWN = 0.1  # share of the network's own palette that stays in the reference's
_TINY = 1e-6


class Leader:
    """Leads what one network says by a reference's palette; threads may share it.

    Args:
        spec: the network's.
        reference: a photograph in colour.
    """

    def __init__(self, spec: ModelSpec, reference: Photograph) -> None:
        self._spec = spec
        self._bins = joint_bins(spec.bin_step)
        self._palette = smooth_palette(find_palette(reference, self._bins))  # (levels, Q)

    def __call__(
        self,
        prediction: Prediction,
        lightness: Floats,
        *,
        temperature: float | None,
        want: Collection[str],
        known: Mask | None = None,
    ) -> Prediction:
        """Lead a prediction that has log-probabilities.

        Args:
            prediction: the network's own.
            lightness: L* of the photograph, at any size.
            temperature: of the decode; by default the model's own.
            want: what there shall be beside the chroma.
            known: ``(h, w)``: places that hints say the colour of; they are left alone.

        Raises:
            ModelError: the network's classes are not those of its spec.
        """
        own = prediction.log_probabilities
        classes_of(self._spec, own)
        assert own is not None  # else it had no classes
        lightness = resize(lightness, own.shape[1:])
        led = lead(own, lightness, self._palette)
        if known is not None:
            led = np.where(known, own, led)
        mean = self._bins.decode(led, temperature or self._spec.temperature)
        chroma = self._spec.curve.apply(mean, *neighborhood(lightness[None]))
        confidence = self._bins.confidence(led)[0] if CONFIDENCE in want else None
        return replace(
            prediction,
            chroma=np.asarray(chroma, np.float32),
            confidence=None if confidence is None else np.asarray(confidence, np.float32),
            log_probabilities=led if LOG_PROBABILITIES in want else None,
        )


class LedEngine(Engine):
    """An engine led by a reference's palette, on the same loaded network.

    Args:
        engine: that predicts.
        reference: a photograph in colour.
    """

    def __init__(self, engine: Engine, reference: Photograph) -> None:
        self.spec = engine.spec
        self._session = engine._session
        self._leader = Leader(engine.spec, reference)

    def _answer(
        self,
        greys: Sequence[Floats],
        hint_planes: Floats | None,
        temperature: float,
        *,
        want: Collection[str] = (),
    ) -> Prediction:
        """What the network says, led; see :meth:`tintype.inference.engine.Engine.run`."""
        wanted = {LOG_PROBABILITIES, *want}
        own = super()._answer(greys, hint_planes, temperature, want=wanted)
        known = None if hint_planes is None else self._cells(hint_planes[2] > 0)
        return self._leader(own, greys[0], temperature=temperature, want=want, known=known)

    def _cells(self, mask: Mask) -> Mask:
        """Which of the network's output pixels have any of a mask at its input's size."""
        stride = self.spec.stride
        rows, columns = (side // stride for side in mask.shape)
        return np.asarray(mask.reshape(rows, stride, columns, stride).any(axis=(1, 3)))


def find_palette(reference: Photograph, bins: JointBins) -> Floats:
    """How often each class of chroma occurs in a photograph, level of lightness by level.

    Args:
        reference: in colour; of a grey one the palette is grey.
        bins: the classes.

    Returns:
        ``(levels, Q)`` float32; each row sums to 1, or is 0 where no pixel is so light.
    """
    pixels: NDArray[Any] = reference.pixels
    if pixels.ndim == 2:
        pixels = np.repeat(pixels[..., None], 3, axis=-1)
    scale = min(1.0, _SIDE / min(pixels.shape[:2]))
    size = tuple(max(1, round(side * scale)) for side in pixels.shape[:2])
    planes = np.ascontiguousarray(np.moveaxis(pixels, -1, 0))
    rgb = resize(planes, (size[0], size[1])) / np.float32(reference.white)
    luv = rgb_to_luv(np.clip(rgb, 0, 1))
    classes, weights = bins.encode(luv[1:])  # (4, h, w) each
    return _count(classes, weights, luv[0], bins.count)


def smooth_palette(palette: Floats) -> Floats:
    """Let what is just as light have nearly the same palette, lest texture become patches.

    Args:
        palette: ``(levels, Q)``, from :func:`find_palette`.

    Returns:
        The same, mixed over levels next to each other.
    """
    for _ in range(_MIXED):
        padded = np.pad(palette, ((1, 1), (0, 0)), mode="edge")
        palette = np.asarray((padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4, np.float32)
    sums = palette.sum(axis=1, keepdims=True)
    return np.asarray(palette / np.maximum(sums, _TINY), np.float32)


def lead(log_probabilities: Floats, lightness: Floats, palette: Floats) -> Floats:
    """Weigh a distribution by a palette.

    Args:
        log_probabilities: ``(Q, h, w)``, natural logarithms.
        lightness: ``(h, w)``, L*.
        palette: ``(levels, Q)``, from :func:`find_palette`.

    Returns:
        ``(Q, h, w)`` float32, natural logarithms; each pixel's probabilities sum to 1.
    """
    count = len(log_probabilities)
    probabilities = np.exp(log_probabilities)
    classes = np.broadcast_to(np.arange(count)[:, None, None], probabilities.shape)
    own = _count(classes, probabilities, lightness, count)  # (levels, Q)
    known = palette.sum(axis=1, keepdims=True) > 0
    mixed = np.where(known, (1 - _OWN) * palette + _OWN * own, own)
    gain = _STRENGTH * (np.log(mixed + _TINY) - np.log(own + _TINY))  # (levels, Q)
    at = lightness * (_LEVELS / 100) - 0.5  # between two levels' middles
    below = np.clip(np.floor(at).astype(int), 0, _LEVELS - 2)
    share = np.clip(at - below, 0, 1).astype(np.float32)  # (h, w)
    led = log_probabilities + (1 - share) * gain.T[:, below] + share * gain.T[:, below + 1]
    most = led.max(axis=0)
    return np.asarray(led - most - np.log(np.exp(led - most).sum(axis=0)), np.float32)


def _count(classes: NDArray[Any], weights: NDArray[Any], lightness: Floats, count: int) -> Floats:
    """``(levels, Q)``: shares of classes, given by ``(n, h, w)`` with weights, at each level."""
    level = np.clip(lightness * (_LEVELS / 100), 0, _LEVELS - 1).astype(int)
    index = level[None] * count + classes
    table = np.bincount(index.ravel(), weights.ravel(), _LEVELS * count).reshape(_LEVELS, count)
    return np.asarray(table / np.maximum(table.sum(axis=1, keepdims=True), _TINY), np.float32)
