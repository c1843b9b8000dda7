"""Entry point: ``cnnstudio COMMAND …`` goes to the command line, anything else opens the window.

Nothing heavy is imported here: the window's first paint and a command's first line wait for it.
"""

from __future__ import annotations

import sys

from cnnstudio import cli


def main() -> int:
    """Runs what the arguments ask for; returns the exit code."""
    arguments = sys.argv[1:]
    if cli.is_command(arguments):
        return cli.main(arguments)
    model = arguments[0] if arguments else None
    if model is not None and (refusal := cli.refusal(model)):
        print(refusal, file=sys.stderr)
        return 2
    from cnnstudio.ui.start import start

    return start(model)


if __name__ == "__main__":
    sys.exit(main())
