from __future__ import annotations

from collections.abc import Iterator

import pytest

from retentive.policies.budget import Budget
from retentive.policies.decay import Decay
from retentive.policies.expire import Expire
from retentive.policies.near_duplicates import NearDuplicates
from retentive.policies.summaries import Summaries
from retentive.policies.supersede import Supersede
from retentive.protocols import ConsolidationPolicy, Store
from retentive.stores.redis import RedisStore
from retentive.testing.clock import ManualClock
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


class TestEveryBuiltInPolicyOnAServer(PolicySuite):
    @pytest.fixture(params=[*ALL, Summaries()], ids=lambda policy: policy.name)
    def policy(self, request: pytest.FixtureRequest) -> ConsolidationPolicy:
        return request.param  # type: ignore[no-any-return]

    @pytest.fixture
    def store(self, clock: ManualClock, redis_url: str) -> Iterator[Store]:  # type: ignore[override]
        store = RedisStore.open(redis_url, clock=clock)
        yield store
        store.close()
