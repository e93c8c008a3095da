"""The screen: everything that needs Textual."""
