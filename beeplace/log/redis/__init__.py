"""The bus between gateways, and the board's bitfield for other readers; its Lua stands beside it."""
