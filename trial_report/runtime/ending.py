"""How every command ends that Python runs by ``-m``: what a person or the machine caused is one line, no traceback.

`trial_report` calls `watch` when Python is about to run one of its modules as a program, which is before
anything slow is imported. From then on

- what the machine refuses (no room, no permission, no memory, a folder that was moved away) is told with the file and
  what to do, and the exit code is 3;
- Ctrl-C, and the signals that ask a program to end, let every ``with`` tidy up; the exit code is 130 (129, 143);
- a reader of the output that goes away (``| head``) stops nothing: what the command writes to files is written.

Anything else is a fault of ours and keeps its traceback. ``CSR_TRACEBACK=1`` shows it in any case.

Not here: faults of a study, which are told as `told` says, and exit codes of a verb (`command.main`).
"""

from __future__ import annotations

import atexit
import errno
import io
import os
import signal
import sys
from types import FrameType, TracebackType
from typing import TextIO

from trial_report.runtime.follow import follow

MACHINE = 3
"""The exit code of what the machine refused."""

INTERRUPTED = 130
LEAST = 2 << 30
"""Bytes of address space (not of memory) that the libraries take which every command needs."""

TRACEBACK = "CSR_TRACEBACK"

_FULL = "free some, or choose another place, and run again"
_WAYS = {
    errno.ENOSPC: ("no room is left on the disk", _FULL),
    errno.EDQUOT: ("your quota of disk space is used up", _FULL),
    errno.EFBIG: ("a file may not become so large", "raise the limit (ulimit -f), or choose another place"),
    errno.EACCES: ("permission is denied", "choose a place that is yours, or have the permission given"),
    errno.EPERM: ("it is not permitted", "choose a place that is yours, or have the permission given"),
    errno.EROFS: ("the disk can only be read", "choose a place that can be written"),
    errno.ENOENT: ("it is not there", "it may have been moved or removed meanwhile: put it back, or name another"),
    errno.ESTALE: ("it is not there any more", "it was moved or removed on its server: run again"),
    errno.ENOTDIR: ("a part of this path is a file, not a folder", "choose another place"),
    errno.EISDIR: ("it is a folder", "choose another name"),
    errno.ENAMETOOLONG: ("the name is too long", "choose a shorter one"),
    errno.ELOOP: ("its links lead in a circle", "choose a place without links"),
    errno.EMFILE: ("too many files are open", "raise the limit (ulimit -n)"),
    errno.ENFILE: ("too many files are open", "close other programs, and run again"),
    errno.EIO: ("the disk reports an error", "look after the disk"),
    errno.EAGAIN: ("no further process or thread may be started", "raise the limit (ulimit -u)"),
}
MEMORY = "there is not enough memory: close other programs, raise the limit (ulimit -v), or use a larger machine"
# What libraries say where the system gave them no memory or no thread, but without an error of that kind.
_SPOKEN = (
    "cannot allocate memory", "can't start new thread", "failed to map segment", "out of memory", "std::bad_alloc",
    "failed to allocate", "memory allocation still failed", "returned null without setting",
)  # fmt: skip


class MachineError(Exception):
    """What the machine refused, told by a part of the program that saw it; the message is for a person."""


class _Asked(SystemExit):
    """A signal that asks the program to end: every ``with`` tidies up on the way out."""


def refusal(error: BaseException) -> str | None:
    """Return in one line what the machine refused, or None where the error is not of that kind."""
    if isinstance(error, MachineError):
        return str(error)
    number = getattr(error, "errno", None)
    spoken = isinstance(error, ImportError | RuntimeError | SystemError | OSError) and of_memory(str(error))
    no_memory = isinstance(error, MemoryError) or _of_duckdb(error, "OutOfMemoryException")
    if no_memory or spoken or number == errno.ENOMEM:
        return MEMORY
    if isinstance(error, OSError):
        name = _place(error)
        if number is None and "non-existent directory" in str(error):  # pandas, of a folder that is gone
            number, name = errno.ENOENT, str(error).partition("'")[2].rstrip("'")
        what, way = _WAYS.get(number or 0, (error.strerror or str(error), "see to it, and run again"))
        if name is None:
            return f"{what[:1].upper()}{what[1:]}: {way}"
        return f"{name}: {what}; {way}"
    if _of_duckdb(error, "IOException"):
        return f"the database could not read or write a file: {' '.join(str(error).split())}"
    return None


