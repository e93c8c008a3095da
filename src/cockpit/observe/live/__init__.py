"""Sources that are asked again and again: each tells what is new, and where to go on."""
