"""How the world reaches a board: protocol, sockets, fan-out, identity and HTTP."""
