# SPDX-License-Identifier: Apache-2.0
"""From a trained network to the ONNX file that inference runs, and the weights beside it.

The decode is inside the graph, so that every face decodes alike; its tensors are those of
:mod:`tintype.spec.model`. Batch norms are folded into the convolutions, the weights rounded to
float16, stored so, and cast to float32 as the file is loaded.

A photograph, its mirror image and a larger copy are the same to the eye, not to a network. What it
says of them is averaged before the decode, as scores and not as colours, so that a colour which it
sees in one of them only stays faint. Two networks that were trained apart err apart, and more so:
so a file can have several members, and each look is one's. Scores are linear in the features below
them, so these are what is averaged, each member's in channels of its own.

Of the scores, the decode takes back a part of what the loss's weights for rare colours put there,
and it makes classes unlikely that no display can show at the lightness of a place and its
neighbours; and the stronger a class's colour, the more must speak for it, since a strong colour in
the wrong place is what the eye forgives least. What the distribution's mean has lost in strength, a
curve gives back, and turns its hues back too.

What a place costs after the last convolution is to go over its hundreds of classes, so that is done
as seldom as can be: the temperature divides what scores are made of, not the scores, and the bias
goes in with a penalty. Hints are put through the curve cell by cell, not pixel by pixel.
"""

import copy
import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.fusion import fuse_conv_bn_eval

from tintype.color.curve import neighborhood
from tintype.errors import OptionError
from tintype.imaging.atomic import write_whole
from tintype.learn.decoders.pyramid import HintPool, Step, pool_hints
from tintype.learn.encoders.mobilenet_v2 import Convolution
from tintype.learn.heads.joint_bins import JointBinsHead
from tintype.learn.network import Network
from tintype.learn.parts import Decoder, Encoder
from tintype.learn.weights import save_weights
from tintype.spec.model import (
    CHROMA,
    CONFIDENCE,
    GREY,
    HINTS,
    LOG_PROBABILITIES,
    LOOKS,
    METADATA_KEY,
    OTHERS,
    TEMPERATURE,
    ModelSpec,
    features_of,
)

_OPSET = 20
_SMALL = 64  # elements; smaller constants stay float32
_IMPOSSIBLE = 0.03  # nats per CIE unit that a class lies outside of what can be shown


def export(networks: Sequence[Network], spec: ModelSpec, file: Path) -> ModelSpec:
    """Write networks as ONNX to ``file``, and their rounded weights beside it (safetensors).

    Args:
        networks: the members, trained, with a :class:`JointBinsHead` of the same bins each; left as
            they are.
        spec: what the file's metadata are to say; what the networks say themselves and the
            checksum are filled in here.
        file: ``NAME.onnx``; the weights go to ``NAME.safetensors``.

    Returns:
        The completed ``spec``.

    Raises:
        OptionError: a network has no such head, or they differ in what they take or give.
        OutputError: a file cannot be written there; one that was there before is as it was.
    """
    predictor = Predictor(networks, spec)
    head = _find_head(networks[0])
    spec = replace(
        spec,
        members=len(networks),
        multiple=max(network.multiple for network in networks),
        stride=head.stride,
        bin_step=float(head.config.step),
        hints=networks[0].takes_hints,
        parameters=sum(parameter.numel() for parameter in predictor.parameters()),
    )
    model = halve_constants(trace(predictor, hints=spec.hints, looks=bool(spec.looks)))
    metadata = model.metadata_props.add()
    metadata.key, metadata.value = METADATA_KEY, spec.to_json()
    data = model.SerializeToString()
    write_whole(data, file, overwrite=True)
    save_weights(networks, file.with_suffix(".safetensors"))
    return replace(spec, sha256=hashlib.sha256(data).hexdigest())


