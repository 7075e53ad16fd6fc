"""A new object of a store that speaks S3: sent in parts while it is written, there whole or not at all.

Who asks, and where the store is, come from the environment as AWS's own tools read it: AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, BinaryIO, Final, cast
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from obstore.store import S3Store

SCHEME: Final = "s3://"
_PART_BYTES = 5 << 20  # the least that stores take; 10,000 of them at most: 50 GB
_PARTS_AT_ONCE = 2
_TRIES, _TRIES_LAST = 10, timedelta(minutes=3)


def is_object(address: str) -> bool:
    """Whether it names an object. Raises ValueError where it names one half."""
    if not address.startswith(SCHEME):
        return False
    bucket, key = _named(address)
    if not (bucket and key) or key.endswith("/"):
        raise ValueError(f"must be like {SCHEME}bucket/key")
    return True


@contextmanager
def new_object(address: str) -> Iterator[BinaryIO]:
    """It is there once it was written to its end, and one of that name stays. Raises FileExistsError, OSError.

    What was sent of one that fails is taken back. A part that is cut off on its way is sent again for some minutes.
    """
    import obstore  # noqa: PLC0415  # 7 MB of memory that exports into files need not
    from obstore.exceptions import BaseError  # noqa: PLC0415

    bucket, key = _named(address)
    try:
        store = _store(bucket)
        _check_free(store, key, address)
        with obstore.open_writer(store, key, buffer_size=_PART_BYTES, max_concurrency=_PARTS_AT_ONCE) as file:
            yield cast("BinaryIO", file)
            _check_free(store, key, address)
    except (BaseError, FileNotFoundError) as error:  # the latter for a bucket that is not there
        raise OSError(0, " ".join(str(error).partition("\n\n")[0].split()), address) from error


def _store(bucket: str) -> S3Store:
    from obstore.store import S3Store  # noqa: PLC0415

    return S3Store(
        bucket,
        client_options={"allow_http": True, "timeout": timedelta(minutes=5)},  # HTTP where the endpoint says so
        retry_config={"max_retries": _TRIES, "retry_timeout": _TRIES_LAST},
    )


def _check_free(store: S3Store, key: str, address: str) -> None:
    try:
        store.head(key)
    except FileNotFoundError:
        return
    raise FileExistsError(0, "there is an object of that name already", address)


def _named(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.netloc, address.removeprefix(SCHEME).partition("/")[2]
