# SPDX-License-Identifier: Apache-2.0
"""Files to arrays and back, at full size; the only floor that knows Pillow, uint8 and HWC."""
