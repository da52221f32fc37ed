"""How messages are kept and carried: inbox, transcript, outbox, delivery."""
