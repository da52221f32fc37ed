"""Examples that are the same each time."""

import tests.repeatable  # noqa: F401 loads its profile
