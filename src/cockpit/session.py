"""One open incident: the only door from the screen and the commands to the other rooms."""
