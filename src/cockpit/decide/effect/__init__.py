"""Whether what was chosen is done and helps, as measured, by whatever means it was done."""
