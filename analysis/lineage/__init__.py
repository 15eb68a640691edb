"""From a result back to where it came from: filter to rows, rows to records, records to lines of files."""
