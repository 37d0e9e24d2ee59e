# SPDX-License-Identifier: Apache-2.0
"""What an ImageNet classifier says of the pictures: a MobileNetV2 that the caller has on disk.

It gives each picture a class and 1,280 features. The record gets *top-1 agreement*, the share of
photographs on which its answer is the one it gives on the true photograph, and the *Fréchet
distance* between the features of the colourings and those of the true photographs. The latter is
not FID (other features, other resizing): it compares the candidates of one record, nothing else.

Every picture is scaled to a short side of 224, and its middle square is looked at.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tintype.evaluate.examination import TRUE, Evidence, Pictures, Sighting
from tintype.evaluate.measures import Row
from tintype.evaluate.mobilenet import FEATURES, LOGITS, RGB, build_graph, read_layers
from tintype.imaging.resize import resize
from tintype.inference.runtime import ort
from tintype.metrics.semantics import frechet_distance
from tintype.records.provenance import hash_file

_SIDE = 224  # pixels of the square that the network was trained on
_ERRORS_ONLY = 3  # log severity of ONNX Runtime


class Classifier:
    """A MobileNetV2 on ONNX Runtime; threads share it.

    Args:
        file: its weights, laid out as :mod:`tintype.evaluate.mobilenet` says.

    Raises:
        ModelError: the file cannot be read, or holds another network.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1  # the evaluation's own threads are enough
        options.log_severity_level = _ERRORS_ONLY
        graph = build_graph(read_layers(file))
        self._session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])

    def describe(self) -> Mapping[str, Any]:
        """File, checksum, and what it looks at."""
        return {
            "kind": "classifier",
            "network": "MobileNetV2",
            "file": self._file.name,
            "sha256": hash_file(self._file),
            "resize": f"middle square at {_SIDE} x {_SIDE}",
        }

    def classify(
        self, pictures: Sequence[NDArray[np.float32]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The most likely class of each picture, and its features.

        Args:
            pictures: N times ``(3, H, W)`` float32 encoded sRGB in [0, 1].

        Returns:
            ``(N,)`` int64, and ``(N, D)`` float32.
        """
        batch = np.stack([_cut(picture) for picture in pictures]) * 2 - 1
        logits, features = self._session.run([LOGITS, FEATURES], {RGB: batch})
        return np.asarray(logits.argmax(axis=1)), np.asarray(features)

    def look(self, pictures: Pictures) -> Sighting:
        """Whether each picture is taken for what the true one is; features are the evidence."""
        answers, features = self.classify(list(pictures.values()))
        said = dict(zip(pictures, answers.tolist(), strict=True))
        agreement = {
            name: {"agreement": float(answer == said[TRUE])} for name, answer in said.items()
        }
        del agreement[TRUE]
        return Sighting(rows=agreement, evidence=dict(zip(pictures, features, strict=True)))

    def conclude(self, evidence: Sequence[Evidence]) -> Mapping[str, Row]:
        """Fréchet distances; none for a single photograph, which has no covariance."""
        return {name: {"frechet": value} for name, value in frechet_distances(evidence).items()}


def frechet_distances(evidence: Sequence[Evidence]) -> dict[str, float]:
    """Fréchet distance of each candidate's features to the true photographs'.

    Args:
        evidence: of each photograph, the features ``(D,)`` of its pictures by name.

    Returns:
        By candidate; empty for fewer than two photographs.
    """
    if len(evidence) < 2:
        return {}
    clouds = {name: np.stack([seen[name] for seen in evidence]) for name in evidence[0]}
    true = clouds.pop(TRUE)
    return {name: frechet_distance(cloud, true) for name, cloud in clouds.items()}


def _cut(picture: NDArray[np.float32]) -> NDArray[np.float32]:
    """``(3, H, W)`` to its middle square, ``(3, 224, 224)``."""
    height, width = picture.shape[1:]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = np.ascontiguousarray(picture[:, top : top + side, left : left + side])
    return resize(square, (_SIDE, _SIDE))
