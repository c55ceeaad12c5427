"""Event packs: other people's storms as files, read with suspicion and written back as they came."""
