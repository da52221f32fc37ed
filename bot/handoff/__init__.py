"""People take over: staff, tickets, one queue, notes, hours of work."""
