"""`beeplace doctor`: examines the machine, the database and Redis."""
