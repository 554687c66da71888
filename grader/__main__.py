"""``python -m grader`` is the ``grader`` command."""

import sys

if __name__ == "__main__":
    if not sys.flags.safe_path:
        del sys.path[0]  # the working folder, which may be full of submissions
    from grader.cli.main import main

    main()
