"""The terminal interface: it draws views and passes what people do to the session; it computes nothing."""
