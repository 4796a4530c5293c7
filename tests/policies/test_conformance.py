from __future__ import annotations

import pytest

from retentive.policies.budget import Budget
from retentive.policies.decay import Decay
from retentive.policies.expire import Expire
from retentive.policies.near_duplicates import NearDuplicates
from retentive.policies.supersede import Supersede
from retentive.protocols import ConsolidationPolicy
from retentive.testing.policy_suite import PolicySuite

ALL = (
    NearDuplicates(),
    Decay(),
    Decay(curve="power_law", grace_s=None),
    Expire(),
    Supersede(),
    Budget(records=40, tokens=500),
)


class TestEveryBuiltInPolicy(PolicySuite):
    @pytest.fixture(params=ALL, ids=lambda policy: policy.name)
    def policy(self, request: pytest.FixtureRequest) -> ConsolidationPolicy:
        return request.param  # type: ignore[no-any-return]
