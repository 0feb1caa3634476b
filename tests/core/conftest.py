"""A property holds however busy the machine is: no example has a deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("core", deadline=None)
settings.load_profile("core")
