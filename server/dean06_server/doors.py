"""What signing in goes by here, read from the files that the settings name."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from dean06_auth import profile, roles
from dean06_auth.attempts import Door
from dean06_auth.profile import VN_L3_2026, Profile
from dean06_auth.secret_boxes import SecretBox
from dean06_core.errors import StartUpError
from dean06_server.settings import Settings


def door_of(settings: Settings) -> Door:
    """StartUpError for a profile that is looser than the declared one, and for keys that others can read."""
    return Door(_profile(settings.profile), _box(settings.secrets_key))


def _profile(path: Path | None) -> Profile:
    return VN_L3_2026 if path is None else profile.tightened(_read(path, "DEAN06_PROFILE"), roles.ROLES)


def _box(path: Path | None) -> SecretBox | None:
    if path is None:
        return None
    return SecretBox.read(secret_in(path, "DEAN06_SECRETS_KEY"))


def secret_in(path: Path, variable: str) -> str:
    """What stands in the file that a variable names; StartUpError where others than its owner can read it."""
    written = _read(path, variable)
    if sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO):
        raise StartUpError(
            f"The file '{path}' of {variable} can be read by others than its owner. Run: chmod 600 '{path}'"
        )
    return written


def _read(path: Path, variable: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartUpError(
            f"{variable} names the file '{path}', which cannot be read: {type(error).__name__}. Write it, or unset "
            f"{variable}."
        ) from error
