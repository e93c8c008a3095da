"""What all tests share: how hypothesis searches."""

import os

from hypothesis import settings

# A slow machine is no failure, so no test has a deadline. In CI the examples are the same each
# time: a red build can be repeated.
settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("ci" if os.environ.get("CI") else "dev")
