"""The containment options as plans, and what is assumed of them."""
