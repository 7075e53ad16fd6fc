"""Any order of operations equals a dict. `pytest tests/board --hypothesis-profile=long` looks for an hour."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

from tests.log.model_based.machine import BoardMachine
from tests.log.samples import StoreMaker, postgres

pytestmark = pytest.mark.timeout(7_200)

LONG = settings.get_current_profile_name() == "long"
SHORT = settings(max_examples=200, stateful_step_count=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LONGER = settings(settings.get_profile("long"), max_examples=500)

TestAnyOrderOfOperationsEqualsADict = BoardMachine.TestCase
TestAnyOrderOfOperationsEqualsADict.settings = settings.get_profile("long") if LONG else SHORT


class PostgresMachine(BoardMachine):
    """The same on PostgreSQL, where an example takes longer."""

    make: StoreMaker = staticmethod(postgres)


TestAnyOrderOfOperationsOnPostgresEqualsADict = PostgresMachine.TestCase
TestAnyOrderOfOperationsOnPostgresEqualsADict.settings = LONGER if LONG else settings(SHORT, max_examples=8)
