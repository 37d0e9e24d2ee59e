# SPDX-License-Identifier: Apache-2.0
"""Networks that learn together: one run, several members."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close
from typer.testing import CliRunner

from tintype.cli.export import app
from tintype.errors import Diverged, OptionError
from tintype.learn.answer import load_answer
from tintype.learn.appearance import AppearanceConfig
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.members import load_members
from tintype.learn.network import Network
from tintype.learn.training import Schedule, Training, load_network, train
from tintype.learn.weights import load_weights, save_weights

pytestmark = pytest.mark.slow
QUIET = Schedule(validate_every=0, log_every=1)


@pytest.fixture
def pair(small_recipe):
    """A recipe of two networks of unlike decoders."""
    head = replace(small_recipe.network.head, appearance=AppearanceConfig())
    first = replace(small_recipe.network, head=head)
    second = replace(first, decoder=replace(first.decoder, widths=(4, 8, 8)))
    return replace(small_recipe, network=first, others=(second,))


def same(network: Network, other: Network) -> bool:
    states = network.state_dict(), other.state_dict()
    return all(
        torch.allclose(a.float(), b.float(), atol=1e-3, rtol=1e-3)
        for a, b in zip(*(state.values() for state in states), strict=True)
    )


def test_all_of_them_learn_and_all_are_found_again(pair, photographs, tmp_path):
    before = [Network(config) for config in pair.members]
    save_weights(before, tmp_path / "w.safetensors")
    run = tmp_path / "run"
    train(pair, photographs, photographs, run, schedule=QUIET, weights=tmp_path / "w.safetensors")
    after = load_members([pair], [run])
    assert tuple(network.config for network in after) == pair.members
    for member, network in enumerate(after):
        assert same(network, load_network(pair, run / "last.ckpt", member))
        assert not same(network, before[member])


def test_each_starts_from_the_member_at_its_own_place(pair, photographs, tmp_path):
    alike = replace(pair, others=(pair.network,))
    released = [Network(pair.network), Network(pair.network)]
    save_weights(released, tmp_path / "w.safetensors")
    still = replace(alike, optimizer=replace(alike.optimizer, rate=0.0, encoder_rate=0.0))
    run = tmp_path / "run"
    train(still, photographs, None, run, schedule=QUIET, weights=tmp_path / "w.safetensors")
    for network, wanted in zip(load_members([alike], [run]), released, strict=True):
        found, expected = (each.decoder.top[0].weight for each in (network, wanted))
        assert_close(found, expected, atol=1e-3, rtol=1e-3)


def test_any_of_them_that_diverges_stops_the_run(pair):
    module = Training(pair)
    module.others[0].head.scores.bias.data[0] = torch.nan
    with pytest.raises(Diverged, match="scores.bias is no number"):
        module.on_save_checkpoint({})


def test_every_encoder_has_the_encoders_rate(pair):
    slow = replace(pair, optimizer=replace(pair.optimizer, encoder_rate=1e-5))
    module = Training(slow)
    (optimizer,), _ = module.configure_optimizers()
    slowly = {
        id(parameter)
        for group in optimizer.param_groups
        if group["initial_lr"] == 1e-5
        for parameter in group["params"]
    }
    assert slowly == {id(p) for member in module.members for p in member.encoder.parameters()}


def test_they_are_exported_into_one_file(pair, tmp_path, monkeypatch):
    save_weights([Network(config) for config in pair.members], tmp_path / "w.safetensors")
    monkeypatch.setattr("tintype.learn.recipe.find_recipe", lambda _name: pair)
    out = tmp_path / "both.onnx"
    arguments = [
        "pair",
        "--run",
        str(tmp_path / "w.safetensors"),
        "--look",
        "1.4:2",
        "-o",
        str(out),
    ]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    network = Network(pair.others[0])
    load_weights(network, out.with_suffix(".safetensors"), member=1)


def test_what_cannot_learn_together_is_refused(pair, monkeypatch, tmp_path):
    finer = replace(pair.network, head=replace(pair.network.head, step=30.0))
    hinted = replace(pair.network, decoder=replace(pair.network.decoder, hints=True))
    regression = replace(pair.network, head=UVRegressionConfig())
    for network, other in ((pair.network, finer), (pair.network, hinted), (regression,) * 2):
        with pytest.raises(OptionError, match="scores are averaged"):
            replace(pair, network=network, others=(other,))
    with pytest.raises(OptionError, match="learns alone"):
        replace(pair, scenes=0.1)
    monkeypatch.setattr("tintype.learn.answer.find_recipe", lambda _name: pair)
    with pytest.raises(OptionError, match="export it"):
        load_answer("pair", tmp_path / "last.ckpt", size=64)
