"""How well it goes: what customers say after a ticket is closed."""
