"""What axe-core finds on a page as it stands: every rule of WCAG 2.2, A and AA, and the common good practices."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_RUN = """async (tags) => {
  const { violations } = await axe.run(document, { runOnly: { type: 'tag', values: tags } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target, failureSummary }) =>
    `${target} ${failureSummary}`).join(' | ')}`);
}"""


async def findings(page: Page) -> list[str]:
    """One line for each rule that is broken, with the elements that break it."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[str] = await page.evaluate(_RUN, list(TAGS))
    return found
