"""The web: the customer's chat page, the operators' console, health and metrics."""
