"""Files that people bring: which formats are taken, how each is checked, and where they lie on disk.

`formats` lists what is taken; `admission` recognises a file by its structure and decompresses nothing;
`store` keeps contents under their SHA-256. Reading and drawing them is the work of `toolkit.extraction`.
"""
