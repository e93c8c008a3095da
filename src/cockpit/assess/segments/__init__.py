"""Who is hurt: segments, pairs of them, protected groups, and the mix of traffic."""
