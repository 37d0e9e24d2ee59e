// SPDX-License-Identifier: Apache-2.0
// Which colours can exist at a lightness: CIELUV and back, with the primaries and white of sRGB.
// Source: IEC 61966-2-1 for sRGB, CIE 15:2004 for L*, u*, v*.

const TO_XYZ = [[0.4123907993, 0.3575843394, 0.1804807884], [0.2126390059, 0.7151686788, 0.0721923154],
  [0.0193308187, 0.1191947798, 0.9505321522]];
const FROM_XYZ = [[3.2409699419, -1.5373831776, -0.4986107603], [-0.9692436363, 1.8759675015, 0.0415550574],
  [0.0556300797, -0.2039769589, 1.0569715142]];
const WHITE = TO_XYZ.map((row) => row[0] + row[1] + row[2]);
const KAPPA = (29 / 3) ** 3;
const [WHITE_U, WHITE_V] = place(WHITE);
const HALVINGS = 14; // of the range in which the strongest chroma is sought
const BEYOND = 260; // CIE units; no colour of a display has more chroma
const SLACK = 1e-4; // of linear light

/** L*, u*, v* of #rrggbb. */
export function hexToLuv(hex) {
  const linear = [1, 3, 5].map((at) => decode(parseInt(hex.slice(at, at + 2), 16) / 255));
  const xyz = multiply(TO_XYZ, linear);
  if (xyz[1] <= 0) return [0, 0, 0];
  const lightness = xyz[1] > 216 / 24389 ? 116 * Math.cbrt(xyz[1]) - 16 : KAPPA * xyz[1];
  const [u, v] = place(xyz);
  return [lightness, 13 * lightness * (u - WHITE_U), 13 * lightness * (v - WHITE_V)];
}

/** Linear light of L*, u*, v*; some of it outside 0 to 1 where a display cannot show it. */
export function luvToLinear(lightness, u, v) {
  if (lightness <= 0) return [0, 0, 0];
  const y = lightness > 8 ? ((lightness + 16) / 116) ** 3 : lightness / KAPPA;
  const [pu, pv] = [u / (13 * lightness) + WHITE_U, v / (13 * lightness) + WHITE_V];
  if (pv <= 0) return [-1, -1, -1];
  return multiply(FROM_XYZ, [(y * 9 * pu) / (4 * pv), y, (y * (12 - 3 * pu - 20 * pv)) / (4 * pv)]);
}

export function isDisplayable(linear) {
  return linear.every((each) => each >= -SLACK && each <= 1 + SLACK);
}

/** Encoded sRGB of linear light, 0 to 255. */
export function encode(linear) {
  return linear.map((each) => {
    const light = Math.min(Math.max(each, 0), 1);
    return Math.round(255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055));
  });
}

/** #rrggbb of a lightness, a hue in degrees, and a chroma in CIE units. */
export function toHex(lightness, hue, chroma) {
  const angle = (hue * Math.PI) / 180;
  const rgb = encode(luvToLinear(lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)));
  return `#${rgb.map((each) => each.toString(16).padStart(2, "0")).join("")}`;
}

/** The most chroma that a display shows at a lightness and hue. */
export function strongest(lightness, hue) {
  const angle = (hue * Math.PI) / 180;
  let [low, high] = [0, BEYOND];
  for (let left = HALVINGS; left; left--) {
    const chroma = (low + high) / 2;
    const shown = isDisplayable(luvToLinear(lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)));
    [low, high] = shown ? [chroma, high] : [low, chroma];
  }
  return low;
}

function decode(value) {
  return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
}

/** u', v' of X, Y, Z. */
function place([x, y, z]) {
  const sum = x + 15 * y + 3 * z;
  return [(4 * x) / sum, (9 * y) / sum];
}

function multiply(matrix, vector) {
  return matrix.map((row) => row[0] * vector[0] + row[1] * vector[1] + row[2] * vector[2]);
}
