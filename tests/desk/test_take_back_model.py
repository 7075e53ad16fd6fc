"""Whatever is done and taken back, in any order, comes to what the models say; see `order_machine.py` beside this file.

`make model` tries a million steps.
"""

from __future__ import annotations

from hypothesis import settings

from tests.desk.order_machine import OrderMachine
from tests.log.samples import postgres

TestTakeBack = OrderMachine.TestCase
TestTakeBack.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)


class PostgresOrderMachine(OrderMachine):
    make = staticmethod(postgres)


TestTakeBackOnPostgres = PostgresOrderMachine.TestCase
TestTakeBackOnPostgres.settings = settings(max_examples=5, stateful_step_count=30, deadline=None)
