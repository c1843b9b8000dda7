"""What a command says instead of a traceback."""


class CommandError(Exception):
    """One line for stderr; the command ends with exit code 2."""
