"""Whatever is taken back, in any order, comes to what the model says; see `machine.py` beside this file.

With `--hypothesis-profile=long` many times as many orders are tried.
"""

from __future__ import annotations

from hypothesis import settings

from tests.desk.machine import TakeBackMachine
from tests.log.samples import postgres

TestTakeBack = TakeBackMachine.TestCase
TestTakeBack.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)


class PostgresTakeBackMachine(TakeBackMachine):
    make = staticmethod(postgres)


TestTakeBackOnPostgres = PostgresTakeBackMachine.TestCase
TestTakeBackOnPostgres.settings = settings(max_examples=8, stateful_step_count=30, deadline=None)
