"""Where messages come and go; each file knows one service and nothing of the house but the domain."""
