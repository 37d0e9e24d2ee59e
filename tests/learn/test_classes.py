# SPDX-License-Identifier: Apache-2.0
"""What the encoder sees in grey is held against what a classifier sees in colour."""

from dataclasses import replace

import onnxruntime as ort
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from safetensors.torch import load_file, save_file
from torch.testing import assert_close

from tintype.errors import InputError, ModelError, OptionError
from tintype.evaluate.mobilenet import LOGITS, RGB, build_graph, read_layers
from tintype.learn.classes import ClassTask
from tintype.learn.encoders.mobilenet_v2 import (
    Convolution,
    MobileNetV2Classifier,
    MobileNetV2Config,
)
from tintype.learn.training import Schedule, load_network, train
from tintype.learn.weights import save_weights

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:lightning")
QUIET = Schedule(validate_every=0, log_every=1, checkpoint_minutes=60)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """A classifier of random weights, in the published layout."""
    generator = torch.Generator().manual_seed(0)
    weights = {}
    convolutions = [m for m in MobileNetV2Classifier().modules() if isinstance(m, Convolution)]
    for index, convolution in enumerate(convolutions):
        shape = convolution.conv.weight.shape
        depthwise = convolution.conv.groups > 1
        layer = f"{index:02}_{'dw' if depthwise else 'conv'}_s{convolution.conv.stride[0]}"
        spread = (2 / shape[1:].numel()) ** 0.5
        weights[f"{layer}.weight"] = torch.randn(shape, generator=generator) * spread
        weights[f"{layer}.bias"] = torch.randn(shape[0], generator=generator) * 0.1
    path = tmp_path_factory.mktemp("imagenet") / "classifier.safetensors"
    save_file(weights, path)
    return path


@pytest.fixture
def recipe(small_recipe):
    network = replace(small_recipe.network, encoder=MobileNetV2Config())
    return replace(small_recipe, network=network, photographs=8, classes=0.5)


def encoder_of(file):
    encoder = MobileNetV2Config(norm=False).build().eval()
    encoder.load_imagenet(file)
    return encoder


def task_of(file):
    task = ClassTask(MobileNetV2Config().build())
    task.load(file)
    return task


def test_the_classifier_answers_as_onnx_runtime_does(file):
    rgb = torch.rand(2, 3, 64, 96)
    classifier = MobileNetV2Classifier()
    classifier.load_imagenet(file)
    session = ort.InferenceSession(build_graph(read_layers(file)))
    (expected,) = session.run([LOGITS], {RGB: (rgb * 2 - 1).numpy()})
    assert expected.std() > 0.01
    with torch.no_grad():
        assert_close(classifier(rgb), torch.from_numpy(expected), atol=1e-4, rtol=1e-4)


def test_who_sees_the_same_loses_nothing(file):
    value = torch.rand(2, 1, 160, 160)
    coarsest = encoder_of(file)(100 * value)[-1]  # the encoder takes L* / 50 - 1 for 2 rgb - 1
    task = task_of(file)
    assert task.loss(coarsest, value.expand(-1, 3, -1, -1)).item() == pytest.approx(0, abs=1e-6)
    assert task.loss(coarsest.flip(0) * 2, value.expand(-1, 3, -1, -1)).item() > 1e-4


def test_the_loss_is_the_divergence_in_nats_of_each_crop(file):
    rgb, coarsest = torch.rand(3, 3, 160, 160), torch.randn(3, 320, 2, 2)
    task = task_of(file)
    with torch.no_grad():
        seen = task.classifier(rgb).double().softmax(dim=1)
        said = task.classifier.name(coarsest).double().softmax(dim=1)
    expected = (seen * (seen / said).log()).sum(dim=1).mean()
    assert task.loss(coarsest, rgb).item() == pytest.approx(expected.item(), rel=1e-4)


def test_only_the_encoder_learns(file):
    coarsest = torch.randn(1, 320, 2, 2, requires_grad=True)
    task = task_of(file)
    task.loss(coarsest, torch.rand(1, 3, 64, 64)).backward()
    assert coarsest.grad is not None
    assert coarsest.grad.abs().sum() > 0
    assert not any(parameter.requires_grad for parameter in task.parameters())


class Watch(Callback):
    def __init__(self, stop_after=None):
        self.stop_after = stop_after
        self.losses = []

    def on_train_batch_end(self, trainer, *_):
        self.losses.append(trainer.callback_metrics["class_loss"].item())
        trainer.should_stop = len(self.losses) == self.stop_after


def run(recipe, photographs, folder, *, imagenet=None, stop_after=None, **start):
    watch = Watch(stop_after)
    train(
        recipe,
        photographs,
        None,
        folder,
        schedule=QUIET,
        imagenet=imagenet,
        callbacks=[watch],
        **start,
    )
    return watch.losses


def test_a_stopped_run_goes_on_without_the_file(recipe, photographs, file, tmp_path):
    whole = run(recipe, photographs, tmp_path / "whole", imagenet=file)
    parts = run(recipe, photographs, tmp_path / "parts", imagenet=file, stop_after=2)
    parts += run(recipe, photographs, tmp_path / "parts")
    assert parts == whole
    assert len(whole) == 4
    assert min(whole) > 0


def test_the_network_knows_nothing_of_it(recipe, photographs, file, tmp_path):
    run(recipe, photographs, tmp_path / "run", imagenet=file)
    network = load_network(recipe, tmp_path / "run/last.ckpt")
    assert not any("class" in name for name in network.state_dict())
    # Its weights start another run, which wants the classifier again.
    weights = tmp_path / "weights.safetensors"
    save_weights([network], weights)
    with pytest.raises(InputError, match="give --imagenet FILE, or set classes=0"):
        run(recipe, photographs, tmp_path / "next", weights=weights)
    assert run(recipe, photographs, tmp_path / "next", weights=weights, imagenet=file)


def test_an_encoder_that_the_classifier_cannot_read_is_refused(small_recipe, photographs, tmp_path):
    with pytest.raises(OptionError, match=r"width 1.0 .* set classes=0"):
        run(replace(small_recipe, classes=0.5), photographs, tmp_path / "run")
    with pytest.raises(OptionError, match=r"a whole MobileNetV2"):
        ClassTask(MobileNetV2Config(stages=4).build())


def test_weights_of_an_encoder_alone_are_refused(file, tmp_path):
    left = {name: t for name, t in load_file(file).items() if not name.startswith("52")}
    save_file(left, tmp_path / "headless.safetensors")
    assert encoder_of(tmp_path / "headless.safetensors") is not None
    with pytest.raises(ModelError, match="it has 52 convolutions .* this network 53"):
        task_of(tmp_path / "headless.safetensors")


def test_a_smoke_run_needs_no_file(recipe, photographs, tmp_path):
    module = train(recipe.smoke(), photographs, None, tmp_path / "smoke", schedule=QUIET)
    assert module.classes is None
    assert module.global_step == 3