def of_memory(words: str) -> bool:
    """Whether words that a library or a process said are about memory that it was not given."""
    return any(spoken in words.lower() for spoken in _SPOKEN)


def _place(error: OSError) -> str | None:
    """The path that the error is about. Of two the second is where a file was to go, unless it is one that is gone."""
    names = [os.fsdecode(n) for n in (error.filename, error.filename2) if isinstance(n, str | bytes | os.PathLike)]
    gone = [name for name in names if error.errno == errno.ENOENT and not os.path.lexists(name)]
    return next(iter([*gone, *reversed(names)]), None)


def _of_duckdb(error: BaseException, name: str) -> bool:
    """Whether it is duckdb's error of this name; duckdb is slow to import, and need not be there."""
    kind = type(error)
    return kind.__name__ == name and kind.__module__.split(".")[0].lstrip("_") == "duckdb"


def watch() -> None:
    """From now on this process, a command, ends as the head of this module says; again it does nothing."""
    if sys.excepthook is _ended:
        return
    follow()
    sys.excepthook = _ended
    if said := limited(LEAST):
        _say(said)
        raise SystemExit(MACHINE)
    if _limit() is not None:
        # OpenBLAS asks for room for each thread while it is loaded, and where it is given none it asks for ever.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    for asked in (signal.SIGTERM, getattr(signal, "SIGHUP", None)):
        # What somebody set before, as nohup does, stays.
        if asked is not None and signal.getsignal(asked) is signal.SIG_DFL:
            signal.signal(asked, _leave)
    _open_streams()
    # Told where it can be told: at the very end Python could only say that it ignored it.
    atexit.register(_flushed)


def limited(least: int) -> str | None:
    """Return what to say where address space is limited to less than that: libraries would crash or hang there."""
    limit = _limit()
    if limit is None or limit >= least:
        return None
    return f"memory is limited to {limit >> 20} MB (ulimit -v), of which at least {least >> 20} are needed"


def _limit() -> int | None:
    """Return to how many bytes of address space this process is limited, or None where it is not."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return None
    limit = resource.getrlimit(resource.RLIMIT_AS)[0]
    return None if limit in (-1, resource.RLIM_INFINITY) else limit


def _leave(number: int, _: FrameType | None) -> None:
    _say(f"Ended by {signal.Signals(number).name}.")
    raise _Asked(128 + number)


def _ended(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Stands for Python's own way of showing what nobody caught."""
    if os.environ.get(TRACEBACK):
        sys.__excepthook__(kind, error, trace)
    if isinstance(error, KeyboardInterrupt):
        if not os.environ.get(TRACEBACK):
            _say("Interrupted.")
        raise SystemExit(INTERRUPTED)
    told = refusal(error)
    if told is None:
        if not os.environ.get(TRACEBACK):
            sys.__excepthook__(kind, error, trace)
        return
    _say(told)
    raise SystemExit(MACHINE)


def _say(words: str) -> None:
    try:
        print(words, file=sys.stderr, flush=True)
    except (OSError, ValueError):  # nobody is there to read it
        return


# ---- the streams ----------------------------------------------------------------------------------------


class _Patient(io.FileIO):
    """Standard output or error whose reader may go away: what is written then is nobody's, and stops nothing."""

    def write(self, data: object) -> int:
        try:
            return super().write(data)  # type: ignore[arg-type]
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if not isinstance(error, BrokenPipeError):
                raise OSError(error.errno, error.strerror, "what the command says") from error
            return memoryview(data).nbytes  # type: ignore[arg-type]


def _open_streams() -> None:
    if os.name != "posix":
        return
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:  # closed (>&-): its number would go to the next file that is opened
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream: TextIO | None = getattr(sys, name)
        raw = _Patient(number, "w", closefd=False)
        at_once = raw.isatty() or name == "stderr" or os.environ.get("PYTHONUNBUFFERED", "") != ""
        encoding = "utf-8" if stream is None else stream.encoding
        made = io.TextIOWrapper(
            io.BufferedWriter(raw), encoding=encoding, errors="backslashreplace", line_buffering=at_once
        )
        setattr(sys, name, made)


def _flushed() -> None:
    try:
        sys.stdout.flush()
    except (OSError, ValueError) as error:
        _say(refusal(error) or str(error))
        os._exit(MACHINE)
