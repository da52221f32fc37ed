"""Supportbot: the front desk of a small company in messengers."""

__version__ = "0.1.0"
