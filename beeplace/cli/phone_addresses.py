"""What a phone has to open to reach this machine: its addresses in the networks around it, and a QR code."""

from __future__ import annotations

import fcntl
import io
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import NamedTuple

from beeplace.gateway.connection.listener import url
from beeplace.settings.settings import Settings

MAX_SHOWN = 4
_EVERY = {"0.0.0.0": (4,), "::": (4, 6)}  # hosts that stand for all addresses, of these versions
# Networks inside of this machine, of containers and virtual machines: their addresses come last.
_INSIDE = ("docker", "br-", "veth", "virbr", "podman", "cni", "flannel", "lxc", "lxd", "vmnet", "vboxnet")
_SIOCGIFADDR = 0x8915
_TEMPORARY, _UNUSABLE = 0x01, 0x20 | 0x08 | 0x40  # deprecated, a duplicate, tentative
# Addresses of the documentation: to connect a datagram socket sends nothing, and tells which of ours would be used.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


class OwnAddress(NamedTuple):
    """One address of this machine; `lasts` is not so for those that IPv6 changes every day."""

    interface: str
    address: IPv4Address | IPv6Address
    lasts: bool = True


def phone_urls(settings: Settings, port: int) -> list[str]:
    """Whole addresses of the site, the best first; none where only this machine can reach it."""
    if settings.public_url:
        return [settings.public_url]
    if settings.host in _EVERY:
        found = preferred(_found(), _used())
        hosts = [str(one) for one in found if one.version in _EVERY[settings.host]]
    else:
        hosts = [] if _is_loopback(settings.host) else [settings.host]
    return [url(host, port) + settings.base_path for host in hosts[:MAX_SHOWN]]


def preferred(
    found: Iterable[OwnAddress], used: Iterable[IPv4Address | IPv6Address]
) -> list[IPv4Address | IPv6Address]:
    """Those that others may reach: first the ones that this machine uses itself, last those inside of it."""
    first = list(used)

    def rank(one: OwnAddress) -> tuple[bool, bool, int, bool]:
        return one.interface.startswith(_INSIDE), one.address not in first, one.address.version, not one.lasts

    addresses = [one.address for one in sorted(found, key=rank)] or first
    return [one for one in dict.fromkeys(addresses) if not (one.is_loopback or one.is_link_local or one.is_unspecified)]


def qr_lines(address: str) -> str:
    """The QR code of an address for a terminal, two rows in each line."""
    import segno  # noqa: PLC0415  # a server without a terminal draws none

    text = io.StringIO()
    segno.make_qr(address, error="l").terminal(text, border=4, compact=True)
    return text.getvalue().rstrip("\n")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _used() -> list[IPv4Address | IPv6Address]:
    """Which addresses this machine speaks to others with, if it can."""
    used: list[IPv4Address | IPv6Address] = []
    for family, elsewhere in _ELSEWHERE:
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as one:
            one.connect((elsewhere, 9))
            used.append(ip_address(one.getsockname()[0]))
    return used


def _found() -> list[OwnAddress]:
    """The addresses of all interfaces, where the system lets us ask (Linux)."""
    return [*_of_version_4(), *_of_version_6()]


def _of_version_4() -> Iterable[OwnAddress]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        for _, name in socket.if_nameindex():
            with suppress(OSError):  # it has none
                told = fcntl.ioctl(one, _SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
                yield OwnAddress(name, IPv4Address(told[20:24]))


def _of_version_6() -> Iterable[OwnAddress]:
    with suppress(OSError):
        for line in Path("/proc/net/if_inet6").read_text().splitlines():
            digits, _, _, _, flags, name = line.split()
            if not int(flags, 16) & _UNUSABLE:
                yield OwnAddress(name, IPv6Address(bytes.fromhex(digits)), not int(flags, 16) & _TEMPORARY)
