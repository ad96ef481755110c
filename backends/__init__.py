"""What carries operations out: `local` on SQLite, `remote` over HTTP."""
