"""The lab's scripts import each other by name, as they do when they are run."""

import os
import sys
from pathlib import Path

LAB = Path(__file__).resolve().parents[2] / "sample_data" / "lab"
sys.path.insert(0, str(LAB))
os.environ.setdefault("OMP_NUM_THREADS", "1")  # small models; threads that spin cost the others
