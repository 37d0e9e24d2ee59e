# SPDX-License-Identifier: Apache-2.0
"""Training by Lightning: what a step does, what is watched, how a run goes on after a stop.

A checkpoint holds the weights, their running average, the optimizer and the number of steps; the
sample that comes next follows from that number (:mod:`tintype.learn.datasets`), so a run that was
stopped anywhere goes on as if it had not been.
"""

import itertools
import math
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import lightning as L
import torch
from lightning.pytorch.callbacks import Callback, ModelCheckpoint, Timer, WeightAveraging
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import get_ema_multi_avg_fn

from tintype.color.gamut import fit_chroma
from tintype.color.luv import luv_to_rgb
from tintype.errors import Diverged, InputError, ModelError
from tintype.learn.checkpoints import WholeCheckpoints
from tintype.learn.classes import ClassTask
from tintype.learn.datasets import PhotographCache
from tintype.learn.degrade import degrade
from tintype.learn.gradients import BoundGradients
from tintype.learn.heads.joint_bins import learn_together
from tintype.learn.memory import keep_freed_memory
from tintype.learn.network import Network, color_grey
from tintype.learn.photographs import Photographs
from tintype.learn.recipe import OptimizerConfig, Recipe
from tintype.learn.recipe_text import RECIPE_FILE, describe_recipe, is_told, parse_recipe
from tintype.learn.scenes import SceneTask
from tintype.learn.start import start_weights
from tintype.metrics.color_difference import mean_ciede2000
from tintype.metrics.colorfulness import colorfulness

