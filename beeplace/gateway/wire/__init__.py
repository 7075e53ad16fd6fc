"""WebSocket, Engine.IO 4 and Socket.IO 5 as state machines without I/O: bytes in, events and bytes out.

Invariant: no socket, no task, no clock and no setting of BeePlace in here. `beeplace.gateway` reads and writes the
connections; the golden vectors of `tests/wire/` say what each machine makes of which bytes.
"""
