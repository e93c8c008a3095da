"""Side effects outside the cockpit: each is previewed, agreed to, and journalled."""
