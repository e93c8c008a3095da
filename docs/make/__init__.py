"""What the pages take from the code: tables, outputs and the picture. `make docs` writes them."""