class Predictor(nn.Module):
    """Networks with their decode, as exported: folded, rounded, float32 arithmetic.

    Args:
        networks: the members, trained, with a :class:`JointBinsHead` of the same bins each; left as
            they are.
        spec: of which the decode's ``correction``, ``restraint`` and ``curve`` are taken.

    Raises:
        OptionError: a network has no such head, or they differ in what they take or give.
    """

    centers: Tensor
    penalties: Tensor

    def __init__(self, networks: Sequence[Network], spec: ModelSpec) -> None:
        super().__init__()
        if len({_describe(network) for network in networks}) != 1:
            raise OptionError("members must take and give alike: hints or none, bins, strides")
        folded = [fold_norms(copy.deepcopy(network).float().eval()) for network in networks]
        heads = [_find_head(network) for network in folded]
        for head in heads:
            head.correct(spec.correction)
            head.restrain(spec.restraint)
        self.weight, self.bias = _join_scores([head.scores for head in heads])
        self.members = nn.ModuleList()
        before = 0
        for network in folded:
            self.members.append(Member(network, before=before, of=self.weight.shape[1]))
            before += network.decoder.out_channels + (before > 0)
        self.stride = heads[0].stride
        self.curve = spec.curve
        bins = heads[0].bins
        self.register_buffer("centers", torch.from_numpy(bins.centers))
        outside = torch.from_numpy(bins.outside(np.arange(101.0)))  # by whole L*
        penalties = (_IMPOSSIBLE * outside).half().float()  # as the file will have them
        self.register_buffer("penalties", penalties)  # (101, Q)
        round_weights(self)

    def forward(
        self,
        grey: Tensor,
        temperature: Tensor,
        hints: Tensor | None = None,
        others: Tensor | None = None,
        looks: Tensor | None = None,
    ) -> tuple[Tensor, ...]:
        """The tensors of :mod:`tintype.spec.model`; bins lie last, where softmax is quick."""
        low, high = neighborhood(F.avg_pool2d(grey, self.stride))  # (N, 1, h, w)
        if hints is not None:
            hints = self._before_the_curve(hints, low, high)
        features = [member(grey, hints) for member in self.members]  # (N, C, h, w) each
        batch, channels, height, width = features[0].shape
        x = features[0]
        if others is not None and looks is not None:
            x = (x + others) / looks
        places = x.flatten(2).transpose(1, 2).reshape(-1, channels)  # (N h w, C)
        levels = [light.round().clamp(0, 100).long().flatten() for light in (low, high)]
        mean = self._score(places, levels, temperature).softmax(-1) @ self.centers  # (N h w, 2)
        logs = self._score(places, levels, torch.ones_like(temperature)).log_softmax(-1)
        entropy = -(logs.exp() * logs).sum(-1, keepdim=True)
        confidence = 1 - entropy / float(np.log(len(self.centers)))
        planes = [
            part.reshape(batch, height * width, -1)
            .transpose(1, 2)
            .reshape(batch, -1, height, width)
            for part in (mean, confidence, logs)
        ]
        return self.curve.apply(planes[0], low, high), planes[1], planes[2], *features

    def _score(self, places: Tensor, levels: Sequence[Tensor], temperature: Tensor) -> Tensor:
        """Scores over the temperature, less what the classes are penalised by.

        Args:
            places: ``(P, C)``.
            levels: two of ``(P,)``: whole L* at which a place's colour is to be shown.
            temperature: scalar.

        Returns:
            ``(P, Q)``.
        """
        penalties = self.penalties / temperature
        start = (self.bias / temperature - penalties)[levels[0]]  # (P, Q)
        return torch.addmm(start, places / temperature, self.weight.T) - penalties[levels[1]]

    def _before_the_curve(self, hints: Tensor, low: Tensor, high: Tensor) -> Tensor:
        """Hints as the curve will turn them into what they ask for, pooled to cells.

        Returns:
            ``(N, 3, h, w)``: u*, v*, and how much of a cell they cover.
        """
        chroma, covered = pool_hints(hints, self.stride)
        return torch.cat((self.curve.invert(chroma, low, high), covered), dim=1)


class Member(nn.Module):
    """One network up to what its scores are made of, folded.

    Args:
        network: folded; what it is made of is taken, not copied.
        before: channels of the members before it.
        of: channels of all members together.
    """

    def __init__(self, network: Network, *, before: int, of: int) -> None:
        super().__init__()
        self.encoder: Encoder = network.encoder
        self.decoder: Decoder = network.decoder
        self.before, self.of = before, of
        for part in self.decoder.modules():
            if isinstance(part, HintPool):
                part.stride //= network.decoder.out_stride  # hints come to it pooled to cells

    def forward(self, grey: Tensor, hints: Tensor | None) -> Tensor:
        """``(N, 1, H, W)`` L* and hints pooled to cells, to ``(N, of, h, w)``.

        Channels of other members are zero. After those of a further one is one of ones, for what
        the bias of its scores has more than the first one's.
        """
        features: Tensor = self.decoder(self.encoder(grey), hints)
        if self.before:
            features = torch.cat((features, torch.ones_like(features[:, :1])), dim=1)
        after = self.of - self.before - features.shape[1]
        return F.pad(features, (0, 0, 0, 0, self.before, after))


