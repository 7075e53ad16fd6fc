"""How a change becomes true: the ports of store, bus and archive, the commit loop, and the replica in memory."""
