"""``python -m synda_sk``."""

import sys

from synda_sk.cli import main

if __name__ == "__main__":
    sys.exit(main())
