"""What gauges make of the truth, faults included."""
