"""forbidden.py PROGRAM ... starts it where io_uring is refused, as Docker's own seccomp profile does."""

from __future__ import annotations

import ctypes
import errno
import os
import struct
import sys

_SET_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2
_LOAD_WORD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_IO_URING_SETUP = 425
_PROGRAM = [
    (_LOAD_WORD, 0, 0, 0),  # the number of the system call
    (_JUMP_IF_EQUAL, 0, 1, _IO_URING_SETUP),
    (_RETURN, 0, 0, _REFUSE),
    (_RETURN, 0, 0, _ALLOW),
]


class _Filter(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def forbid() -> None:
    """From here on, and for whatever is started."""
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    instructions = b"".join(struct.pack("=HBBI", *one) for one in _PROGRAM)
    program = _Filter(len(_PROGRAM), instructions)
    assert prctl(_SET_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0
    assert prctl(_SET_SECCOMP, _FILTER, ctypes.byref(program), 0, 0) == 0


if __name__ == "__main__":
    forbid()
    os.execv(sys.argv[1], sys.argv[1:])
