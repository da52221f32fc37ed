"""The root of all errors: each class says in one sentence what an owner can do about it.

A command that meets one prints that sentence and ends with the class's `exit_code`; nobody sees a traceback.
"""


class SupportbotError(Exception):
    """Something that should not happen, with a sentence a tired operator can act on."""

    exit_code = 1


class WrongUsage(SupportbotError):
    """What was asked cannot be asked like this; exit code 2."""

    exit_code = 2
