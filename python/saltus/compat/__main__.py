"""python -m saltus.compat script.py [arguments of the script]"""

from __future__ import annotations

import os
import runpy
import sys

from . import install

_USAGE = """usage: python -m saltus.compat SCRIPT [ARGUMENT ...]

Runs a script that was written for mlGeNN, unchanged: `import ml_genn` means Saltus."""


def main() -> int:
    arguments = sys.argv[1:]
    if not arguments or arguments[0] in ("-h", "--help"):
        print(_USAGE)
        return 0 if arguments else 2
    script = arguments[0]
    if script.startswith("-"):
        print(f"saltus.compat: there is no option '{script}'\n\n{_USAGE}", file=sys.stderr)
        return 2
    if not os.path.exists(script):
        print(f"[saltus.compat] there is no file {script}; give a script", file=sys.stderr)
        return 1
    install()
    # As `python script.py` would begin: its arguments, and its folder to import from.
    sys.argv = arguments
    sys.path[0] = os.path.dirname(os.path.abspath(script))
    runpy.run_path(script, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
