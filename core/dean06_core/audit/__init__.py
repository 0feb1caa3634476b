"""Who did what, when, in which role: kept with the change itself, sealed so that nobody can take it back unseen."""

from dean06_core.audit.events import DONE, AuditEvent, AuditPersonal, Event, erase, record

__all__ = ["DONE", "AuditEvent", "AuditPersonal", "Event", "erase", "record"]
