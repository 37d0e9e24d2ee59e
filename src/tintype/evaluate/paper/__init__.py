# SPDX-License-Identifier: Apache-2.0
"""The paper's experiments, run again and reported: Hwang & Zhou 2016, section 5."""
