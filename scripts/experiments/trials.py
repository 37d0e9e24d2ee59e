# SPDX-License-Identifier: Apache-2.0
"""What is tried: the base recipe, and one change of it at a time."""

from dataclasses import dataclass, fields, replace
from typing import Any

from tintype.learn.decoders.pyramid import PyramidConfig
from tintype.learn.encoders.mobilenet_v2 import MobileNetV2Config
from tintype.learn.heads.channel_bins import ChannelBinsConfig
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.network import NetworkConfig
from tintype.learn.recipe import Recipe, find_recipe

PHOTOGRAPHS = 12_800  # that each run sees
BASE = "base"
_AGAIN = (BASE, "channel-bins", "uniform-1", "mean-too", "old-film")  # run with a second seed


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One run."""

    name: str  # its folder, and its key
    group: str  # what is asked
    change: str  # what it has that the base has not
    recipe: Recipe
    vivid: bool = False  # trained without the dullest photographs


def list_trials() -> list[Trial]:
    """Every run, in the order in which they are done; second seeds last."""
    base = _make_base()
    trials = [Trial(name=BASE, group="the base", change="nothing", recipe=base)]
    for group, rows in (
        ("bins and loss", _heads(base)),
        ("encoder", _encoders(base)),
        ("decoder", _decoders(base)),
        ("crops", _crops(base)),
    ):
        trials += [
            Trial(name=name, group=group, change=change, recipe=_change(base, parts))
            for name, change, parts in rows
        ]
    change = "the dullest photographs left out"
    trials.append(Trial(name="vivid", group="data", change=change, recipe=base, vivid=True))
    change = "the label guessed beside the colours, with a weight of 0.1"
    named = replace(base, scenes=0.1)
    trials.append(Trial(name="scenes", group="side task", change=change, recipe=named))
    again = [trial for trial in trials if trial.name in _AGAIN]
    return trials + [
        replace(one, name=f"{one.name}-again", recipe=replace(one.recipe, seed=1)) for one in again
    ]


Rows = list[tuple[str, str, dict[str, Any]]]  # name, change, and the parts that are changed


def _make_base() -> Recipe:
    """The network that comes along, without hints and at a small budget."""
    own = find_recipe("tintype_s")
    decoder = own.network.decoder
    assert isinstance(decoder, PyramidConfig)
    return replace(
        own,
        photographs=PHOTOGRAPHS,
        network=replace(own.network, decoder=replace(decoder, hints=False)),
        augment=replace(own.augment, hinted=0.0),
        optimizer=replace(own.optimizer, warmup=50, schedule="cosine"),
        ema_decay=0.98,
    )


def _heads(base: Recipe) -> Rows:
    head = base.network.head
    assert isinstance(head, JointBinsConfig)
    rows: Rows = [
        ("channel-bins", "50 + 50 channel bins, the paper's", {"head": ChannelBinsConfig()}),
        ("regression", "regression, Huber's loss", {"head": UVRegressionConfig(objective="huber")}),
        ("step-8", "8 CIE units between bins", {"head": replace(head, step=8.0)}),
        ("step-20", "20 CIE units between bins", {"head": replace(head, step=20.0)}),
        ("hard", "hard targets", {"head": replace(head, targets="hard")}),
        ("mean-too", "the mean's error in the loss too", {"head": replace(head, regression=1.0)}),
        ("all-places", "a score at every place", {"head": replace(head, thin=False)}),
    ]
    return rows + [
        (
            f"uniform-{share:g}",
            f"rarity weights with {share:.0%} of the uniform distribution",
            {"head": replace(head, uniform=share)},
        )
        for share in (1.0, 0.75, 0.5)
    ]


def _encoders(base: Recipe) -> Rows:
    encoder, optimizer = base.network.encoder, base.optimizer
    assert isinstance(encoder, MobileNetV2Config)
    slow, slower = (replace(optimizer, encoder_rate=rate) for rate in (3e-4, 1e-4))
    return [
        ("no-norm", "no batch norm", {"encoder": replace(encoder, norm=False)}),
        ("frozen-0", "no frozen blocks", {"encoder": replace(encoder, frozen=0)}),
        ("frozen-10", "ten frozen blocks", {"encoder": replace(encoder, frozen=10)}),
        ("encoder-rate-0.0003", "its rate 0.0003", {"optimizer": slow}),
        ("encoder-rate-0.0001", "its rate 0.0001", {"optimizer": slower}),
        ("from-scratch", "not pretrained", {"imagenet_start": False}),
    ]


def _decoders(base: Recipe) -> Rows:
    decoder = base.network.decoder
    assert isinstance(decoder, PyramidConfig)
    settings: Rows = [
        ("narrow", "half as wide", {"widths": (32, 64, 96)}),
        ("wide", "half as wide again", {"widths": (96, 192, 288)}),
        ("shallow", "one block a step", {"blocks": (1, 1, 1)}),
        ("fine", "blocks at 1/4 of the size", {"blocks": (4, 1, 1)}),
        ("coarse", "blocks at 1/16 of the size", {"blocks": (1, 1, 4)}),
        ("dense", "dense 3 x 3 blocks", {"mixing": "dense"}),
        ("no-context", "no look around", {"context": "none"}),
        ("pool", "a pooled context", {"context": "pool"}),
        ("attention-32", "attention at 1/32 of the size", {"context_stride": 32}),
    ]
    return [
        (name, text, {"decoder": replace(decoder, **change)}) for name, text, change in settings
    ]


def _crops(base: Recipe) -> Rows:
    settings: Rows = [
        ("small-crops", "crops from 15 % of the area on", {"area": (0.15, 1.0)}),
        ("whole", "whole photographs", {"area": (1.0, 1.0)}),
        ("square", "no stretching", {"ratio": 1.0}),
        ("stretched", "stretched up to 5 : 3", {"ratio": 5 / 3}),
        ("exposure", "other exposures", {"exposure": 0.3}),
        ("old-film", "exposures, grain, fading", {"exposure": 0.3, "grain": 4.0, "fade": 0.2}),
    ]
    rows: Rows = [
        (name, text, {"augment": replace(base.augment, **change)})
        for name, text, change in settings
    ]
    return rows + [(f"side-{side}", f"{side} pixels", {"side": side}) for side in (96, 160)]


def _change(base: Recipe, parts: dict[str, Any]) -> Recipe:
    """The recipe with other parts of its network, or other settings of its own."""
    ours = {field.name for field in fields(NetworkConfig)}
    network = {name: part for name, part in parts.items() if name in ours}
    rest = {name: part for name, part in parts.items() if name not in ours}
    return replace(base, network=replace(base.network, **network), **rest)
