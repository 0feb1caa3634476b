"""Rules that notice an account used by several people, what is kept for them, and what is done about a finding."""

from dean06_auth.shared_use.kept_uses import SessionUse
from dean06_auth.shared_use.notes import SharedUseNote, shared_logins
from dean06_auth.shared_use.watch import WATCH, Watch

__all__ = ["WATCH", "SessionUse", "SharedUseNote", "Watch", "shared_logins"]
