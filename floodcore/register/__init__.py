"""The register as a value and as files: what it holds, what a file would change in it, and how it is written down."""
