"""The lab's scripts import each other by name, as they do when they are run."""

import sys
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / "sample_data" / "lab"
sys.path.insert(0, str(LAB))
