"""The operations of docs/reference/http.md, and the live channel."""
