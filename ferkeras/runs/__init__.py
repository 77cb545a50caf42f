"""From units to records, one after the other or together."""
