# SPDX-License-Identifier: Apache-2.0
"""The contract between training and inference: models, options, hints. Needs neither."""
