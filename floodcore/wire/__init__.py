"""What goes over the wire, read and written without any driver."""
