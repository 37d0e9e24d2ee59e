# SPDX-License-Identifier: Apache-2.0
"""Released weights: a network's state as safetensors, a few megabytes in float16."""

from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from tintype.errors import ModelError
from tintype.learn.network import Network
from tintype.spec.models import FOLDER, find_model


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


def save_weights(network: Network, file: Path) -> None:
    """Write the network's state as safetensors: parameters in float16, statistics as they are."""
    parameters = {name for name, _ in network.named_parameters()}
    save_file(
        {
            name: (tensor.half() if name in parameters else tensor).contiguous().clone()
            for name, tensor in network.state_dict().items()
        },
        file,
    )


def load_weights(network: Network, file: Path) -> None:
    """Start ``network`` from released weights; parts that are new to it stay as they are.

    Raises:
        ModelError: ``file`` cannot be read, or nothing in it fits the network.
    """
    try:
        released = load_file(file)
    except (OSError, ValueError, SafetensorError) as error:
        raise ModelError(f"cannot read weights from {file}: {error}") from error
    own = network.state_dict()
    fitting = {
        name: tensor.to(own[name].dtype)
        for name, tensor in released.items()
        if name in own and own[name].shape == tensor.shape
    }
    if not fitting:
        raise ModelError(f"{file} holds the weights of another network than {type(network)}")
    network.load_state_dict(fitting, strict=False)
