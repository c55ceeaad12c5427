"""Where HTTP ends: statuses, problem details, pages of lists, times, headers."""
