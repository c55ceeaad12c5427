"""The room's own words as types that cannot be wrong. Nothing in here knows a driver, a setting or the time."""
