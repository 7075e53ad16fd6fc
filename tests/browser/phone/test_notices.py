"""A system's notice that the pixels are back: only where it is wanted, and the page is not looked at."""

from __future__ import annotations

import pytest

from tests.browser.phone.test_signals import SERVER, person, waits
from tests.browser.visitors import Visitors
from tests.conftest import StartServer
from tests.waiting import becomes

pytestmark = pytest.mark.asyncio(loop_scope="module")
WHOLE_BROWSER = True  # the one without windows shows no notices

NOTICES = """async () => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.getNotifications()).map(({ title, body, tag }) => ({ title, body, tag }));
}"""


@pytest.mark.parametrize(("wanted", "away"), [(True, True), (True, False), (False, True)])
async def test_a_notice_comes_to_who_wants_it_and_looks_elsewhere(
    wanted: bool, away: bool, visitors: Visitors, start_server: StartServer
) -> None:
    drawing = await person(visitors, start_server(**SERVER).url, notify=wanted)
    await drawing.page.evaluate(f"window.away = {'true' if away else 'false'}")
    await drawing.draw(25, 25, 5)
    await waits(drawing)
    told = [{"title": "BeePlace", "body": "Your pixels are back.", "tag": "back"}]
    if wanted and away:
        await becomes(lambda: drawing.page.evaluate(NOTICES), told)
    assert await drawing.page.evaluate(NOTICES) == (told if wanted and away else [])
