# SPDX-License-Identifier: Apache-2.0
"""IPTC-IIM records, and the wrapping that Photoshop gave them.

JPEG has no place of its own for IPTC: the records lie in an application segment of Photoshop's, as
resource 0x0404 among others (paths, thumbnails, print settings). Only the records are carried over;
the other resources speak of the picture as it was before.

Source: Adobe Photoshop File Formats Specification, "Image Resource Blocks"; IPTC-IIM 4.2.
"""

import struct

_SIGNATURE = b"8BIM"
_IPTC = 0x0404


def find_records(resources: bytes) -> bytes | None:
    """Find the IPTC records among Photoshop's image resources; None if there are none."""
    at = 0
    while resources[at : at + 4] == _SIGNATURE and at + 12 <= len(resources):
        (kind,) = struct.unpack_from(">H", resources, at + 4)
        name = (resources[at + 6] + 2) & ~1  # a Pascal string, padded to an even length
        start = at + 6 + name + 4
        if start > len(resources):
            break
        (size,) = struct.unpack_from(">I", resources, start - 4)
        if kind == _IPTC:
            return resources[start : start + size] or None
        at = start + size + (size & 1)
    return None


def wrap_records(records: bytes) -> bytes:
    """Wrap IPTC records as the one image resource of a Photoshop segment."""
    padding = b"\0" * (len(records) & 1)
    return struct.pack(">4sH2xI", _SIGNATURE, _IPTC, len(records)) + records + padding
