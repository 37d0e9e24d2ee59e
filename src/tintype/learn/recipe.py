# SPDX-License-Identifier: Apache-2.0
"""A training run as data: frozen, checked, saved whole beside its checkpoints.

A recipe holds everything that decides a run's result. Folders, devices and time limits are not
here, because they do not.
"""

import importlib
import importlib.util
import pkgutil
from dataclasses import dataclass, field, replace
from pathlib import Path

from tintype.errors import OptionError
from tintype.learn import recipes
from tintype.learn.augment import Augment
from tintype.learn.heads.joint_bins import JointBinsConfig
from tintype.learn.network import NetworkConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerConfig:
    """How the weights move."""

    name: str = "adamw"  # "adamw", "adam" or "nesterov"
    rate: float = 1e-3  # peak learning rate of new layers
    encoder_rate: float = 3e-4  # of the encoder, which starts from trained weights
    betas: tuple[float, float] = (0.9, 0.99)  # of Adam; Nesterov's momentum is the first
    weight_decay: float = 0.01  # of matrices and kernels; never of biases and norms
    warmup: int = 500  # optimizer steps
    schedule: str = "cosine"  # after the warm-up: "cosine" to zero, or "constant"
    clip: float = 1.0  # largest norm of the whole gradient; 0: not clipped

    def __post_init__(self) -> None:
        for name, among in (
            ("name", ("adamw", "adam", "nesterov")),
            ("schedule", ("cosine", "constant")),
        ):
            if getattr(self, name) not in among:
                raise OptionError(
                    f"optimizer {name} must be one of {', '.join(among)}; "
                    f"got {getattr(self, name)!r}"
                )


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One experiment.

    Raises:
        OptionError: fewer photographs than one batch, a side that the strides do not divide, or
            members that cannot learn together.
    """

    name: str
    network: NetworkConfig
    others: tuple[NetworkConfig, ...] = ()  # members that learn with it, by the mean of all scores
    photographs: int  # to be seen in all; a photograph seen twice counts twice
    batch_size: int = 32
    side: int = 128  # pixels of a training crop
    augment: Augment = field(default_factory=Augment)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    ema_decay: float = 0.999  # of the averaged weights that are released
    imagenet_start: bool = True  # the encoder starts from an ImageNet classifier
    scenes: float = 0.0  # weight of guessing labels too (tintype.learn.scenes); the loss has 1
    classes: float = 0.0  # weight of seeing ImageNet's classes in grey (tintype.learn.classes)
    precision: str = "bf16-mixed"  # as Lightning names it; float32 where a CPU has no bfloat16
    seed: int = 0

    def __post_init__(self) -> None:
        if self.photographs < self.batch_size:
            raise OptionError(
                f"photographs must be at least one batch of {self.batch_size}, "
                f"got {self.photographs}"
            )
        for member in self.members:
            multiple = getattr(member.encoder, "multiple", 32)
            if self.side % multiple:
                raise OptionError(f"side must be a multiple of {multiple}, got {self.side}")
        alike = {(member.head, getattr(member.decoder, "hints", False)) for member in self.members}
        if self.others and (len(alike) > 1 or not isinstance(self.network.head, JointBinsConfig)):
            raise OptionError(
                "others must have the head of network, of joint bins, for their scores are "
                "averaged, and take hints if it does"
            )
        if self.others and (self.scenes or self.classes):
            raise OptionError("scenes and classes are for a network that learns alone")

    @property
    def members(self) -> tuple[NetworkConfig, ...]:
        """All the networks."""
        return self.network, *self.others

    @property
    def steps(self) -> int:
        """Optimizer steps."""
        return self.photographs // self.batch_size

    def smoke(self) -> "Recipe":
        """The same recipe, small enough to be tried in seconds."""
        return replace(
            self,
            photographs=6,
            batch_size=2,
            side=64,
            imagenet_start=False,
            classes=0.0,
            optimizer=replace(self.optimizer, warmup=2),
        )


def list_recipes() -> list[str]:
    """Names of the recipes that come with tintype."""
    return sorted(module.name for module in pkgutil.iter_modules(recipes.__path__))


def find_recipe(name: str) -> Recipe:
    """A recipe by name, or from a Python file of the caller's own that defines ``RECIPE``.

    Raises:
        OptionError: no such recipe; the message lists those there are.
    """
    if name.endswith(".py"):
        return _recipe_of_file(Path(name))
    known = name.replace("-", "_")
    if known not in list_recipes():
        raise OptionError(f"no recipe {name!r}; there are: {', '.join(list_recipes())}")
    recipe: Recipe = importlib.import_module(f"{recipes.__name__}.{known}").RECIPE
    return recipe


def _recipe_of_file(file: Path) -> Recipe:
    if not file.is_file():
        raise OptionError(f"no recipe file {file}")
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recipe = getattr(module, "RECIPE", None)
    if not isinstance(recipe, Recipe):
        raise OptionError(f"{file} must define RECIPE, a tintype.learn.recipe.Recipe")
    return recipe
