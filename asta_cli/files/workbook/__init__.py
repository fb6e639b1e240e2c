"""Workbooks (.xlsx): a program of its own reads the cells of one sheet, and a source makes rows of them."""
