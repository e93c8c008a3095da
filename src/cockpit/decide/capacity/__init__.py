"""What load does to latency: queues, measured curves, retries."""
