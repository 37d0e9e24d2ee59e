# SPDX-License-Identifier: Apache-2.0
"""Published weights of VGG16: found by name or by file, checked, and put in place.

torchvision numbers the layers of ``features`` in order, pooling and ReLU included, so a
convolution's number depends on whether batch norm stands between. Its files carry the first
eight digits of their SHA-256 in their names, and a download is kept only if they agree.

Source: torchvision's model files (weights: ImageNet terms, code BSD-3-Clause); Simonyan &
Zisserman's Caffe model, CC BY 4.0.
"""

import hashlib
import os
import pickle
import shutil
import tempfile
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from tintype.errors import ModelError

PUBLISHED = {
    "vgg16": "https://download.pytorch.org/models/vgg16-397923af.pth",
    "vgg16_bn": "https://download.pytorch.org/models/vgg16_bn-6c64b313.pth",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A place for published weights: a convolution and the batch norm behind it, if any."""

    block: int  # from 1, as in conv3_2
    index: int  # within the block, from 1
    conv: nn.Conv2d
    norm: nn.BatchNorm2d | None


@dataclass(frozen=True, slots=True)
class Loaded:
    """What was loaded."""

    origin: str  # where the weights come from, in words
    layers: int  # how many, from the first
    scaling: str  # of the input they were trained with: torchvision or caffe


def load_weights(weights: Path, layers: Sequence[Layer], *, norm: str) -> Loaded:
    """Put published weights into an encoder's layers.

    Args:
        weights: a name, or a file; see :meth:`tintype.learn.encoders.vgg16.VGG16.load_imagenet`.
        layers: in order, from conv1_1.
        norm: the encoder's way with batch norm.

    Raises:
        ModelError: the file is missing, altered, or of another network.
    """
    name = str(weights)
    file = fetch_weights(name) if name in PUBLISHED and not weights.exists() else weights
    state = _read(file)
    if "conv1_1.weight" in state:
        _check_norm(file, found="without", norm=norm)
        return _load_caffe(layers, state, file)
    if "features.0.weight" in state:
        found = "with" if "features.1.weight" in state else "without"
        _check_norm(file, found=found, norm=norm)
        return _load_torchvision(layers, state, file, with_norm=found == "with")
    raise ModelError(
        f"{file} is no VGG16: it has neither torchvision's features.0.weight nor Caffe's "
        f"conv1_1.weight, but {', '.join(sorted(state)[:3])} …"
    )


def fetch_weights(name: str, *, cache: Path | None = None) -> Path:
    """Find a published file in the cache, or download it there once.

    Args:
        name: a key of :data:`PUBLISHED`.
        cache: where to keep it; by default PyTorch's own cache, which torchvision uses too.

    Raises:
        ModelError: it cannot be downloaded, or what came is not what was published.
    """
    url = PUBLISHED[name]
    folder = cache or Path(torch.hub.get_dir()) / "checkpoints"
    file = folder / url.rpartition("/")[2]
    if not file.exists():
        _download(url, file)
    expected = file.stem.rpartition("-")[2]
    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    if not digest.startswith(expected):
        raise ModelError(
            f"{file} is not what was published as {name}: its SHA-256 begins with "
            f"{digest[: len(expected)]}, not {expected}; remove it and try again"
        )
    return file


def _download(url: str, file: Path) -> None:
    """Download beside the place where it belongs, and move it there when it is whole."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as target, urllib.request.urlopen(url) as source:  # noqa: S310 - https, from the table above
            shutil.copyfileobj(source, target)
        Path(partial).replace(file)
    except OSError as error:
        Path(partial).unlink(missing_ok=True)
        raise ModelError(
            f"cannot download {url}: {error}; download it elsewhere and give the file instead"
        ) from error


def _read(file: Path) -> dict[str, Tensor]:
    if not file.exists():
        raise ModelError(
            f"no VGG16 weights at {file}; give one of {', '.join(PUBLISHED)} to download them, or "
            "a file"
        )
    try:
        if file.suffix == ".safetensors":
            return load_file(file)
        state: dict[str, Tensor] = torch.load(file, map_location="cpu", weights_only=True)
    except (OSError, SafetensorError, pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise ModelError(f"cannot read VGG16 weights from {file}: {error}") from error
    return state


def _check_norm(file: Path, *, found: str, norm: str) -> None:
    if (found == "with") != (norm == "published"):
        raise ModelError(
            f"{file} is VGG16 {found} batch norm; the encoder's norm is {norm!r}: vgg16_bn goes "
            "with 'published', every other file with 'identity' or 'none'"
        )


def _load_torchvision(
    layers: Sequence[Layer], state: Mapping[str, Tensor], file: Path, *, with_norm: bool
) -> Loaded:
    number = 0  # in `features`, which counts ReLU and pooling too
    for layer, following in zip_longest(layers, layers[1:]):
        _copy(layer.conv, state, f"features.{number}", file)
        if with_norm and layer.norm is not None:
            _copy(layer.norm, state, f"features.{number + 1}", file)
        pooled = following is not None and following.block > layer.block
        number += (3 if with_norm else 2) + pooled
    name = "vgg16_bn" if with_norm else "vgg16"
    return Loaded(f"torchvision's {name}, trained on ImageNet", len(layers), "torchvision")


def _load_caffe(layers: Sequence[Layer], state: Mapping[str, Tensor], file: Path) -> Loaded:
    names = [f"conv{layer.block}_{layer.index}" for layer in layers]
    count = next((i for i, name in enumerate(names) if f"{name}.weight" not in state), len(names))
    for layer, name in zip(layers[:count], names, strict=False):
        _copy(layer.conv, state, name, file)
    rest = f"; {', '.join(names[count:])} are new" if count < len(names) else ""
    return Loaded(f"Caffe VGG16, conv1_1 to {names[count - 1]}{rest}", count, "caffe")


def _copy(module: nn.Module, state: Mapping[str, Tensor], layer: str, file: Path) -> None:
    """Copy what the published layer has of the module's parameters and statistics."""
    for name, own in module.state_dict().items():
        published = state.get(f"{layer}.{name}")
        if published is None and name == "num_batches_tracked":
            continue  # files from before PyTorch counted
        if published is None or published.shape != own.shape:
            found = "is missing" if published is None else f"is {tuple(published.shape)}"
            raise ModelError(
                f"{file} does not fit: {layer}.{name} {found}, this encoder needs "
                f"{tuple(own.shape)} (width 1.0 does)"
            )
        own.copy_(published)
