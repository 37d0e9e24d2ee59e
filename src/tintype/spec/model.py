# SPDX-License-Identifier: Apache-2.0
"""What a network takes and gives: the contract between training and inference.

Every network, whatever its make, is an ONNX file with these tensors (N photographs, height and
width of the input multiples of :attr:`ModelSpec.multiple`; h = H / stride, w = W / stride):

========================  ==================  =====================================================
input ``grey``            (N, 1, H, W) f32    L* in [0, 100]
input ``hints``           (N, 3, H, W) f32    u*, v* in CIE units and a mask in [0, 1]; all zero
                                              where nothing is hinted (only if ``hints``)
input ``temperature``     () f32              > 0; 1 decodes the mean, towards 0 the mode
output ``chroma``         (N, 2, h, w) f32    u*, v* in CIE units
output ``confidence``     (N, 1, h, w) f32    in [0, 1]; 1 minus the normalised entropy
output ``log_probabilities``  (N, Q, h, w) f32  natural logarithm, over the Q joint bins
========================  ==================  =====================================================

Scaling for the network and the decode live inside the graph; ONNX Runtime computes only the
outputs that are asked for.
"""

from dataclasses import dataclass

GREY, HINTS, TEMPERATURE = "grey", "hints", "temperature"
CHROMA, CONFIDENCE, LOG_PROBABILITIES = "chroma", "confidence", "log_probabilities"


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
    bin_step: float  # CIE units between the joint bins' centres (tintype.color.bins.JointBins)
    hints: bool  # whether the graph has the input `hints`
    parameters: int
    license: str  # of the weights, which is not that of the code
    card: str  # path under docs/
