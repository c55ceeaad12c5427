"""The live state and how it reaches every client. Pure: no driver, no event loop, no settings, no clock."""
