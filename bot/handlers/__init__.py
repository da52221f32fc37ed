"""Use cases, the same for every channel: the front door and what happens behind it."""
