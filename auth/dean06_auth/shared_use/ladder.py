"""How far a finding climbs: a rung at a time, once within a window, never above its rule's top. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dean06_auth.shared_use.uses import Finding
from dean06_auth.shared_use.watch import Rung, Watch


@dataclass(frozen=True, slots=True)
class Standing:
    """The last finding of one rule about one account: how far it climbed, and since when its facts lie."""

    rung: Rung
    since: datetime


def climbed(standing: Standing | None, finding: Finding, watch: Watch) -> Rung | None:
    """The rung on which a finding comes to stand; None where it is the same matter as the last, or an earlier one."""
    if standing is not None and finding.last < standing.since + finding.window:
        return None
    reached = watch.begins[finding.severity].height
    if standing is not None and finding.last < standing.since + timedelta(days=watch.forgets_days):
        reached = max(reached, standing.rung.height + 1)
    rungs: list[Rung] = [*Rung]
    return rungs[min(reached, watch.tops[finding.rule].height)]