_EXPECTED_WARNINGS = (  # Lightning's, about what is meant to be so
    ".*LeafSpec",
    "Checkpoint directory .* exists",
    ".*callbacks used to create the checkpoint",  # a slice with a limit, then one without
    ".*does not have many workers",
    ".*logging interval",
    ".*in eval mode at the start of training",  # frozen parts answer as in evaluation
)
LAST = "last.ckpt"  # the checkpoint of a run, in its folder
_SAMPLES = 8  # validation photographs shown, coloured, in the log


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How a run is cut into pieces and watched. None of it changes what is drawn and learnt."""

    minutes: float | None = None  # stop after this long, to go on another time
    checkpoint_minutes: float = 5.0
    validate_every: int = 2_000  # optimizer steps; 0: never
    log_every: int = 50  # optimizer steps
    workers: int = 0  # processes that cut crops; 0: the training process does
    resident: bool = False  # decoded photographs lie, and are cut, where the network is
    progress: bool = False  # a bar in the terminal


class Training(L.LightningModule):
    """One recipe's networks with their loss, their optimizer and their validation.

    Args:
        recipe: what is trained.
        photographs: that are learnt from, where the recipe has their labels guessed.
    """

    def __init__(self, recipe: Recipe, photographs: PhotographCache | None = None) -> None:
        super().__init__()
        self.recipe = recipe
        self.network = Network(recipe.network).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.others = nn.ModuleList(
            Network(config).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
            for config in recipe.others
        )
        self.scenes: SceneTask | None = None
        if recipe.scenes and photographs is not None:
            self.scenes = SceneTask(self.network.encoder.channels[-1], photographs, recipe)
        self.classes = ClassTask(self.network.encoder) if recipe.classes else None

    def training_step(self, batch: Tensor, _index: int) -> Tensor:
        """``(B, 4, S, S)`` uint8, encoded sRGB and where hints are, to the loss."""
        grey, color = self._split(batch[:, :3])
        given = degrade(grey, self.recipe.augment, seed=self.recipe.seed, step=self.global_step)
        hints = self._hints(color, grey, batch[:, 3:])
        maps = self.network.encoder(given)
        features = [self.network.decoder(maps, hints)]
        features += [other.features(given, hints) for other in self.members[1:]]
        loss = learn_together([member.head for member in self.members], features, color, grey)
        self.log("loss", loss)
        if self.scenes is not None:
            named = self.scenes.loss(maps[-1], self.global_step)
            self.log("scene_loss", named)
            loss = loss + self.recipe.scenes * named
        if self.classes is not None:
            missed = self.classes.loss(maps[-1], batch[:, :3].float() / 255)
            self.log("class_loss", missed)
            loss = loss + self.recipe.classes * missed
        return loss

    def validation_step(self, batch: Tensor, index: int) -> None:
        """Score a batch of ``(B, 3, S, S)`` uint8 with its true lightness put back."""
        grey, color = self._split(batch)
        raw = torch.stack([member(grey) for member in self.members]).mean(dim=0)
        loss = self.network.head.loss(raw, color)
        colored = luv_to_rgb(fit_chroma(color_grey(self.network, grey, raw))).clamp(0, 1)
        true = batch.float() / 255
        ours, truth = colored.cpu().numpy(), true.cpu().numpy()
        size = len(batch)
        self.log("val_loss", loss, batch_size=size)
        self.log("val_de00", float(mean_ciede2000(ours, truth).mean()), batch_size=size)
        self.log("val_cf", float(colorfulness(ours).mean()), batch_size=size)
        self.log("val_cf_true", float(colorfulness(truth).mean()), batch_size=size)
        if index == 0:
            self._show(grey, colored, true)

    @property
    def members(self) -> list[Network]:
        """The networks, as the recipe names them."""
        return [self.network, *self.others]

    def configure_optimizers(self) -> Any:
        """The recipe's optimizer and its learning-rate schedule, by steps."""
        recipe = self.recipe
        optimizer = _optimizer(self, recipe.optimizer)
        schedule = torch.optim.lr_scheduler.LambdaLR(
            optimizer, lambda step: rate_factor(recipe.optimizer, step, recipe.steps)
        )
        return [optimizer], [{"scheduler": schedule, "interval": "step"}]

    def on_save_checkpoint(self, _checkpoint: dict[str, Any]) -> None:
        """Let no broken weights take the place of good ones.

        Raises:
            Diverged: a weight or a statistic is no number.
        """
        states = (member.state_dict().items() for member in self.members)
        for name, tensor in itertools.chain.from_iterable(states):
            if not tensor.isfinite().all():
                raise Diverged(
                    f"recipe {self.recipe.name} has diverged: by step {self.global_step:,} {name} "
                    f"is no number; the checkpoint before stays as it was. Lower the rates, or "
                    f"clip gradients, and begin again"
                )

    def _split(self, rgb: Tensor) -> tuple[Tensor, Tensor]:
        """``(B, 3, S, S)`` uint8 sRGB to the grey that is given and the colour that is sought."""
        grey, color = self.network.head.space.split(rgb.float() / 255)
        return grey.contiguous(memory_format=torch.channels_last), color

    def _hints(self, chroma: Tensor, grey: Tensor, mask: Tensor) -> Tensor | None:
        """``(B, 3, S, S)`` u*, v* where ``mask`` shows them, and the mask."""
        if not self.network.takes_hints:
            return None
        shown = mask[:, 0].bool()
        colors, lights = (plane.movedim(1, -1)[shown].T[:, None] for plane in (chroma, grey))
        hints = torch.zeros_like(chroma).movedim(1, -1)
        hints[shown] = self.network.head.hint_at(colors, lights)[:, 0].T  # few places of many
        return torch.cat((hints.movedim(-1, 1), mask.to(chroma.dtype)), dim=1)

    def _show(self, lightness: Tensor, colored: Tensor, true: Tensor) -> None:
        """Log grey, coloured and true photographs, one below the other."""
        if not isinstance(self.logger, TensorBoardLogger):
            return
        grey = luv_to_rgb(F.pad(lightness, (0, 0, 0, 0, 0, 2)))
        rows = [torch.cat(tuple(part[:_SAMPLES]), dim=-1) for part in (grey, colored, true)]
        sheet = torch.cat(rows, dim=-2).clamp(0, 1)
        self.logger.experiment.add_image("grey, coloured, true", sheet, self.global_step)


