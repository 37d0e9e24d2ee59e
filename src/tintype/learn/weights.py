# SPDX-License-Identifier: Apache-2.0
"""Released weights: a network's state as safetensors, a few megabytes in float16.

Where a network has several members, the first one's tensors have their own names, and those of the
others a prefix: ``1.`` for the second, and so on.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor

from tintype.errors import ModelError
from tintype.imaging.atomic import write_whole
from tintype.learn.network import Network
from tintype.spec.models import FOLDER, find_model

_DECODER = "decoder."


def find_weights(model: str) -> Path:
    """The safetensors file of a released network by its name, or a file of the caller's own.

    Raises:
        OptionError: there is no such network.
        ModelError: the network has no weights file beside it.
    """
    if model.endswith(".safetensors"):
        return Path(model)
    file = (FOLDER / find_model(model).file).with_suffix(".safetensors")
    if not file.is_file():
        raise ModelError(f"{model} has no weights to start from: {file} is missing")
    return file


def save_weights(networks: Sequence[Network], file: Path) -> None:
    """Write members' states as safetensors: parameters in float16, statistics as they are.

    Raises:
        OutputError: the file cannot be written; one that was there before is as it was.
    """
    tensors = {}
    for member, network in enumerate(networks):
        parameters = {name for name, _ in network.named_parameters()}
        for name, tensor in network.state_dict().items():
            kept = tensor.half() if name in parameters else tensor
            tensors[_prefix(member) + name] = kept.contiguous().clone()
    write_whole(save(tensors), file, overwrite=True)


def load_weights(network: Network, file: Path, *, member: int | None = None) -> None:
    """Start ``network`` from released weights; parts that are new to it stay as they are.

    Args:
        network: to be changed.
        file: safetensors.
        member: whose weights, counted from 0, which must then be whole; by default those of which
            most fit.

    Raises:
        ModelError: ``file`` cannot be read, nothing in it fits the network, or of a ``member``
            that was asked for not everything.
    """
    released, own = _read(file), network.state_dict()
    members = range(count_members(file)) if member is None else [member]
    states = [_rename(_state_of(released, each), network) for each in members]
    fitting = max((_choose(state, own) for state in states), key=len)
    if not fitting or (member is not None and len(fitting) < len(own)):
        raise ModelError(
            f"{file} holds the weights of another network: "
            f"of {len(own)} tensors {len(fitting)} are there"
        )
    network.load_state_dict(fitting, strict=False)


def mean_weights(networks: Sequence[Network]) -> Network:
    """The first of some networks of one kind, with the mean of all their weights and statistics.

    What a network has learnt anew and what it knew before are both in the mean of it and of the one
    that it started from, for they lie close together.

    Source: Wortsman et al. 2022 (arXiv 2109.01903), section 3.
    """
    states = [network.state_dict() for network in networks]
    mean = {
        name: sum(state[name] for state in states) / len(states)
        if tensor.is_floating_point()
        else tensor
        for name, tensor in states[0].items()
    }
    networks[0].load_state_dict(mean)
    return networks[0]


def _state_of(released: Mapping[str, Tensor], member: int) -> dict[str, Tensor]:
    """A member's tensors, by their own names."""
    prefix = _prefix(member)
    return {
        name.removeprefix(prefix): tensor
        for name, tensor in released.items()
        if name.startswith(prefix) and not name.removeprefix(prefix)[0].isdigit()
    }


def _rename(state: Mapping[str, Tensor], network: Network) -> dict[str, Tensor]:
    """A state with the decoder's tensors as the network's decoder would name them."""
    inside = {k.removeprefix(_DECODER): t for k, t in state.items() if k.startswith(_DECODER)}
    renamed = {_DECODER + k: t for k, t in network.decoder.rename(inside).items()}
    return {k: t for k, t in state.items() if not k.startswith(_DECODER)} | renamed


def _choose(state: Mapping[str, Tensor], own: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The tensors that a network has too, of the same shape, as the network has them."""
    return {
        name: state[name].to(tensor.dtype)
        for name, tensor in own.items()
        if name in state and state[name].shape == tensor.shape
    }


def count_members(file: Path) -> int:
    """How many networks' weights a file holds.

    Raises:
        ModelError: ``file`` cannot be read.
    """
    leading = {name.partition(".")[0] for name in _read(file)}
    return 1 + sum(each.isdigit() for each in leading)


def _read(file: Path) -> dict[str, Tensor]:
    try:
        tensors: dict[str, Tensor] = load_file(file)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"cannot read weights from {file}: {error}") from error
    return tensors


def _prefix(member: int) -> str:
    return f"{member}." if member else ""
