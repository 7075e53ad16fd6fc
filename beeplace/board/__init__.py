"""What a board is: pixels, rules, log and store. Knows no HTTP and no sockets."""