class SaveAtEnd(Callback):
    """Save the run as it stands when training stops, before the averaged weights replace it."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def on_train_end(self, trainer: L.Trainer, _module: L.LightningModule) -> None:
        """Write the checkpoint."""
        trainer.save_checkpoint(self.file)


class Limit(Timer):
    """Stops a run after so long; what earlier slices of it took, the checkpoint does not tell."""

    def state_dict(self) -> dict[str, Any]:
        """Nothing."""
        return {}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Count from now on."""


def train(
    recipe: Recipe,
    train_photographs: PhotographCache | Sequence[str],
    val_photographs: PhotographCache | None,
    run: Path,
    *,
    schedule: Schedule,
    imagenet: Path | None = None,
    weights: Path | None = None,
    callbacks: Iterable[Callback] = (),
) -> Training:
    """Train ``recipe``, or go on with it where the checkpoint in ``run`` stands.

    On a CPU the process keeps the memory that it frees from then on
    (:mod:`tintype.learn.memory`).

    Args:
        recipe: what to train.
        train_photographs: decoded training photographs, or the addresses of shards to stream.
        val_photographs: decoded validation photographs; None: none are looked at.
        run: folder of checkpoints, logs and the recipe's text.
        schedule: how long, and what to watch.
        imagenet: weights that the encoder starts from, or learns from, if the recipe wants them.
        weights: released weights that the whole network starts from instead (fine-tuning).
        callbacks: more of Lightning's callbacks.

    Returns:
        The module, with the averaged weights.

    Raises:
        InputError: the recipe starts or learns from ImageNet weights and none were given, or
            ``run`` holds another recipe's run.
        Diverged: weights have become no numbers; the last good checkpoint is still there.
        OutputError: a checkpoint cannot be written; the one before is still there.
    """
    run.mkdir(parents=True, exist_ok=True)
    _claim(run, recipe)
    if not torch.accelerator.is_available():
        keep_freed_memory()
    L.seed_everything(recipe.seed, verbose=False)
    module = Training(recipe, _labelled(recipe, train_photographs))
    last = run / LAST
    if not last.exists():
        start_weights(module.members, recipe, train_photographs, imagenet=imagenet, weights=weights)
        if module.classes is not None:
            module.classes.load(imagenet)
    trainer = _trainer(recipe, run, schedule, validates=val_photographs is not None, more=callbacks)
    data = Photographs(
        recipe,
        train_photographs,
        val_photographs,
        workers=schedule.workers,
        resident=schedule.resident,
    )
    with warnings.catch_warnings():
        for ours in _EXPECTED_WARNINGS:
            warnings.filterwarnings("ignore", message=ours)
        trainer.fit(module, data, ckpt_path=last if last.exists() else None, weights_only=False)
    return module


def _trainer(
    recipe: Recipe, run: Path, schedule: Schedule, *, validates: bool, more: Iterable[Callback]
) -> L.Trainer:
    """Lightning's trainer for one run, with the callbacks in the order in which they must act."""
    checkpoints = ModelCheckpoint(
        dirpath=run,
        filename="last",
        train_time_interval=timedelta(minutes=schedule.checkpoint_minutes),
        enable_version_counter=False,
    )
    limits = [] if schedule.minutes is None else [Limit(timedelta(minutes=schedule.minutes))]
    validates = validates and schedule.validate_every > 0
    return L.Trainer(
        max_steps=recipe.steps,
        precision=usable_precision(recipe),
        callbacks=[
            BoundGradients(recipe.optimizer.clip),
            SaveAtEnd(run / LAST),
            WeightAveraging(multi_avg_fn=get_ema_multi_avg_fn(recipe.ema_decay)),  # type: ignore[no-untyped-call]
            checkpoints,
            *limits,
            *more,
        ],
        plugins=[WholeCheckpoints()],
        logger=[TensorBoardLogger(run, name="tensorboard"), CSVLogger(run, name="csv")],
        val_check_interval=schedule.validate_every if validates else None,
        check_val_every_n_epoch=None,
        limit_val_batches=1.0 if validates else 0,
        num_sanity_val_steps=0,
        log_every_n_steps=schedule.log_every,
        enable_progress_bar=schedule.progress,
        enable_model_summary=False,
    )


