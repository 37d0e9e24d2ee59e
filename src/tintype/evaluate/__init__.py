# SPDX-License-Identifier: Apache-2.0
"""How good are the colours? Records of measured quality, and what people say who look.

An evaluation takes colour photographs, makes them grey, lets every candidate colour them, puts each
one's colours on the true lightness, and measures. The way of a photograph through the modules:
``photographs`` lists and decodes it; ``greys`` makes it grey; ``candidates`` (networks, functions,
``results`` of other programs, the ``baselines``) colour it; ``measures`` holds each answer against
the truth; ``examination`` does all this for one photograph and ``measurement`` for all.
``statistics`` says what is computed from the rows, and ``summary`` computes it, with intervals;
``evaluation`` is the record, ``tables`` and ``report`` show it, ``comparison`` pairs two.
``blind`` asks people, ``gallery`` and ``sheets`` show pictures, ``paper`` trains and reports the
experiments of Hwang and Zhou. ``commands`` is what the command line calls.
"""
