"""What the rules of shared use go by here, read from the file that the settings name."""

from __future__ import annotations

from dean06_auth.shared_use import WATCH, Watch, watch
from dean06_core.errors import StartUpError
from dean06_server.settings import Settings


def watch_of(settings: Settings) -> Watch:
    """StartUpError for a file that cannot be read or meant."""
    path = settings.shared_use
    if path is None:
        return WATCH
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise StartUpError(
            f"DEAN06_SHARED_USE names the file '{path}', which cannot be read: {type(error).__name__}. "
            "Write it, or unset DEAN06_SHARED_USE."
        ) from error
    return watch.read(written)
