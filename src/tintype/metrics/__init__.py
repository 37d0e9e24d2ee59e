# SPDX-License-Identifier: Apache-2.0
"""Pure measures of colour on arrays."""
