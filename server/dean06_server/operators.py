"""Who operates the server: the name that the system knows, under which the audit log keeps what he does."""

from __future__ import annotations

import getpass
import os

from dean06_core.audit.operating import OPERATOR


def name() -> str:
    """The name that the system knows the operator by; not the environment's, which he could choose."""
    try:
        import pwd
    except ImportError:  # Windows
        return getpass.getuser()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's user without a name
        return f"uid {os.getuid()}"


def login() -> str:
    """As the log names him."""
    return f"{OPERATOR}{name()}"
