"""Shuts a process in, by itself and for good: what it may read, where it may write, and no network, programs or processes.

Standard library alone, because the process that is shut in loads nothing of the service. Linux on x86-64 and ARM64:
Landlock for files, seccomp for system calls. Elsewhere, and on kernels without them, `confine` says what is missing.
"""
from __future__ import annotations

import ctypes
import os
import platform
import resource
import struct
from collections.abc import Iterable
from pathlib import Path

PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP, FILTER = 38, 22, 2
_CREATE, _ADD, _RESTRICT = 444, 445, 446                        # Landlock's system calls, the same on both machines
_READ = 1 << 2 | 1 << 3                                         # files and folders
_READ_FILE, _WRITE_FILE = 1 << 2, 1 << 1
_OLDEST_FS = (1 << 13) - 1                                      # every right that the first version knows
_FILES_OPEN = 256

# system call -> numbers on x86-64 and ARM64; -1: there is none.
_FORBIDDEN = {
    "socket": (41, 198), "socketpair": (53, 199), "connect": (42, 203), "bind": (49, 200), "listen": (50, 201), "sendto": (44, 206), "sendmsg": (46, 211),
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, -1), "vfork": (58, -1), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "kill": (62, 129), "tkill": (200, 130), "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "pidfd_send_signal": (424, 424),
    "io_uring_setup": (425, 425), "bpf": (321, 280), "userfaultfd": (323, 282), "perf_event_open": (298, 241), "add_key": (248, 217), "request_key": (249, 218),
    "keyctl": (250, 219), "mount": (165, 40), "umount2": (166, 39), "unshare": (272, 97), "setns": (308, 268), "chroot": (161, 51), "pivot_root": (155, 41),
    "open_by_handle_at": (304, 265), "shmget": (29, 194), "shmat": (30, 196), "msgget": (68, 186), "semget": (64, 190), "mq_open": (240, 180),
    "personality": (135, 92), "init_module": (175, 105), "finit_module": (313, 273), "kexec_load": (246, 104), "reboot": (169, 142), "swapon": (167, 224),
}
_MACHINES = {"x86_64": (0, 0xC000003E, 56), "aarch64": (1, 0xC00000B7, 220)}   # column above, audit number, clone
_CLONE3, _CLONE_THREAD = 435, 0x00010000
_ALLOW, _DENY, _UNKNOWN, _KILL = 0x7FFF0000, 0x00050001, 0x00050026, 0x80000000   # EPERM; ENOSYS
_LOAD, _EQUAL, _AT_LEAST, _HAS, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06


def confine(readable: Iterable[Path], writable: Iterable[Path] = ()) -> list[str]:
    """Shuts the calling process and its threads in. Returns what this system could not give, [] for everything."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (_FILES_OPEN, _FILES_OPEN))
    if platform.system() != "Linux" or platform.machine() not in _MACHINES:
        return ["landlock", "seccomp"]
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        return ["no_new_privs", "landlock", "seccomp"]
    missing = [] if _landlock(libc, readable, writable) else ["landlock"]
    return missing if _seccomp(libc) else [*missing, "seccomp"]


# -- files


def _landlock(libc, readable: Iterable[Path], writable: Iterable[Path]) -> bool:
    version = libc.syscall(_CREATE, None, 0, 1)
    if version < 1:
        return False
    rights = _OLDEST_FS | (1 << 13 if version >= 2 else 0) | (1 << 14 if version >= 3 else 0) | (1 << 15 if version >= 5 else 0)
    rules = struct.pack("QQQ", rights, 3 if version >= 4 else 0, 3 if version >= 6 else 0)    # TCP; abstract sockets and signals
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = libc.syscall(_CREATE, rules, size, 0)
    if ruleset < 0:
        return False
    try:
        for path in readable:
            _allow(libc, ruleset, path, _READ)
        for path in writable:
            _allow(libc, ruleset, path, rights & ~1)     # everything but running programs
        return libc.syscall(_RESTRICT, ruleset, 0) == 0
    finally:
        os.close(ruleset)


def _allow(libc, ruleset: int, path: Path, rights: int) -> None:
    if not path.exists():
        return
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        libc.syscall(_ADD, ruleset, 1, struct.pack("=Qi", rights if path.is_dir() else rights & (_READ_FILE | _WRITE_FILE), place), 0)
    finally:
        os.close(place)


# -- system calls


def _seccomp(libc) -> bool:
    program = b"".join(struct.pack("HBBI", *line) for line in _program())
    lines = ctypes.create_string_buffer(program)
    whole = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(lines))
    return libc.prctl(PR_SET_SECCOMP, FILTER, ctypes.c_char_p(whole), 0, 0) == 0


def _program() -> list[tuple[int, int, int, int]]:
    """The filter: (operation, lines to skip if so, lines to skip if not, operand) a line."""
    column, machine, clone = _MACHINES[platform.machine()]
    numbers = [pair[column] for pair in _FORBIDDEN.values() if pair[column] >= 0]
    tests = [(_EQUAL, len(numbers) - place, 0, number) for place, number in enumerate(numbers)]
    return [
        (_LOAD, 0, 0, 4), (_EQUAL, 1, 0, machine), (_RETURN, 0, 0, _KILL),          # called as another machine would
        (_LOAD, 0, 0, 0), (_AT_LEAST, 0, 1, 0x40000000), (_RETURN, 0, 0, _DENY),    # the x32 numbers
        (_EQUAL, 0, 1, _CLONE3), (_RETURN, 0, 0, _UNKNOWN),                         # the C library then asks by clone
        (_EQUAL, 0, 4, clone), (_LOAD, 0, 0, 16), (_HAS, 0, 1, _CLONE_THREAD), (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENY),
        *tests, (_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _DENY),
    ]
