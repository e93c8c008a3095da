"""A first configuration: what looks at what is there, and proposes what to write."""