def _find_head(network: Network) -> JointBinsHead:
    if not isinstance(network.head, JointBinsHead):
        raise OptionError(
            f"only networks that predict joint bins can be exported, not {type(network.head)}"
        )
    return network.head


def _describe(network: Network) -> tuple[object, ...]:
    """What members must have in common."""
    head = _find_head(network)
    return head.stride, head.config.step, network.takes_hints


def _join_scores(scores: Sequence[nn.Conv2d]) -> tuple[nn.Parameter, nn.Parameter]:
    """Weights ``(Q, C)`` and bias ``(Q,)`` over all members' channels side by side."""
    first = scores[0].bias
    assert first is not None
    columns = [scores[0].weight[:, :, 0, 0]]
    for other in scores[1:]:
        assert other.bias is not None
        columns += [other.weight[:, :, 0, 0], (other.bias - first)[:, None]]
    return nn.Parameter(torch.cat(columns, dim=1)), nn.Parameter(first)


def trace(predictor: Predictor, *, hints: bool, looks: bool) -> onnx.ModelProto:
    """The predictor's graph, with N, H and W left open.

    Args:
        predictor: of the network.
        hints: whether it takes hints.
        looks: whether it takes what other looks have found.
    """
    size = {0: "N", 2: torch.export.Dim.DYNAMIC, 3: torch.export.Dim.DYNAMIC}
    inputs: dict[str, tuple[Tensor, dict[int, object]]] = {
        GREY: (torch.rand(2, 1, 64, 96) * 100, size),
        TEMPERATURE: (torch.tensor(0.4), {}),
    }
    if hints:
        inputs[HINTS] = torch.zeros(2, 3, 64, 96), size
    if looks:
        stride = predictor.stride
        channels = predictor.weight.shape[1]
        inputs[OTHERS] = torch.zeros(2, channels, 64 // stride, 96 // stride), size
        inputs[LOOKS] = torch.tensor(2.0), {}
    outputs = [CHROMA, CONFIDENCE, LOG_PROBABILITIES]
    features = [features_of(member) for member in range(len(predictor.members))]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="# The axis name")  # theirs are one
        warnings.filterwarnings("ignore", message=".*LeafSpec", category=FutureWarning)  # its own
        program = torch.onnx.export(
            predictor.eval(),
            kwargs={name: tensor for name, (tensor, _) in inputs.items()},
            input_names=list(inputs),
            output_names=[*outputs, *features] if looks else outputs,
            dynamic_shapes={name: shape for name, (_, shape) in inputs.items()},
            opset_version=_OPSET,
            dynamo=True,
            optimize=True,
            verbose=False,
        )
    assert program is not None
    return program.model_proto


def fold_norms(module: Network) -> Network:
    """Fold batch norms into the convolutions before them, and scales into weights, in place."""
    for part in list(module.modules()):
        if isinstance(part, nn.Sequential):
            _fold_sequence(part)
        elif isinstance(part, Convolution):
            part.fold()
        elif isinstance(part, Step):
            part.fold_merge()
    return module


def round_weights(module: nn.Module) -> None:
    """Round every parameter to the nearest float16, in place; they stay float32."""
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(parameter.half().float())


def halve_constants(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store float32 weights as float16 with a cast, which a runtime folds; drop all notes."""
    kept, casts = [], []
    for constant in model.graph.initializer:
        if constant.data_type != onnx.TensorProto.FLOAT or np.prod(constant.dims) < _SMALL:
            kept.append(constant)
            continue
        half = f"{constant.name}.float16"
        kept.append(
            numpy_helper.from_array(numpy_helper.to_array(constant).astype(np.float16), half)
        )
        casts.append(helper.make_node("Cast", [half], [constant.name], to=onnx.TensorProto.FLOAT))
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    nodes = [*casts, *model.graph.node]
    for node in nodes:
        del node.metadata_props[:]  # the exporter's stack traces outweigh a small network
    del model.graph.value_info[:]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model


def _fold_sequence(sequence: nn.Sequential) -> None:
    for index in range(len(sequence) - 1):
        convolution, norm = sequence[index], sequence[index + 1]
        if isinstance(convolution, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d):
            sequence[index] = fuse_conv_bn_eval(convolution, norm)
            sequence[index + 1] = nn.Identity()
