# SPDX-License-Identifier: Apache-2.0
"""What a network takes and gives: the contract between training and inference.

Every network, whatever its make, is an ONNX file with these tensors (N photographs, height and
width of the input multiples of :attr:`ModelSpec.multiple`; h = H / stride, w = W / stride):

========================  ==================  =====================================================
input ``grey``            (N, 1, H, W) f32    L* in [0, 100]
input ``hints``           (N, 3, H, W) f32    u*, v* in CIE units and a mask in [0, 1]; all zero
                                              where nothing is hinted (only if ``hints``)
input ``temperature``     () f32              > 0; 1 decodes the mean, towards 0 the mode
input ``others``          (N, C, h, w) f32    the sum of other looks' features, at this size;
                                              zero if there were none (only if ``looks``)
input ``looks``           () f32              how many looks there are with this one (likewise)
output ``features_0`` …   (N, C, h, w) f32    of this look alone, by each member (likewise)
output ``chroma``         (N, 2, h, w) f32    u*, v* in CIE units, after the curve
output ``confidence``     (N, 1, h, w) f32    in [0, 1]; 1 minus the normalised entropy
output ``log_probabilities``  (N, Q, h, w) f32  natural logarithm, over the Q joint bins
========================  ==================  =====================================================

A network can look at a photograph several times, at other sizes and at its mirror image, and answer
with the mean of what it saw. It can be made of several members, each of them a network trained
apart: the first look is the first one's, a further one anybody's. What is averaged are features
that scores are linear in; a member's have channels of their own, and are zero in the others'.

Scaling for the network and the decode live inside the graph. What nobody asks for is not computed:
:func:`tintype.spec.onnx.keep_outputs` takes it out.

The file says what it is: its ONNX metadata has, under :data:`METADATA_KEY`, the spec as JSON
(:meth:`ModelSpec.to_json`), so that a network exported today runs anywhere by its path alone.
"""

import json
from dataclasses import asdict, dataclass, fields

from tintype.color.curve import ChromaCurve
from tintype.errors import ModelError

METADATA_KEY = "tintype"
GREY, HINTS, TEMPERATURE = "grey", "hints", "temperature"
CHROMA, CONFIDENCE, LOG_PROBABILITIES = "chroma", "confidence", "log_probabilities"
OTHERS, LOOKS = "others", "looks"


def features_of(member: int) -> str:
    """The output that has what a member sees, counted from 0."""
    return f"features_{member}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A look at a photograph, after the first."""

    scale: float  # its size over that of the first
    mirrored: bool  # at the mirror image
    member: int  # whose it is, from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """One network. A row is data: no code runs when the table is read."""

    name: str
    file: str  # name of the ONNX file in tintype/models, or a path of the caller's own
    sha256: str  # of that file
    size: int  # pixels: the short side that the network sees unless told otherwise
    multiple: int  # input height and width are multiples of this
    stride: int  # input pixels per output pixel
    temperature: float  # of vividness 0.5, chosen on the validation photographs
    gain: float  # of the curve that the decode puts chroma through
    power: float  # (tintype.color.curve.ChromaCurve), chosen likewise,
    limit: float  # as is what it multiplies chroma by at most
    turn: tuple[float, float, float, float]  # and how hues are turned, radians
    correction: float  # how much of the loss's weights for rare colours the scores were freed of
    restraint: float  # nats by which a class is made less likely for each CIE unit of its chroma
    members: int  # networks that it is made of
    looks: tuple[Look, ...]  # further ones, after the first member's at `size`
    bin_step: float  # CIE units between the joint bins' centres (tintype.color.bins.JointBins)
    hints: bool  # whether the graph has the input `hints`
    parameters: int
    license: str  # of the weights, which is not that of the code
    card: str  # path under docs/

    def temperature_at(self, vividness: float) -> float:
        """The decoding temperature of a vividness in [0, 1]: 1 at 0, the model's own at 0.5.

        Geometric, so that each step of vividness sharpens the distribution by the same factor.
        """
        return float(self.temperature ** (2 * vividness))

    @property
    def curve(self) -> ChromaCurve:
        """The curve that chroma goes through after it was decoded."""
        return ChromaCurve(gain=self.gain, power=self.power, limit=self.limit, turn=self.turn)

    @property
    def finest(self) -> float:
        """The largest look's size over that of the first."""
        return max([1.0, *(look.scale for look in self.looks)])

    def to_json(self) -> str:
        """The spec as the exporter writes it into the ONNX file: all but ``file``, ``sha256``."""
        row = asdict(self)
        return json.dumps({name: row[name] for name in row if name not in _OF_THE_FILE})

    @classmethod
    def from_json(cls, text: str, *, file: str, sha256: str) -> "ModelSpec":
        """Rebuild a spec from :meth:`to_json`'s text and the file that it was found in.

        Raises:
            ModelError: the text is no such JSON, or a field is missing, unknown or of another type.
        """
        try:
            row = json.loads(text)
        except json.JSONDecodeError as error:
            raise ModelError(
                f"{file}: its metadata {METADATA_KEY!r} is not JSON: {error}"
            ) from error
        row = row if isinstance(row, dict) else {}
        wanted = {f.name: f.type for f in fields(cls) if f.name not in _OF_THE_FILE}
        wrong = _misfits(row, wanted)
        if wrong:
            raise ModelError(
                f"{file}: its metadata {METADATA_KEY!r} does not fit this version of tintype in "
                f"{', '.join(wrong)}; export the network again"
            )
        looks = tuple(Look(**look) for look in row["looks"])
        row |= {"looks": looks, "turn": tuple(row["turn"])}
        return cls(file=file, sha256=sha256, **row)


_OF_THE_FILE = ("file", "sha256")  # known by whoever has the file; it cannot hold its own checksum


def _misfits(row: dict[str, object], wanted: dict[str, object]) -> list[str]:
    """Fields of JSON that are missing, unknown or of another type."""
    common = row.keys() & wanted.keys()
    return sorted(row.keys() ^ wanted.keys()) + sorted(
        name for name in common if not _is(row[name], wanted[name])
    )


def _is(value: object, kind: object) -> bool:
    """Whether a value of JSON is of a field's type."""
    if kind == tuple[Look, ...]:
        wanted = {field.name: field.type for field in fields(Look)}
        return isinstance(value, list) and all(
            isinstance(each, dict) and not _misfits(each, wanted) for each in value
        )
    if kind == tuple[float, float, float, float]:
        return isinstance(value, list) and [type(each) for each in value] == [float] * 4
    return type(value) is kind
