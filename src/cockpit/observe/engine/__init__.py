"""Counting where the rows are: one ibis expression per table, run by DuckDB or a warehouse.

Nothing outside this package imports ibis, and nothing here is imported before an import needs it.
"""
