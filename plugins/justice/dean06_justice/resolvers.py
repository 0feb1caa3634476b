"""How certificates become figures: each counts on the day on which it was issued."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from dean06_core import Resolver, share_of_records
from dean06_justice.certificates import Certificate, Channel
from dean06_justice.indicators import CERTIFICATES_VIA_VNEID

RESOLVERS: Final[Mapping[str, Resolver]] = {
    CERTIFICATES_VIA_VNEID.code: share_of_records(Certificate.issued_on, Certificate.channel == Channel.VNEID)
}
