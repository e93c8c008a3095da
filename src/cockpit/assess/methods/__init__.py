"""Statistics that know no table: intervals, differences, evidence that holds at every look."""
