"""How memories are kept tidy where no configuration says otherwise."""

from __future__ import annotations

from retentive.consolidate.settings import ConsolidationSettings
from retentive.policies.expire import Expire
from retentive.policies.near_duplicates import NearDuplicates
from retentive.policies.supersede import Supersede

__all__ = ["default_consolidation"]


def default_consolidation() -> ConsolidationSettings:
    """Return settings without an LLM and without a schedule: on demand only."""
    return ConsolidationSettings(policies=[NearDuplicates(), Supersede(), Expire()])
