"""One process only, where nothing could carry an event to a second one.

Without Redis the channel layer lives in the memory of a process: two of them on one database would each show half
of the talk. A lock on a file in `DATA_DIR` makes the second one say so instead of starting.
"""

import fcntl
import os
from pathlib import Path
from typing import IO, Final

LOCK_NAME: Final = "process.lock"

_held: list[IO[str]] = []
"""Open for as long as the process lives: the system drops the lock with the file, however the process ends."""


class AlreadyServed(Exception):
    """Another process serves this folder."""


def hold(data_dir: Path) -> None:
    """Lock `data_dir` until this process ends. Raises AlreadyServed, with what to set, while another holds it."""
    file = (data_dir / LOCK_NAME).open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise AlreadyServed(
            f"Process {holder} already serves {data_dir}, and without Redis a site is one process. Stop that one, "
            "set another DATA_DIR, or set DATABASE_URL (PostgreSQL) and REDIS_URL to run several."
        ) from None
    file.truncate(0)
    file.write(f"{os.getpid()}\n")
    file.flush()
    _held.append(file)
