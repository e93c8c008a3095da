"""The terminal interface: it draws views and passes on what people do; it computes nothing."""
