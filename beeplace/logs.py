"""How log lines look: a constant message and fields, as text for people or as JSON for machines, on stderr."""

from __future__ import annotations

import logging
import sys
from typing import Any

import orjson
import structlog
from aiohttp.web import RequestPayloadError

from beeplace.log_limit import LogLimit


def set_up(level: str, form: str) -> None:
    """Sends structlog's lines and those of libraries the same way."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(serializer=lambda value, **_: orjson.dumps(value, default=str).decode())
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer], foreign_pre_chain=shared
        )
    )
    handler.addFilter(LogLimit())
    logging.getLogger("aiohttp.server").addFilter(_not_a_peers_mistake)
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        cache_logger_on_first_use=True,
    )


def _not_a_peers_mistake(record: logging.LogRecord) -> bool:
    """A body that ends too early has its answer; a trace for each request of that kind would only fill the log."""
    error = record.exc_info[1] if record.exc_info else None
    return not isinstance(error, RequestPayloadError)
