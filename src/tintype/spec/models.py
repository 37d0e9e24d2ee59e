# SPDX-License-Identifier: Apache-2.0
"""The table of networks that tintype carries, and how any other is found by its path.

The files lie in ``tintype/models``, inside the installed package. A caller's own network is an
ONNX file with the tensors of :mod:`tintype.spec.model` and the spec in its metadata, as
``tintype.learn.export`` writes it.
"""

import hashlib
from pathlib import Path

from tintype.errors import ModelError, OptionError
from tintype.spec.model import METADATA_KEY, Look, ModelSpec
from tintype.spec.onnx import read_metadata

FOLDER = Path(__file__).parents[1] / "models"

MODELS: dict[str, ModelSpec] = {
    spec.name: spec
    for spec in (
        ModelSpec(
            name="tintype-s",
            file="tintype-s.onnx",
            sha256="56b27b72c74d9b5ff77b184905a2391939550ef2c2beda575ea607f4231082fd",
            size=160,
            multiple=32,
            stride=4,
            temperature=0.5,
            gain=2.35,
            power=1.6,
            limit=1.6,
            turn=(-0.044, -0.048, 0.056, -0.009),
            correction=0.05,
            restraint=0.009,
            members=2,
            looks=(
                Look(scale=0.8, mirrored=True, member=1),
                Look(scale=1.4, mirrored=False, member=0),
                Look(scale=1.0, mirrored=False, member=1),
            ),
            bin_step=12.0,
            hints=True,
            parameters=3_072_178,
            license="research only",
            card="models/tintype-s.md",
        ),
    )
}


def find_model(model: str | Path) -> ModelSpec:
    """Look a network up by its name in :data:`MODELS`, or by the path of its ONNX file.

    Raises:
        OptionError: neither a name nor a file; the message lists the names.
        ModelError: the file is not a network that tintype exported.
    """
    if str(model) in MODELS:
        return MODELS[str(model)]
    path = Path(model)
    if path.suffix != ".onnx" or not path.is_file():
        raise OptionError(
            f"no model {str(model)!r}: give the path of an .onnx file, or one of "
            f"{', '.join(MODELS)}"
        )
    data = path.read_bytes()
    text = read_metadata(data, name=str(path)).get(METADATA_KEY)
    if text is None:
        raise ModelError(
            f"{path} has no {METADATA_KEY!r} metadata, so its tensors are unknown; export the "
            f"network with tintype"
        )
    return ModelSpec.from_json(
        text, file=str(path.resolve()), sha256=hashlib.sha256(data).hexdigest()
    )


def read_model(spec: ModelSpec) -> bytes:
    """Read a network's ONNX file and verify its checksum.

    Raises:
        ModelError: the file is missing or not the one that the table means.
    """
    path = FOLDER / spec.file  # a path of the caller's own stays itself where it is absolute
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"cannot read the network {spec.name} at {path}: {error.strerror}; "
            f"install tintype again: pip install --force-reinstall tintype"
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != spec.sha256:
        raise ModelError(
            f"{path} is not the network {spec.name} that was released (sha256 {found[:12]}…, "
            f"expected {spec.sha256[:12]}…); install tintype again: "
            f"pip install --force-reinstall tintype"
        )
    return data