def usable_precision(recipe: Recipe) -> Any:
    """The recipe's; but float32 on a CPU without bfloat16, which would only imitate it slowly."""
    bfloat16 = torch.accelerator.is_available() or torch.ops.mkldnn._is_mkldnn_bf16_supported()
    return recipe.precision if bfloat16 else "32-true"


def load_network(recipe: Recipe, checkpoint: Path, member: int = 0) -> Network:
    """The averaged weights of one of a run's networks, in evaluation mode.

    Raises:
        ModelError: there is no checkpoint, or it is of another recipe's network.
    """
    network: Network = Network(recipe.members[member]).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    try:
        state = torch.load(checkpoint, map_location="cpu", weights_only=False)["state_dict"]
        own = f"others.{member - 1}." if member else "network."
        network.load_state_dict(
            {name.removeprefix(own): value for name, value in state.items() if name.startswith(own)}
        )
    except FileNotFoundError:
        raise ModelError(f"no checkpoint {checkpoint}; train the recipe first") from None
    except (KeyError, RuntimeError) as error:
        raise ModelError(f"{checkpoint} does not hold {recipe.name}: {error}") from error
    return network.eval()


def read_step(run: Path) -> int:
    """Optimizer steps that a run's checkpoint has behind it; 0 where there is none."""
    if not (run / LAST).exists():
        return 0
    checkpoint = torch.load(run / LAST, map_location="cpu", weights_only=False, mmap=True)
    return int(checkpoint["global_step"])


def rate_factor(optimizer: OptimizerConfig, step: int, steps: int) -> float:
    """The share of the peak learning rate at a step: warm-up, then the recipe's schedule."""
    if step < optimizer.warmup:
        return (step + 1) / optimizer.warmup
    if optimizer.schedule == "constant":
        return 1.0
    progress = (step - optimizer.warmup) / max(1, steps - optimizer.warmup)
    return 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))


def _labelled(
    recipe: Recipe, photographs: PhotographCache | Sequence[str]
) -> PhotographCache | None:
    """Photographs whose labels are known beforehand; shards that are streamed tell them too late.

    Raises:
        InputError: the recipe needs labels, and there are none.
    """
    if isinstance(photographs, PhotographCache):
        return photographs
    if recipe.scenes:
        raise InputError(
            f"recipe {recipe.name} has labels guessed, which streamed shards do not tell in time; "
            f"leave --stream out, or set scenes=0 in the recipe"
        )
    return None


def _optimizer(module: Training, config: OptimizerConfig) -> torch.optim.Optimizer:
    """Four groups: encoder or new, decayed or not."""
    encoder = {id(p) for member in module.members for p in member.encoder.parameters()}
    groups = [
        {
            "params": [
                parameter
                for parameter in module.parameters()
                if (id(parameter) in encoder) == old and (parameter.ndim > 1) == decayed
            ],
            "lr": config.encoder_rate if old else config.rate,
            "weight_decay": config.weight_decay if decayed else 0.0,
        }
        for old in (True, False)
        for decayed in (True, False)
    ]
    groups = [group for group in groups if group["params"]]
    match config.name:
        case "adamw":
            return torch.optim.AdamW(groups, betas=config.betas, fused=True)
        case "adam":
            return torch.optim.Adam(groups, betas=config.betas, fused=True)
        case _:
            return torch.optim.SGD(groups, momentum=config.betas[0], nesterov=True)


def _claim(run: Path, recipe: Recipe) -> None:
    """Write the recipe into its run's folder, or check that it is the same one."""
    text, file = describe_recipe(recipe), run / RECIPE_FILE
    before = file.read_text() if file.exists() else None
    if before == text:
        return
    if before is not None and not is_told(parse_recipe(before), recipe):
        raise InputError(f"{run} holds a run of another recipe; choose another --out or remove it")
    file.write_text(text)
