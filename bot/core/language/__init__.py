"""The language that people type: words → flags and positionals → Commands, and the table that lists it all."""
