"""What goes out to everyone: the broadcaster's tick, subscribers, senders, snapshots, drain."""
