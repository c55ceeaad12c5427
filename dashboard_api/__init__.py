"""The face of the room: the live channel, HTTP, sign-in, and the pages."""
