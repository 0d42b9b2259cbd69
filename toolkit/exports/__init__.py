"""Files for other programs, one module for each format. Titles of columns are words, and come from portal."""
