"""A city to rain on: a constructed Zhengzhou, or a network that somebody else made."""
