"""The memory of an incident: events, the state they fold into, and the file that keeps them."""
