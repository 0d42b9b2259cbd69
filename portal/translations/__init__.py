"""The catalogues: Spanish is the source, `en` and `pt` are complete. See `__main__` for gathering and
compiling; the compiled files are committed, so that an installation needs no tools."""
