"""Supportbot: the front desk of a small company in messengers."""
