"""The shared materials and all that the agreement needs. Knows nothing of the web.

Read it in the order of the ladder (a module imports only from lower steps): errors, vocabulary,
records, access, database, files, extraction, jobs, search, and then the nouns.
"""
