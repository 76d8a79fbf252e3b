"""Where files lie and how they are read and written: snapshots, archives, spreadsheets, the lake, an object store."""
