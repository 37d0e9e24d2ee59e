# SPDX-License-Identifier: Apache-2.0
import struct

from hypothesis import given
from hypothesis import strategies as st

from tintype.imaging.iptc import find_records, wrap_records


@given(st.binary(min_size=1))
def test_records_come_out_as_they_were_wrapped(records):
    assert find_records(wrap_records(records)) == records


def test_records_are_found_behind_other_resources_with_names():
    thumbnail = struct.pack(">4sHB5sI", b"8BIM", 0x040C, 5, b"thumb", 3) + b"abc\0"
    assert find_records(thumbnail + wrap_records(b"\x1c\x02")) == b"\x1c\x02"


@given(st.binary(max_size=64))
def test_damage_is_no_records_and_no_error(noise):
    find_records(b"8BIM" + noise)
